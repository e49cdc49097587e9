package reconcile

import (
	"slices"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// window is how far apart a line and an entry may lie that nothing but their
// sum connects.
const window = 7 * 24 * time.Hour

// How says why a line and an entry were taken for the same money, as the table
// matches lists it.
type How string

// Why they were.
const (
	ByReference How = "reference" // a name that both have
	ByAmount    How = "amount"    // the only ones of their sum about that time
	ByHand      How = "hand"
	Booked      How = "booked"    // the entry was booked because of the line
	Elsewhere   How = "elsewhere" // another account's line told of the entries; none of their own will come
	Reversal    How = "reversal"  // entries that undo each other; no line will come
	Ignored     How = "ignored"   // for a reason
)

// fits says which rules book what a kind of line tells of.
func (k LineKind) fits(r ledger.Rule) bool {
	if r == ledger.RuleUnexplained {
		return true
	}
	switch k {
	case LinePayment:
		return r == ledger.RuleOrderPaid || r == ledger.RuleUnexpected || r == ledger.RuleProviderExchange
	case LineRefund:
		return r == ledger.RuleRefundSent || r == ledger.RuleRefundFailed || r == ledger.RuleProviderExchange
	case LineDispute:
		return r == ledger.RuleDisputeOpened || r == ledger.RuleDisputeWon || r == ledger.RuleProviderExchange
	case LineFee:
		return r == ledger.RuleProviderFee
	case LinePayout:
		return r == ledger.RuleProviderPaidOut
	case LineTransfer:
		return r != ledger.RuleProviderFee && r != ledger.RuleProviderExchange && r != ledger.RuleDisputeOpened && r != ledger.RuleDisputeWon
	}
	return true
}

// couple is a line and an entry that are the same money.
type couple struct {
	line  Line
	entry Entry
	how   How
}

// byName couples lines with entries that have a name in common: the surest name
// first, and every line and entry once. Lines are taken in the order they came.
func byName(lines []Line, known []Entry, never refused) (couples []couple, left []Line) {
	used := map[int64]bool{}
	for _, l := range lines {
		if e, found := named(l, known, used, never); found {
			used[e.ID] = true
			couples = append(couples, couple{l, e, ByReference})
		} else {
			left = append(left, l)
		}
	}
	return couples, left
}

// refused are couples that somebody has taken apart: line, then entry.
type refused map[[2]int64]bool

func named(l Line, known []Entry, used map[int64]bool, never refused) (Entry, bool) {
	for _, ref := range l.Refs {
		for _, e := range known {
			if !e.Matched && !used[e.ID] && !never[[2]int64{l.ID, e.ID}] && same(l, e) && slices.Contains(e.Keys, ref) {
				return e, true
			}
		}
	}
	return Entry{}, false
}

// same reports whether an entry can be the money of a line.
func same(l Line, e Entry) bool {
	return l.Till == e.Till && l.Amount() == e.Amount() && l.Kind.fits(e.Rule)
}

// nameless are the lines that only their sum can tell of: transfers and
// payouts none of whose names is known.
func nameless(lines []Line, known []Entry) []Line {
	var list []Line
	for _, l := range lines {
		if l.Kind != LineTransfer && l.Kind != LinePayout {
			continue
		}
		if !slices.ContainsFunc(known, func(e Entry) bool { return namesIn(l, e) }) {
			list = append(list, l)
		}
	}
	return list
}

func namesIn(l Line, e Entry) bool {
	return l.Till == e.Till && slices.ContainsFunc(l.Refs, func(ref string) bool { return slices.Contains(e.Keys, ref) })
}

// bySum couples lines with entries of the same sum about the same time where
// there is no other choice, on either side.
func bySum(lines []Line, open []Entry, never refused) []couple {
	type sum struct {
		till   ledger.Till
		amount money.Amount
	}
	of := map[sum][]int{}
	for i, e := range open {
		key := sum{e.Till, e.Amount()}
		of[key] = append(of[key], i)
	}
	choice := make([]int, len(lines)) // of the last entry that fits
	choices := make([]int, len(lines))
	wanted := make([]int, len(open))
	for i, l := range lines {
		for _, j := range of[sum{l.Till, l.Amount()}] {
			e := open[j]
			if gap := l.At.Sub(e.At); same(l, e) && gap >= -window && gap <= window && !never[[2]int64{l.ID, e.ID}] {
				choice[i] = j
				choices[i]++
				wanted[j]++
			}
		}
	}
	var couples []couple
	for i, l := range lines {
		if choices[i] == 1 && wanted[choice[i]] == 1 {
			couples = append(couples, couple{l, open[choice[i]], ByAmount})
		}
	}
	return couples
}
