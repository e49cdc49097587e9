package payments_test

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/payments"
	"awil/internal/platform/postgres/pgtest"
)

// TestStatesAreTheDatabases: Go and SQL list the same states and providers.
func TestStatesAreTheDatabases(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var states []string
	for _, s := range payments.States {
		states = append(states, string(s))
	}
	providers := []string{string(payments.ProviderStripe), string(payments.ProviderCOD), string(payments.ProviderBank),
		string(payments.ProviderPayme), string(payments.ProviderClick)}
	for rule, want := range map[string][]string{"payments_status_check": states, "payments_provider_check": providers} {
		listed := pgtest.Listed(t, pool, "payment_sound", rule)
		slices.Sort(listed)
		slices.Sort(want)
		if !slices.Equal(listed, want) {
			t.Errorf("%s: database %v, Go %v", rule, listed, want)
		}
	}
}

// TestMovesAreTheDatabases: Go and SQL list the same moves.
func TestMovesAreTheDatabases(t *testing.T) {
	t.Parallel()
	rows, err := pgtest.New(t).Query(t.Context(), `select from_status || ' ' || to_status from payment_moves order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for from, all := range payments.Moves {
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
