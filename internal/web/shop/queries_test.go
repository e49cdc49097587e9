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
		"/en-jp/":                         {27, 0, 10, 16},
		"/en-jp/products":                 {11, 0, 3, 9},
		"/en-jp/categories/food":          {11, 0, 3, 9},
		"/en-jp/products?village=kochkor": {12, 0, 4, 9},
		product:                           {25, 0, 3, 3},
		"/en-jp/villages":                 {5, 0, 3, 2},
		"/en-jp/villages/kochkor":         {10, 0, 2, 6},
		producer:                          {10, 0, 2, 1},
		"/en-jp/collections/table-of-tea": {9, 0, 2, 2},
		"/en-jp/search?q=jam":             {13, 2, 4, 4},
		"/en-jp/search?q=%E2%80%94":       {10, 0, 2, 3},
		"/en-jp/search/suggest?q=melon":   {13, 2, 2, 3},
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
	counted.Reset()
	if f.get(t, "/photos/0123456789abcdefghijkl/9.jpg"); counted.N() > 1 {
		t.Errorf("a photo: %d queries", counted.N())
	}
}

func short(sql []string) []string {
	return mapped(sql, func(s string) string { return strings.SplitN(strings.TrimSpace(s), "\n", 2)[0] })
}
