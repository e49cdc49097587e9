package payouts_test

import (
	"context"
	"testing"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/payouts"
)

// TestApprovalsDoNotWaitForPostings: a transaction that books on the accounts of two producers in one order and an approval
// that locks them in another must not wait for each other.
func TestApprovalsDoNotWaitForPostings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.card(melon)
	w.bank(felt)
	a, b := w.earned(melon, 5000000, 2), w.earned(felt, 4000000, 2)
	id, err := w.Propose(t.Context(), anna, money.UZS)
	w.ok(err)
	tx, err := w.db.Begin(t.Context())
	w.ok(err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	refund := func(s *sold) {
		t.Helper()
		p, err := w.refundOf(s, 1)
		w.ok(err)
		_, err = ledger.New(tx).Post(t.Context(), p)
		w.ok(err)
	}
	refund(b)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := w.Approve(ctx, berik, id); err != nil {
		t.Fatalf("while a refund is being booked: %v", err)
	}
	refund(a)
	w.ok(tx.Commit(t.Context()))
	w.proves()
	if owed := w.payable(felt); owed >= 0 {
		t.Errorf("the refund is of the next statement, and leaves %d", owed)
	}
	st, err := w.Statement(t.Context(), felt, money.UZS, payouts.Since)
	w.ok(err)
	if st.Total(payouts.EntryRefund).Entries != 1 || st.Closing.Payable.Minor != w.payable(felt) {
		t.Errorf("since the payout: %+v", st)
	}
	lines, _, err := w.Lines(t.Context(), felt, money.UZS, payouts.Since, paging.Page{Limit: 50})
	w.ok(err)
	if len(lines) != 1 || lines[0].Kind != payouts.EntryRefund {
		t.Errorf("lines since the payout: %+v", lines)
	}
}
