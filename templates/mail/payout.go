package mail

import (
	"slices"

	"awil/internal/money"
	"awil/internal/payouts"
)

// paid says that a payout was sent, and what it is made of: lines that add up
// to it.
func (l *letter) paid(st payouts.Statement) {
	amount := st.Payout.Amount()
	l.subject = l.l.T("money.letter.paid.subject", "amount", amount)
	l.heading = l.l.T("money.letter.paid.heading")
	body := "money.letter.paid.body"
	if st.Destination.Kind == payouts.KindCash {
		body = "money.letter.paid.body_cash"
	}
	l.say(body, "amount", amount)
	l.items.title = l.l.T("money.letter.paid.made")
	made := func(name string, a money.Amount) {
		l.items.rows = append(l.items.rows, row{name: name, sum: l.l.Money(a)})
	}
	if opening := st.Opening.Whole(); !opening.IsZero() {
		made(l.l.T("money.opening"), opening)
	}
	moved := st
	moved.Totals = slices.DeleteFunc(slices.Clone(st.Totals), func(t payouts.Total) bool { return t.Kind == payouts.EntryPayout })
	for _, sum := range (payouts.Document{Statement: moved, Localizer: l.l}).Sums() {
		made(sum.Text, sum.Amount)
	}
	if later := st.Closing.Whole(); !later.IsZero() {
		made(l.l.T("money.letter.paid.later"), money.New(-later.Minor, later.Currency))
	}
	l.sum(l.l.T("money.kind.payout"), amount)
	l.button.label = l.l.T("money.letter.paid.look")
}

// returned says that a payout did not reach her, and asks where it should go.
func (l *letter) returned(st payouts.Statement) {
	amount := st.Payout.Amount()
	l.subject = l.l.T("money.letter.back.subject", "amount", amount)
	l.heading = l.l.T("money.letter.back.heading")
	l.say("money.letter.back.body", "amount", amount)
	l.say("money.letter.back.ask")
	if st.Payout.ReturnReason != "" {
		l.fact("money.letter.why", false, st.Payout.ReturnReason)
	}
	l.button.label = l.l.T("money.letter.to.look")
}
