package payments_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/payments"
	"awil/internal/platform/postgres/pgtest"
)

// TestTransactionMovesAreTheDatabases: Go and SQL list the same moves.
func TestTransactionMovesAreTheDatabases(t *testing.T) {
	t.Parallel()
	rows, err := pgtest.New(t).Query(t.Context(), `select from_state || ' ' || to_state from provider_transaction_moves order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for from, all := range payments.TransactionMoves {
		for _, to := range all {
			want = append(want, string(from)+" "+string(to))
		}
	}
	slices.Sort(want)
	slices.Sort(listed)
	if !slices.Equal(listed, want) {
		t.Errorf("database %v, Go %v", listed, want)
	}
}

// TestATransactionRunsOut: only one that waits does, and at its very moment.
func TestATransactionRunsOut(t *testing.T) {
	t.Parallel()
	over := time.Date(2026, 3, 9, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		state, want payments.TransactionState
		now         time.Time
	}{
		{payments.TransactionCreated, payments.TransactionCreated, over.Add(-time.Millisecond)},
		{payments.TransactionCreated, payments.TransactionCancelled, over},
		{payments.TransactionPerformed, payments.TransactionPerformed, over.Add(time.Hour)},
		{payments.TransactionReversed, payments.TransactionReversed, over.Add(time.Hour)},
	} {
		got := payments.Transaction{State: c.state, ExpiresAt: over}.At(c.now)
		ranOut := c.state != c.want
		if got.State != c.want || ranOut != (got.CancelledAt != nil && got.CancelledAt.Equal(over) && *got.Reason == int(payments.ReasonTimedOut)) {
			t.Errorf("%s at %v: %+v", c.state, c.now, got)
		}
	}
}
