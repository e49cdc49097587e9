package desk

import (
	"testing"

	"awil/internal/money"
	"awil/internal/payouts"
)

// TestDebtsAreSummedUp per currency, of those alone who owe.
func TestDebtsAreSummedUp(t *testing.T) {
	p := NewPayoutsPage(Page{}, []payouts.Owed{
		{ProducerID: 1, Currency: money.KGS, PayableMinor: -500}, {ProducerID: 1, Currency: money.UZS, PayableMinor: -1000},
		{ProducerID: 2, Currency: money.UZS, PayableMinor: 7000}, {ProducerID: 3, Currency: money.UZS, PayableMinor: -200},
	})
	if len(p.Owing) != 3 || len(p.Apart) != 1 || len(p.Debts) != 2 || p.Debts[0] != money.New(500, money.KGS) || p.Debts[1] != money.New(1200, money.UZS) {
		t.Errorf("%+v %+v %v", p.Owing, p.Apart, p.Debts)
	}
}
