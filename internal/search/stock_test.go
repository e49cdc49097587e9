package search_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/search"
	"awil/internal/watch"
)

// inStock is what is found of a word that is in stock at a moment, and what a page that shows it is made from.
func (w *world) inStock(text string, at time.Time) (slugs []string, r search.Result, notes *watch.Notes) {
	w.t.Helper()
	clock := func() time.Time { return at }
	s, notes := search.New(w.pool, catalog.New(w.pool, clock, search.Index), clock), &watch.Notes{}
	r, err := s.Query(watch.Into(w.t.Context(), notes), search.Query{Market: "jp", Lang: i18n.EN, Text: text,
		Filter: search.Filter{InStock: true}, Page: paging.Page{Limit: 5}})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.slugs(r.Cards), r, notes
}

// What an order holds whose time is over is in stock for a search as it is on the page and in the cart; a page of a search
// that will find more then says so.
func TestHeldGoodsAreFound(t *testing.T) {
	w := newWorld(t)
	w.fill()
	now := time.Now().UTC().Truncate(time.Second)
	w.exec(`alter table reservations drop constraint reservations_order_id_fkey`)
	size := func(slug string, stock int) int64 {
		return w.id(`insert into variants (product_id, weight_grams, price_minor, currency, stock) values ($1, 10, 100, 'UZS', $2) returning id`, w.product[slug], stock)
	}
	size("melon-jam", 3)
	size("honey", 0)
	held := size("dried-melon", 0)
	w.exec(`insert into reservations (order_id, variant_id, quantity, state, expires_at) values (1, $1, 2, 'held', $2)`, held, now)
	w.exec(`insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, by_hand) values ('jp', $1, $2, 100, 'JPY', 100, 'JPY', 1, false)`,
		held, w.product["dried-melon"])
	for at, want := range map[time.Duration][]string{-time.Minute: {"melon-jam"}, 0: {"dried-melon", "melon-jam"}} {
		got, r, notes := w.inStock("melon", now.Add(at))
		slices.Sort(got)
		if !slices.Equal(got, want) || r.Facets.InStock != len(want) {
			t.Errorf("%v: found %q and counted %d, want %q", at, got, r.Facets.InStock, want)
		}
		cards, err := catalog.New(w.pool, func() time.Time { return now.Add(at) }, nil).CardsByIDs(t.Context(), "jp", i18n.EN, []int64{w.product["dried-melon"]})
		if err != nil || len(cards) != 1 || cards[0].InStock != slices.Contains(got, "dried-melon") {
			t.Errorf("%v: its card says otherwise: %+v, %v", at, cards, err)
		}
		if end := notes.End(); at < 0 && !end.Equal(now) || at >= 0 && !end.IsZero() {
			t.Errorf("%v: it is something else from %v on", at, end)
		}
	}
}

// alike adds goods that are found as this one is, at once; there are none of them.
func (w *world) alike(product int64, n int) {
	w.t.Helper()
	w.exec(`with p as (
    insert into products (slug, producer_id, category_id, state, published_at)
    select 'alike', producer_id, category_id, state, published_at from products, generate_series(1, $2::int) where id = $1 returning id
), l as (
    insert into listings select l.market, p.id, l.from_minor, l.currency, l.category_id, l.village_id, l.producer_id, l.published_at
    from p, listings l where l.product_id = $1
)
insert into product_search (product_id, names, words) select p.id, s.names, s.words from p, product_search s where s.product_id = $1`, product, n)
}

// A page of what is in stock among more goods than a search looks at knows of those it shows, and is not kept for long.
func TestStockBeyondWhatIsLookedAt(t *testing.T) {
	w := newWorld(t)
	w.fill()
	now := time.Now().UTC()
	old := w.sell("jp", "old", "muynak", "felt", names{"Bowl"}, "", "")
	w.exec(`insert into variants (product_id, weight_grams, price_minor, currency, stock) values ($1, 10, 100, 'UZS', 5)`, old)
	w.alike(old, search.Most-2)
	if _, _, notes := w.inStock("bowl", now); !notes.End().IsZero() {
		t.Errorf("all were looked at, and it is kept until %v", notes.End())
	}
	w.alike(old, 2)
	got, _, notes := w.inStock("bowl", now)
	if !slices.Equal(got, []string{"old"}) || !slices.Contains(notes.Topics(), watch.Product(old)) {
		t.Errorf("found %q", got)
	}
	if end := notes.End(); !end.After(now) || end.After(now.Add(time.Minute)) {
		t.Errorf("kept until %v", end)
	}
}

// Whatever a product contains is told as what searches find, as it decides who comes among the first.
func TestAllergensTellSearches(t *testing.T) {
	w := newWorld(t)
	w.fill()
	conn, err := w.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), `listen awil_changes`); err != nil {
		t.Fatal(err)
	}
	w.exec(`insert into allergens (code, position) values ('milk', 99) on conflict do nothing`)
	w.exec(`insert into product_allergens values ($1, 'milk', 'contains')`, w.product["honey"])
	for {
		n, err := conn.Conn().WaitForNotification(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(watch.Parse(n.Payload), watch.Words) {
			return
		}
	}
}

// What overdue orders hold is looked for by the statement's own plan, in the index, not by a call for each row.
func TestOverdueHoldsBecomePartOfTheStatement(t *testing.T) {
	w := newWorld(t)
	rows, err := w.pool.Query(t.Context(), `explain select v.id, v.stock > 0 or exists (select from overdue_holds(v.id, $1::timestamptz)) from variants v`, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	plan := strings.Join(lines, "\n")
	if err != nil || strings.Contains(plan, "Function Scan") || !strings.Contains(plan, "reservations_variant_id_expires_at_idx") {
		t.Errorf("%v\n%s", err, plan)
	}
}
