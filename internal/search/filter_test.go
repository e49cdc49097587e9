package search_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/search"
	"awil/internal/watch"
)

func (w *world) query(q search.Query) search.Result {
	w.t.Helper()
	q.Market, q.Lang = "uz", i18n.EN
	if q.Page.Limit == 0 {
		q.Page.Limit = 10
	}
	r, err := w.search.Query(w.t.Context(), q)
	if err != nil {
		w.t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	w.demo()
	all := w.query(search.Query{Text: "food"})
	if all.Count < 8 || all.Facets.FromMinor >= all.Facets.ToMinor || len(all.Facets.Free) == 0 {
		t.Fatalf("%d goods, %+v", all.Count, all.Facets)
	}
	check := func(name string, f search.Filter, want int, ok func(slug string, minor int64) bool) {
		t.Helper()
		r := w.query(search.Query{Text: "food", Filter: f})
		if r.Count != want {
			t.Errorf("%s: %d goods, %d promised", name, r.Count, want)
		}
		for _, c := range r.Cards {
			if !ok(c.SlugBase, c.FromMinor) {
				t.Errorf("%s lets %s through", name, c.SlugBase)
			}
		}
	}
	anything := func(string, int64) bool { return true }
	for id, n := range all.Facets.Categories {
		check("category", search.Filter{Categories: []int64{id}}, n, anything)
	}
	for id, n := range all.Facets.Villages {
		check("village", search.Filter{Village: id}, n, anything)
	}
	for _, free := range all.Facets.Free {
		check("without "+free.Allergen, search.Filter{Without: []string{free.Allergen}}, free.Count, func(slug string, _ int64) bool {
			return free.Allergen != "sesame" || slug != "sesame-cookies"
		})
	}
	if all.Facets.Stars[1] == 0 || all.Facets.Stars[5] == all.Facets.Stars[1] {
		t.Fatalf("stars %v", all.Facets.Stars)
	}
	for least, n := range all.Facets.Stars[1:] {
		check(fmt.Sprint("stars from ", least+1), search.Filter{Stars: least + 1}, n, anything)
	}
	middle := (all.Facets.FromMinor + all.Facets.ToMinor) / 2
	cheap := w.query(search.Query{Text: "food", Filter: search.Filter{ToMinor: middle}}).Count
	check("cheap", search.Filter{ToMinor: middle}, cheap, func(_ string, minor int64) bool { return minor <= middle })
	check("dear", search.Filter{FromMinor: middle + 1}, all.Count-cheap, func(_ string, minor int64) bool { return minor > middle })
}

func TestSorts(t *testing.T) {
	w := newWorld(t)
	w.demo()
	for sort, order := range map[search.Sort]func(a, b int64) int{
		search.SortPriceUp: cmp.Compare[int64], search.SortPriceDown: func(a, b int64) int { return cmp.Compare(b, a) },
	} {
		var called, mention []int64
		q := search.Query{Text: "wool", Sort: sort, Page: paging.Page{Limit: 2}}
		for {
			r := w.query(q)
			for i, c := range r.Cards {
				switch {
				case i >= r.Close:
					mention = append(mention, c.FromMinor)
				case len(mention) > 0:
					t.Errorf("%s: %s after what only mentions wool", sort, c.SlugBase)
				default:
					called = append(called, c.FromMinor)
				}
			}
			if q.Page.After = r.Next; r.Next == "" {
				break
			}
		}
		if n := w.query(search.Query{Text: "wool"}).Count; len(called)+len(mention) != n || len(called) < 2 || len(mention) < 2 {
			t.Errorf("%s: %d and %d of %d goods", sort, len(called), len(mention), n)
		}
		for _, prices := range [][]int64{called, mention} {
			if !slices.IsSortedFunc(prices, order) {
				t.Errorf("%s: %d", sort, prices)
			}
		}
	}
	if r := w.query(search.Query{Text: "wool"}); r.Close != len(r.Cards) {
		t.Errorf("of the best first, %d of %d are apart", r.Close, len(r.Cards))
	}
	next := w.query(search.Query{Text: "wool", Page: paging.Page{Limit: 1}}).Next
	_, err := w.search.Query(t.Context(), search.Query{Market: "uz", Text: "wool", Sort: search.SortNew, Page: paging.Page{Limit: 1, After: next}})
	if errs.KindOf(err) != errs.Invalid {
		t.Errorf("a cursor of another order: %v", err)
	}
	for what, q := range map[string]search.Query{
		"text": {Text: "wool felt"}, "filter": {Text: "wool", Filter: search.Filter{FromMinor: 1}}, "market": {Market: "jp", Text: "wool"},
	} {
		q.Market, q.Page = cmp.Or(q.Market, "uz"), paging.Page{Limit: 1, After: next}
		if _, err := w.search.Query(t.Context(), q); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a cursor of another %s: %v", what, err)
		}
	}
}

// Of goods that fit alike, those in stock come first, whenever they were made.
func TestStockFirst(t *testing.T) {
	w := newWorld(t)
	w.fill()
	for _, slug := range []string{"bowl-a", "bowl-b", "bowl-c"} {
		id := w.sell("jp", slug, "muynak", "felt", names{"Bowl"}, "", "")
		if slug == "bowl-a" {
			w.exec(`insert into variants (product_id, weight_grams, price_minor, currency, stock) values ($1, 10, 100, 'UZS', 5)`, id)
		}
	}
	if got := w.slugs(w.find("bowl", 5).Cards); !slices.Equal(got, []string{"bowl-a", "bowl-c", "bowl-b"}) {
		t.Errorf("order %q", got)
	}
}

