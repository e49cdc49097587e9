package checkout_test

import (
	"strings"
	"testing"

	"awil/internal/markets"
	"awil/internal/orders"
)

// TestDeskFindsAddress: an order is found by its buyer's address, however she and
// staff write it, and by an index.
func TestDeskFindsAddress(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("jp", want{tea, 1}), "jp", markets.Card)
	in.Email = "Hanako.Y@example.jp"
	if _, err := s.checkout.Place(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	s.place("jp", markets.Card, want{jam, 1})
	for search, want := range map[string]int{
		"Hanako.Y@example.jp": 1, " hanako.y@example.jp ": 1, "HANAKO.Y@EXAMPLE.JP": 1, "buyer@example.com": 1, "hanako@example.jp": 0, "@": 0,
	} {
		if got, _, err := s.orders.Desk(t.Context(), orders.Filter{Search: search}, all); err != nil || len(got) != want {
			t.Errorf("%q: %d orders, %v, want %d", search, len(got), err, want)
		}
	}
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	var plan string
	// A handful of rows is read whole unless that is made dear.
	if _, err := tx.Exec(t.Context(), "set local enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow(t.Context(), "explain (format json) select id from orders where lower(email) = lower('a@b')").Scan(&plan); err != nil || !strings.Contains(plan, "orders_lower_email") {
		t.Errorf("plan: %s, %v", plan, err)
	}
}
