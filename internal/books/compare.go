package books

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"awil/internal/ledger"
	"awil/internal/money"
)

// balanced proves that a transaction sums to nothing in each currency, and adds
// it to the sums of all.
func (c *checker) balanced(t transaction) {
	c.report.Transactions++
	c.report.Entries += int64(len(t.entries))
	if len(t.entries) < 2 {
		c.differ(t.orderID, t.id, "has %d entries", len(t.entries))
	}
	sums := make([]money.Amount, 0, 4) // a map for each transaction would cost more than all the rest
	for _, e := range t.entries {
		i := slices.IndexFunc(sums, func(s money.Amount) bool { return s.Currency == e.Account.Currency })
		if i < 0 {
			i = len(sums)
			sums = append(sums, money.Zero(e.Account.Currency))
		}
		sum, err := sums[i].Add(e.Amount())
		if err != nil {
			c.differ(t.orderID, t.id, "cannot be added up: %v", err)
			return
		}
		sums[i] = sum
	}
	for _, sum := range sums {
		if sum.IsZero() {
			continue
		}
		c.differ(t.orderID, t.id, "is out of balance by %v", sum)
		all, err := money.Sum(sum.Currency, sum, money.New(c.sums[sum.Currency].Minor, sum.Currency))
		if err != nil {
			c.differ(t.orderID, t.id, "cannot be added up: %v", err)
			return
		}
		c.sums[sum.Currency] = all
	}
}

// compare says which entries a transaction has that its rule does not make, and
// the other way round. Their order does not matter.
func (c *checker) compare(t transaction, want ledger.Posting) {
	if t.orderID != want.OrderID {
		c.differ(t.orderID, t.id, "%s of %s %d belongs to order %d", t.rule, t.subject, t.subjectID, want.OrderID)
	}
	if slices.EqualFunc(t.entries, want.Entries, same) {
		return
	}
	rest := slices.Clone(want.Entries)
	var more []ledger.Entry
	for _, e := range t.entries {
		if i := slices.IndexFunc(rest, func(w ledger.Entry) bool { return same(e, w) }); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			more = append(more, e)
		}
	}
	if len(rest)+len(more) == 0 {
		return
	}
	c.differ(t.orderID, t.id, "%s of %s %d %s", t.rule, t.subject, t.subjectID, strings.Join(nonEmpty(
		tell("should have", rest), tell("has", more)), ", and "))
}

func same(a, b ledger.Entry) bool {
	if a.Account != b.Account || a.Minor != b.Minor || a.LineID != b.LineID || a.ParcelID != b.ParcelID || a.RateTo != b.RateTo {
		return false
	}
	if a.Rate == nil || b.Rate == nil {
		return a.Rate == b.Rate
	}
	return a.Rate.Equal(*b.Rate)
}

func nonEmpty(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// tell writes entries in words.
func tell(verb string, entries []ledger.Entry) string {
	if len(entries) == 0 {
		return ""
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return cmp.Compare(a.LineID, b.LineID) })
	parts := make([]string, len(entries))
	for i, e := range entries {
		parts[i] = entry(e)
	}
	return verb + " " + strings.Join(parts, "; ")
}

func entry(e ledger.Entry) string {
	side, amount := "debit", e.Amount()
	if e.Minor < 0 {
		side, amount.Minor = "credit", -e.Minor
	}
	text := fmt.Sprintf("%s %s", side, e.Account.Kind)
	if e.Account.ProducerID != 0 {
		text += fmt.Sprintf(" of producer %d", e.Account.ProducerID)
	}
	if e.Account.Till != "" {
		text += " " + string(e.Account.Till)
	}
	text += " " + amount.String()
	if e.LineID != 0 {
		text += fmt.Sprintf(" for line %d", e.LineID)
	} else if e.ParcelID != 0 {
		text += fmt.Sprintf(" for parcel %d", e.ParcelID)
	}
	if e.Rate != nil {
		text += fmt.Sprintf(" at %s %s", e.Rate, e.RateTo)
	}
	return text
}