// The keyboard's other layout is named as what was meant.
func TestSwitchedLayout(t *testing.T) {
	w := newWorld(t)
	w.demo()
	if r := w.query(search.Query{Text: "lsyz"}); r.Suggestion != "дыня" || len(r.Cards) == 0 || r.Loose {
		t.Errorf("%q, %d goods", r.Suggestion, len(r.Cards))
	}
}

func TestSuggest(t *testing.T) {
	w := newWorld(t)
	w.demo()
	board := watch.NewBoard()
	board.SetCertain(true)
	w.search.Watch(board)
	w.query(search.Query{Text: "tea"}) // what is common is remembered
	for text, want := range map[string]search.Place{
		"chimb": {Kind: search.KindVillage, Slug: "chimbay"}, "керам": {Kind: search.KindCategory, Slug: "ceramics"}, "ケステ": {Kind: search.KindProducer, Slug: "keste-circle"},
	} {
		for _, most := range []int{5, 2} { // what is known of the hits, of places and shelves is remembered, hits are not
			ctx, queries := pgtest.CountQueries(t.Context())
			got, err := w.search.Suggest(ctx, "uz", i18n.EN, text, 4)
			if err != nil || len(got.Cards) == 0 || len(got.Cards) > 4 {
				t.Errorf("%s: %d goods, %v", text, len(got.Cards), err)
			}
			if !slices.ContainsFunc(got.Places, func(p search.Place) bool { return p.Kind == want.Kind && p.Slug == want.Slug && p.Name != "" }) {
				t.Errorf("%s: no %s in %+v", text, want.Slug, got.Places)
			}
			if n := asked(queries.SQL()); n > most {
				t.Errorf("%s: %d statements, at most %d", text, n, most)
			}
		}
	}
	for text, most := range map[string]int{"qaw": 2, "quo": 0, "no walnut": 0} { // only what begins so
		if got, err := w.search.Suggest(t.Context(), "uz", i18n.KAA, text, 6); err != nil || len(got.Cards) > most {
			t.Errorf("%s: %+v, %v", text, got.Cards, err)
		}
	}
	if got, err := w.search.Suggest(t.Context(), "uz", i18n.EN, "—", 4); err != nil || len(got.Cards)+len(got.Places) != 0 {
		t.Errorf("nothing typed: %+v, %v", got, err)
	}
}

// What somebody wants none of is a filter, in whatever language it is said; where nothing else is said, it is a text.
func TestWishes(t *testing.T) {
	w := newWorld(t)
	w.demo()
	for _, text := range []string{"sweets without nuts", "nut-free cookie", "печенье без орехов", "yongʻoqsiz pechenye", "クッキー くるみ不使用", "くるみ不使用ジャム", "honey no walnuts"} {
		r := w.query(search.Query{Text: text})
		if !slices.Contains(r.Without, "walnut") || slices.Contains(w.slugs(r.Cards), "walnuts-in-honey") {
			t.Errorf("%s: without %q, found %q", text, r.Without, w.slugs(r.Cards))
		}
	}
	if r := w.query(search.Query{Text: "tea without caffeine"}); len(r.Without) != 0 || len(r.Cards) == 0 {
		t.Errorf("without %q, %d goods", r.Without, len(r.Cards))
	}
}

func TestInStock(t *testing.T) {
	w := newWorld(t)
	w.demo()
	w.exec(`insert into variants (product_id, weight_grams, price_minor, currency, stock)
select id, 10, 100, 'UZS', case when slug like '%jam' then 5 else 0 end from products`)
	all := w.query(search.Query{Text: "food"})
	r := w.query(search.Query{Text: "food", Filter: search.Filter{InStock: true}})
	if r.Count == 0 || r.Count != all.Facets.InStock || r.Count >= all.Count {
		t.Errorf("%d of %d in stock, %d promised", r.Count, all.Count, all.Facets.InStock)
	}
}

// Who finds nothing is shown the nearest there is.
func TestNearest(t *testing.T) {
	w := newWorld(t)
	w.demo()
	if r := w.query(search.Query{Text: "mellonade"}); len(r.Cards) != 0 || !slices.Contains(w.slugs(r.Nearest), "melon-jam") {
		t.Errorf("found %q, nearest %q", w.slugs(r.Cards), w.slugs(r.Nearest))
	}
}

// Every allergen of the catalogue may be done without, and nothing else.
func TestAllergens(t *testing.T) {
	w := newWorld(t)
	codes, err := catalog.New(w.pool, time.Now, search.Index).AllergenCodes(t.Context())
	if err != nil || len(codes) < 40 {
		t.Fatalf("allergens %q: %v", codes, err)
	}
	for _, code := range codes {
		if !search.IsAllergen(code) {
			t.Errorf("%s is none", code)
		}
	}
	for _, other := range []string{"", "melon", "egg ", "\x00", "\xff"} {
		if search.IsAllergen(other) {
			t.Errorf("%q is one", other)
		}
	}
}
