package shop_test

import (
	"net/http"
	"strings"
	"testing"

	"awil/internal/platform/postgres/pgtest"
	"awil/internal/watch"
)

// remembering is a program that keeps no pages, but what they are made from.
func (f *fixture) remembering(t *testing.T) http.Handler {
	t.Helper()
	board, d := watch.NewBoard(), f.deps(t)
	board.SetCertain(true)
	f.watch(d, board)
	return f.serve(t, d, nil)
}

// queries counts what each page asks the database, however much is on it: of a
// program that has shown nothing but the frame, then once more, in another
// language, and in another market. Many go in one round trip.
func queries(t *testing.T, f *fixture) {
	product := f.page(t, "/en-jp/products").href(t, "/products/melon-jam")
	producer := f.page(t, product).href(t, "/producers/")
	counted := pgtest.CountPool(t, f.db)
	for path, want := range map[string][4]int{
		"/en-jp/":                         {26, 0, 10, 15},
		"/en-jp/products":                 {10, 0, 2, 8},
		"/en-jp/categories/food":          {10, 0, 2, 8},
		"/en-jp/products?village=kochkor": {11, 0, 3, 8},
		product:                           {25, 0, 3, 5},
		"/en-jp/villages":                 {4, 0, 3, 2},
		"/en-jp/villages/kochkor":         {9, 0, 2, 5},
		producer:                          {9, 0, 2, 1},
		"/en-jp/collections/table-of-tea": {8, 0, 2, 2},
		"/en-jp/search?q=jam":             {12, 2, 4, 4},
		"/en-jp/search?q=%E2%80%94":       {9, 0, 2, 3},
		"/en-jp/search/suggest?q=melon":   {12, 2, 2, 3},
	} {
		program := f.remembering(t)
		for _, locale := range []string{"/en-jp", "/ru-jp", "/en-uz"} {
			bodyOf(program, locale+"/products/none-999999999")
		}
		for i, locale := range []string{"/en-jp", "/en-jp", "/ru-jp", "/en-uz"} {
			counted.Reset()
			answer := bodyOf(program, strings.Replace(path, "/en-jp", locale, 1))
			if !strings.HasPrefix(answer, "200") {
				t.Fatalf("%s in %s: %.200s", path, locale, answer)
			}
			if n := counted.N(); n > want[i] {
				t.Errorf("%s, visit %d: %d queries, at most %d\n%s", path, i+1, n, want[i], strings.Join(short(counted.SQL()), "\n"))
			}
		}
	}
	f.another(t, product, counted)
	counted.Reset()
	if f.get(t, "/photos/0123456789abcdefghijkl/9.jpg"); counted.N() > 1 {
		t.Errorf("a photo: %d queries", counted.N())
	}
}

// another counts what the page of a product asks once another of its maker has
// been shown, as a search engine sees one after the other: what is its own, and
// its photos.
func (f *fixture) another(t *testing.T, product string, counted *pgtest.Queries) {
	t.Helper()
	var next string
	err := f.db.QueryRow(t.Context(), `select '/en-jp/products/' || p.slug || '-' || p.id from products p
join listings l on l.product_id = p.id and l.market = 'jp'
where p.producer_id = (select producer_id from products where id = substring($1 from '[0-9]+$')::bigint) and strpos($1, p.slug) = 0
order by p.id limit 1`, product).Scan(&next)
	if err != nil {
		t.Fatal(err)
	}
	program := f.remembering(t)
	bodyOf(program, product)
	counted.Reset()
	if answer := bodyOf(program, next); !strings.HasPrefix(answer, "200") {
		t.Fatalf("%s: %.200s", next, answer)
	}
	if n := counted.N(); n > 8 {
		t.Errorf("%s after %s: %d queries\n%s", next, product, n, strings.Join(short(counted.SQL()), "\n"))
	}
}

func short(sql []string) []string {
	return mapped(sql, func(s string) string { return strings.SplitN(strings.TrimSpace(s), "\n", 2)[0] })
}
