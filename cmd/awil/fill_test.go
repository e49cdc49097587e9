package main

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/demo/fill"
	"awil/internal/search"
)

// fillWith adds generated goods to a world until there are n.
func (w *world) fillWith(n int) fill.Result {
	w.t.Helper()
	result, err := fill.Goods(w.t.Context(), fill.Config{DB: w.pool, Clock: w.app.services.clock, Seed: 1}, n)
	if err != nil {
		w.t.Fatalf("fill with %d: %v", n, err)
	}
	return result
}

// TestGeneratedGoods: goods that were made by the thousand are as good as goods that came one by one.
func TestGeneratedGoods(t *testing.T) {
	t.Parallel()
	w := startWorld(t, serveOptions{web: true, demo: true})
	own := w.number("select count(*) from products")
	for _, step := range []struct{ n, added, there int }{{1203, 1203, 1203}, {2000, 797, 2000}, {2000, 0, 2000}, {10, 0, 2000}} {
		if got := w.fillWith(step.n); got.Added != step.added || got.There != step.there {
			t.Errorf("asked for %d: %+v", step.n, got)
		}
	}
	w.generatedRows(own)
	w.generatedPages()
	c := w.app.Config
	c.DatabaseURL = w.pool.Config().ConnString()
	if said, err := doctorDatabase(t.Context(), c); err != nil {
		t.Errorf("doctor: %s, %v", said, err)
	}
	var out, progress bytes.Buffer
	if err := checkBooks(t.Context(), w.pool, &out, &progress); err != nil {
		t.Errorf("books: %v, %s", err, out.String())
	}
}

// generatedRows looks at what the database holds, and has the program's own code write prices and words anew.
func (w *world) generatedRows(own int) {
	w.t.Helper()
	for sql, want := range map[string]int{
		"select count(*) from products":                                                                                                                own + 2000,
		"select count(*) from products where published_at > now()":                                                                                     0,
		"select count(*) from product_texts where product_id > " + fmt.Sprint(own):                                                                     6 * 2000,
		"select count(distinct producer_id) from products where id > " + fmt.Sprint(own):                                                               80,
		"select cardinality(villages) from generated_goods":                                                                                            2,
		"select count(*) from products p where not exists (select from listings where product_id = p.id)":                                              0,
		"select count(*) from products p where not exists (select from product_photos f where f.product_id = p.id and f.shown)":                        0,
		"select count(*) from pg_trigger where not tgisinternal and tgenabled <> 'O'":                                                                  0,
		"select count(*) from products where id > " + fmt.Sprint(own) + " and state = 'submitted'":                                                     2,
		"select (count(*) between 1 and 400)::int from products p where not exists (select from variants v where v.product_id = p.id and v.stock > 0)": 1,
	} {
		if got := w.number(sql); got != want {
			w.t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if left, err := w.app.services.catalog.Reprice(w.t.Context(), time.Nanosecond); err != nil || left {
		w.t.Errorf("they are to be priced once more: %v", err)
	}
	before := w.marks()
	if n, err := w.app.services.catalog.RefreshAll(w.t.Context()); err != nil || n != own+2000 {
		w.t.Errorf("refreshed %d: %v", n, err)
	}
	if n, err := search.Rebuild(w.t.Context(), w.pool); err != nil || n != own+2000 {
		w.t.Errorf("indexed %d: %v", n, err)
	}
	if after := w.marks(); after != before {
		w.t.Errorf("prices, lists or words were other than the program's own: %s became %s", before, after)
	}
	// Goods that come one by one go on where the generated ones end.
	if id := w.number("insert into products (slug, producer_id) select 'next', min(id) from producers returning id"); id <= own+2000 {
		w.t.Errorf("the next product is %d", id)
	}
	w.exec("delete from products where slug = 'next'")
}

// marks change when a row does.
func (w *world) marks() string {
	w.t.Helper()
	return w.text(`select concat_ws(' ', (select sum(hashtext(ctid::text || xmin::text)::bigint) from offers),
    (select sum(hashtext(ctid::text || xmin::text)::bigint) from listings), (select sum(hashtext(ctid::text || xmin::text)::bigint) from product_search),
    (select count(*) from search_words))`)
}

// generatedPages looks at some of them as buyers do, in every language, and looks for them by their names.
func (w *world) generatedPages() {
	w.t.Helper()
	c := newClient(w.t, w.app.BaseURL)
	for _, at := range []string{"en-us", "ru-eu", "uz-uz", "kaa-uz", "ky-kg", "ja-jp"} {
		lang, market, _ := strings.Cut(at, "-")
		id := w.number(`select l.product_id from listings l where l.market = $1 and l.product_id > 100 order by hashtext(l.product_id::text || $2) limit 1`, market, lang)
		name := w.text(`select name from product_texts where product_id = $1 and lang = $2`, id, lang)
		slug := w.text(`select slug from products where id = $1`, id)
		page := w.page(c, fmt.Sprintf("/%s/products/%s-%d", at, slug, id))
		if got := strings.TrimSpace(page.Find("h1").Text()); got != name {
			w.t.Errorf("%s: product %d is called %q, want %q", at, id, got, name)
		}
		if page.Find("main img").Length() == 0 {
			w.t.Errorf("%s: product %d has no picture", at, id)
		}
		found := w.page(c, "/"+at+"/search?q="+url.QueryEscape(name)).Find("main").Text()
		if !strings.Contains(found, name) {
			w.t.Errorf("%s: %q is not found by its name", at, name)
		}
		for _, path := range []string{"/products", "/products?sort=price_up", "/villages", "/"} {
			w.page(c, "/"+at+path)
		}
	}
	producer := w.text("select slug || '-' || id from producers order by id desc limit 1")
	if list := w.page(c, "/en-uz/producers/"+producer).Find("main article").Length(); list == 0 {
		w.t.Errorf("the maker %s shows nothing", producer)
	}
}

func (w *world) page(c *client, path string) *goquery.Document {
	w.t.Helper()
	a, err := c.get(path)
	if err != nil || a.status != 200 {
		w.t.Fatalf("%s: %d, %v", path, a.status, err)
	}
	page, err := a.page()
	if err != nil {
		w.t.Fatalf("%s: %v", path, err)
	}
	return page
}
