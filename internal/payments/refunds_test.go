package payments_test

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/payments"
	"awil/internal/platform/postgres/pgtest"
)

// TestRefundMovesAreTheDatabases: Go and SQL list the same moves.
func TestRefundMovesAreTheDatabases(t *testing.T) {
	t.Parallel()
	rows, err := pgtest.New(t).Query(t.Context(), `select from_status || ' ' || to_status from refund_moves`)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for from, all := range payments.RefundMoves {
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

// TestForHands: who has to send a refund.
func TestForHands(t *testing.T) {
	for _, tt := range []struct {
		status payments.RefundState
		method payments.RefundMethod
		hands  bool
	}{
		{payments.RefundDue, payments.ByHand, true}, {payments.RefundDue, payments.ByProvider, false},
		{payments.RefundPending, payments.ByProvider, false}, {payments.RefundSent, payments.ByHand, false},
		{payments.RefundFailed, payments.ByHand, true},
	} {
		if r := (payments.Refund{Status: tt.status, Method: tt.method}); r.ForHands() != tt.hands {
			t.Errorf("%s by %s: %v", tt.status, tt.method, r.ForHands())
		}
	}
}
