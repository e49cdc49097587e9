package reconcile_test

import (
	"errors"
	"testing"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
)

// sentBack refunds a whole order that was paid by transfer, and says that the bank sent the money.
func (p *programme) sentBack() (refund int64, order string, paid, back money.Amount) {
	p.t.Helper()
	ctx := p.t.Context()
	placed := p.buy("uz", markets.Bank, 1)
	o, err := p.checkout.ByToken(ctx, placed.Token, i18n.EN)
	p.ok(err)
	_, err = p.checkout.BankReceived(ctx, finance, o.ID, o.Total())
	p.ok(err)
	in := checkout.RefundInput{OrderID: o.ID, FormToken: checkout.NewFormToken(), Reason: "it broke"}
	for _, l := range o.Lines {
		in.Lines = append(in.Lines, checkout.RefundPiece{LineID: l.ID, Quantity: l.Quantity})
	}
	refund, err = p.checkout.DecideRefund(ctx, finance, in)
	p.ok(err)
	p.ok(p.checkout.RefundSentByHand(ctx, finance, refund, ledger.TillBank, "transfer 17"))
	back = money.New(int64(p.number(`select amount_minor from refunds where id = $1`, refund)), money.UZS)
	return refund, o.Reference, o.Total(), back
}

func says(err error, field string) bool {
	var bad *errs.Fields
	return errors.As(err, &bad) && bad.Has(field)
}

// What the bank's own statement proves to have left is not taken back by anybody's word, until the line is told apart.
func TestWhatTheBankProvesIsNotTakenBack(t *testing.T) {
	p := newProgramme(t)
	id, order, paid, back := p.sentBack()
	p.bank("20.11.2026;1;GULNARA;"+sum(paid)+";Order "+order, "20.11.2026;17;GULNARA;-"+sum(back)+";refund "+order)
	_, err := p.reconcile.Match(t.Context())
	p.ok(err)
	if err := p.checkout.TakeBackRefundSent(t.Context(), finance, id, "I say so"); !says(err, "undo") {
		t.Errorf("taken back: %v", err)
	}
	_, err = p.pool.Exec(t.Context(), `update refunds set status = 'failed', failure = 'refunds.taken_back', sent_at = null where id = $1`, id)
	if err == nil {
		t.Error("the database takes it back")
	}
	p.wantQueue("")
	line := int64(p.number(`select l.id from import_lines l where amount_minor < 0`))
	p.ok(p.reconcile.Undo(t.Context(), finance, line, "it is another's"))
	p.ok(p.checkout.TakeBackRefundSent(t.Context(), finance, id, "it was another's"))
}

// Whoever booked an entry does not say herself that no line will come for it.
func TestWhoBookedAnEntryDoesNotSetItAside(t *testing.T) {
	p := newProgramme(t)
	id, _, _, _ := p.sentBack()
	entry := int64(p.number(`select e.id from ledger_entries e join ledger_accounts a on a.id = e.account_id join ledger_transactions t on t.id = e.transaction_id
		where a.kind = 'clearing' and t.rule = 'refund_sent' and t.subject_id = $1`, id))
	if err := p.reconcile.IgnoreEntry(t.Context(), finance, entry, "never left"); !says(err, "memo") {
		t.Errorf("set aside by whoever booked it: %v", err)
	}
	_, err := p.pool.Exec(t.Context(), `with m as (insert into matches (how, account_id, memo, at) values ('ignored', $1, 'x', now()) returning id)
		insert into match_items (match_id, entry_id) select id, $2 from m`, finance, entry)
	if err == nil {
		t.Error("the database lets her")
	}
	other := int64(p.number(`insert into accounts (email, password_hash, name, lang) values ('other@demo.awil', '$argon2id$x', 'Other', 'en') returning id`))
	p.ok(p.reconcile.IgnoreEntry(t.Context(), other, entry, "the bank has no report of that day"))
}
