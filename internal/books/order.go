package books

import (
	"cmp"
	"slices"
	"strings"

	"awil/internal/ledger"
	"awil/internal/money"
)

// replay works an order out again, along the transactions that are booked.
type replay struct {
	*checker
	*order
	done     map[event]bool
	released map[int64]bool                     // parcels whose earnings are payable by now
	reserve  map[int64]map[money.Currency]int64 // of parcels, as booked so far; a debit positive
	pieces   map[int64]int                      // of lines, refunded so far
	shipping map[int64]int64                    // of parcels, refunded so far
}

// order proves what is booked about one order.
func (c *checker) order(o *order) {
	r := replay{
		checker: c, order: o, done: map[event]bool{}, released: map[int64]bool{},
		reserve: map[int64]map[money.Currency]int64{}, pieces: map[int64]int{}, shipping: map[int64]int64{},
	}
	for _, p := range o.parcels {
		r.released[p.ID] = p.collector == ledger.CollectorProducer
	}
	for _, t := range o.booked {
		c.balanced(t)
	}
	for _, t := range standing(o.booked) {
		r.transaction(t)
	}
	r.missing()
	r.kept()
}

// standing returns the transactions that no correction reverses, those booked
// again at the place where they were booked first: what came after them was
// worked out with what they say. Only a release happens anew: what followed it
// was booked again when it was taken back. That a correction is the exact
// opposite the database sees to.
func standing(booked []transaction) []transaction {
	plain := !slices.ContainsFunc(booked, func(t transaction) bool { return t.corrected })
	if plain {
		return booked
	}
	first := map[event]int64{}
	var list []transaction
	for _, t := range booked {
		if _, seen := first[t.event()]; !seen {
			first[t.event()] = t.id
		}
		if t.rule != ledger.RuleCorrection && !t.corrected {
			list = append(list, t)
		}
	}
	place := func(t transaction) int64 {
		if repeats(t.rule) || t.rule == ledger.RuleEarningsReleased {
			return t.id
		}
		return first[t.event()]
	}
	slices.SortStableFunc(list, func(a, b transaction) int { return cmp.Compare(place(a), place(b)) })
	return list
}

// repeats reports whether a rule may book the same subject more than once.
func repeats(rule ledger.Rule) bool {
	return rule == ledger.RuleRefundSent || rule == ledger.RuleRefundFailed
}

// transaction compares one that stands with what its rule says.
func (r *replay) transaction(t transaction) {
	e := t.event()
	if r.done[e] && !repeats(t.rule) {
		r.differ(r.id, t.id, "books %s of %s %d a second time", t.rule, t.subject, t.subjectID)
		return
	}
	r.done[e] = true
	want, known, err := r.want(t)
	switch {
	case err != nil:
		r.differ(r.id, t.id, "the rule %s cannot be worked out: %v", t.rule, err)
	case !known || want.Subject != t.subject:
		r.differ(r.id, t.id, "books %s of %s %d, and nothing of the kind happened", t.rule, t.subject, t.subjectID)
	default:
		r.compare(t, want)
	}
	r.follow(t)
}

// follow keeps up with what the rules after it depend on.
func (r *replay) follow(t transaction) {
	if t.rule == ledger.RuleEarningsReleased {
		r.released[t.subjectID] = true
	}
	for _, e := range t.entries {
		if e.Account.Kind != ledger.ProducerReserve {
			continue
		}
		if r.reserve[e.ParcelID] == nil {
			r.reserve[e.ParcelID] = map[money.Currency]int64{}
		}
		r.reserve[e.ParcelID][e.Account.Currency] += e.Minor
	}
}

// left is what a parcel's producer has in reserve for it, in the order the
// ledger lists it.
func (r *replay) left(parcelID int64) []money.Amount {
	var left []money.Amount
	for cur, minor := range r.reserve[parcelID] {
		if minor != 0 {
			left = append(left, money.New(-minor, cur))
		}
	}
	slices.SortFunc(left, func(a, b money.Amount) int { return strings.Compare(string(a.Currency), string(b.Currency)) })
	return left
}

// kept proves, whatever the rules say, that nothing lies in a reserve that can
// never leave it.
func (r *replay) kept() {
	for parcelID := range r.reserve {
		p := r.parcel(parcelID)
		for _, left := range r.left(parcelID) {
			switch {
			case p == nil:
				r.differ(r.id, 0, "%v lies in a reserve and belongs to no parcel", left)
			case left.Sign() < 0:
				r.differ(r.id, 0, "the reserve for parcel %d is short of %v", parcelID, left)
			case p.released:
				r.differ(r.id, 0, "%v is left in the reserve for parcel %d, which was released", left, parcelID)
			case r.over:
				r.differ(r.id, 0, "%v is left in the reserve for parcel %d of an order that has ended", left, parcelID)
			}
		}
	}
}
