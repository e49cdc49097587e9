package orders

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres/pgtest"
)

// TestMovesAreTheDatabases: Go and SQL list the same states and moves.
func TestMovesAreTheDatabases(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	tests := []struct {
		table, check, rule string
		moves              []string
		states             []string
	}{
		{"order_moves", "order_sound", "orders_status_check", pairs(Moves), texts(Statuses)},
		{"parcel_moves", "parcel_sound", "parcels_status_check", pairs(ParcelMoves), texts(ParcelStatuses)},
	}
	for _, tt := range tests {
		rows, err := pool.Query(t.Context(), `select from_status || ' ' || to_status from `+tt.table)
		if err != nil {
			t.Fatal(err)
		}
		moves, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if !same(moves, tt.moves) {
			t.Errorf("%s: database %v, Go %v", tt.table, moves, tt.moves)
		}
		if states := pgtest.Listed(t, pool, tt.check, tt.rule); !same(states, tt.states) {
			t.Errorf("%s: database %v, Go %v", tt.rule, states, tt.states)
		}
	}
}

func pairs[S ~string](moves map[S][]S) []string {
	var list []string
	for from, all := range moves {
		for _, to := range all {
			list = append(list, fmt.Sprintf("%s %s", from, to))
		}
	}
	return list
}

func texts[S ~string](states []S) []string {
	list := make([]string, len(states))
	for i, s := range states {
		list[i] = string(s)
	}
	return list
}

func same(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func TestOrderFollowsItsParcels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		order   Status
		parcels []ParcelStatus
		want    []Status
	}{
		{"one of two packed", Paid, []ParcelStatus{ParcelPacked, ParcelToPack}, nil},
		{"both packed", Paid, []ParcelStatus{ParcelPacked, ParcelPacked}, []Status{Packed}},
		{"cash: both packed", Placed, []ParcelStatus{ParcelPacked, ParcelPacked}, []Status{Packed}},
		{"one is ahead", Paid, []ParcelStatus{ParcelShipped, ParcelPacked}, []Status{Packed}},
		{"all shipped", Packed, []ParcelStatus{ParcelShipped, ParcelDelivered}, []Status{Shipped}},
		{"all there", Shipped, []ParcelStatus{ParcelDelivered, ParcelDelivered}, []Status{Delivered}},
		{"catches up over several", Paid, []ParcelStatus{ParcelDelivered, ParcelCancelled}, []Status{Packed, Shipped, Delivered}},
		{"cancelled ones hold nobody up", Packed, []ParcelStatus{ParcelShipped, ParcelCancelled}, []Status{Shipped}},
		{"returned ones neither", Shipped, []ParcelStatus{ParcelDelivered, ParcelReturned}, []Status{Delivered}},
		{"none left on the way", Packed, []ParcelStatus{ParcelCancelled, ParcelReturned}, nil},
		{"none at all", Paid, nil, nil},
		{"an ended order stays", Cancelled, []ParcelStatus{ParcelPacked}, nil},
		{"a delivered order stays", Delivered, []ParcelStatus{ParcelDelivered}, nil},
	}
	for _, tt := range tests {
		if got := follow(tt.order, tt.parcels); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		for _, next := range tt.want {
			if !tt.order.Can(next) {
				t.Errorf("%s: %s cannot go to %s", tt.name, tt.order, next)
			}
			tt.order = next
		}
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`)
	seen := map[string]bool{}
	for range 1000 {
		r := NewReference()
		if !pattern.MatchString(r) || seen[r] {
			t.Fatalf("reference %q", r)
		}
		seen[r] = true
	}
	if token := NewToken(); !regexp.MustCompile(`^[0-9A-Za-z]{22,}$`).MatchString(token) {
		t.Errorf("token %q", token)
	}
}
