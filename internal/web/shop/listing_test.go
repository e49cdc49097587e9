package shop_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/i18n"
	"awil/internal/markets"
)

// names are the goods a page shows, in order.
func (a answer) names() []string {
	return a.doc.Find(".card h2 a, .card h3 a").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
}

var digits = regexp.MustCompile(`\d+`)

// prices are those of the cards, in minor units of a currency without decimals.
func (a answer) prices(t *testing.T) []int {
	t.Helper()
	return mapped(a.doc.Find(".card .price").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), func(text string) int {
		n, err := strconv.Atoi(strings.Join(digits.FindAllString(text, -1), ""))
		if err != nil {
			t.Errorf("no price in %q", text)
		}
		return n
	})
}

func mapped[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

func lists(t *testing.T, f *fixture) {
	all := f.page(t, "/en-jp/products")
	if n := len(all.names()); n < 20 || all.doc.Find(".chip").Length() != 0 {
		t.Errorf("%d goods, %d filters", n, all.doc.Find(".chip").Length())
	}
	form := all.doc.Find("form#filters")
	if form.AttrOr("method", "") != "get" || form.AttrOr("action", "") != "/en-jp/products" || form.Find("button").Length() == 0 {
		t.Error("the filters need a script")
	}
	up := f.page(t, "/en-jp/products?sort=price_up").prices(t)
	down := f.page(t, "/en-jp/products?sort=price_down").prices(t)
	if !slices.IsSorted(up) || len(up) < 20 {
		t.Errorf("cheapest first: %v", up)
	}
	if slices.Reverse(down); !slices.IsSorted(down) {
		t.Errorf("dearest first: %v", down)
	}

	village := f.page(t, "/en-jp/products?village=kochkor&sort=price_up")
	if chip := village.doc.Find(".chip"); !strings.HasPrefix(chip.Text(), "Kochkor") || chip.AttrOr("href", "") != "/en-jp/products?sort=price_up" {
		t.Errorf("chip %q to %s", chip.Text(), chip.AttrOr("href", ""))
	}
	village.doc.Find(".card .from").Each(func(_ int, s *goquery.Selection) {
		if !strings.HasPrefix(s.Text(), "Kochkor · ") {
			t.Errorf("from %q", s.Text())
		}
	})
	if village.doc.Find(`input[name=village][value=kochkor]`).AttrOr("checked", "none") == "none" ||
		village.doc.Find(`select[name=sort] option[selected]`).AttrOr("value", "") != "price_up" {
		t.Error("the form forgets what was chosen")
	}

	food := f.page(t, "/en-jp/categories/food")
	count, _ := strconv.Atoi(digits.FindString(food.doc.Find(".chips").Text()))
	if len(food.names()) != count || count == 0 {
		t.Errorf("%d of %d things to eat", len(food.names()), count)
	}
	if current := food.doc.Find(".site-nav [aria-current]").Text(); current != "Food and tea" {
		t.Errorf("the header marks %q", current)
	}
	jam := f.page(t, "/en-jp/categories/jams-honey?village=chimbay")
	if got := jam.names(); !slices.Equal(got, []string{"Melon jam with whole fruit"}) {
		t.Errorf("jam from Chimbay: %v", got)
	}
	none := f.page(t, "/en-jp/categories/ceramics?village=chimbay")
	if none.doc.Find(".nothing a.btn").AttrOr("href", "") != "/en-jp/products" {
		t.Error("an empty list has no way on")
	}
}

func pagesOfList(t *testing.T, f *fixture) {
	f.exec(t, `insert into products (slug, producer_id, category_id, state, published_at)
select 'page', min(producer_id), min(category_id), 'approved', now() - generate_series * interval '1 hour' from products, generate_series(1, 70) group by generate_series`)
	f.exec(t, `insert into product_texts (product_id, lang, name, state) select id, 'en', 'Page ' || id, 'source' from products where slug = 'page'`)
	f.exec(t, `insert into listings (market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at)
select 'jp', p.id, 100, 'JPY', p.category_id, m.village_id, m.id, p.published_at from products p join producers m on m.id = p.producer_id where p.slug = 'page'`)
	defer f.exec(t, `delete from products where slug = 'page'`)
	for _, start := range []string{"/en-jp/products", "/en-jp/products?sort=price_up", "/en-jp/products?sort=price_down&village=kochkor"} {
		seen, on := map[string]bool{}, [][]string{}
		want, _ := strconv.Atoi(digits.FindString(f.page(t, start).doc.Find(".chips").Text()))
		pages := 0
		for path := start; path != ""; pages++ {
			page := f.page(t, path)
			on = append(on, page.names())
			for _, name := range page.names() {
				if seen[name] {
					t.Errorf("%s: %s twice", start, name)
				}
				seen[name] = true
			}
			back := page.doc.Find(".pages a[rel=prev]").AttrOr("href", "")
			if pages == 0 && back != "" {
				t.Errorf("%s: back to %q", path, back)
			}
			if pages == 1 {
				if a := f.get(t, back); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != start {
					t.Errorf("%s: back to %q, %d %s", path, back, a.StatusCode, a.Header.Get("Location"))
				}
			}
			if pages > 1 {
				if got := f.page(t, back).names(); !slices.Equal(got, on[pages-1]) {
					t.Errorf("%s: back to %v, came from %v", path, got, on[pages-1])
				}
			}
			path = page.doc.Find(".pages a[rel=next]").AttrOr("href", "")
		}
		if len(seen) != want || pages < 2 {
			t.Errorf("%s: %d of %d goods on %d pages", start, len(seen), want, pages)
		}
	}
}

func searching(t *testing.T, f *fixture) {
	for query, want := range map[string]string{"melon jam": "Melon jam with whole fruit", "варенье из дыни": "Melon jam with whole fruit", "ジャム": "jam", "chimbay": "", "kiyiz": ""} {
		page := f.page(t, "/en-jp/search?q="+url.QueryEscape(query))
		if got := page.names(); len(got) == 0 || !strings.Contains(strings.Join(got, "|"), want) {
			t.Errorf("%s: %v", query, got)
		}
		if typed := page.doc.Find("main input[name=q]").AttrOr("value", ""); typed != query {
			t.Errorf("%s: the field holds %q", query, typed)
		}
	}
	typo := f.page(t, "/en-jp/search?q=melon+jamm")
	if len(typo.names()) == 0 {
		t.Error("a slip finds nothing")
	}
	if page := f.page(t, "/en-jp/search?q="+url.QueryEscape(`<script>"jam`)); strings.Contains(page.body, `<script>"`) {
		t.Error("what was typed is not escaped")
	}
	none := f.page(t, "/en-jp/search?q="+url.QueryEscape("—"))
	if none.doc.Find("main a[href^='/en-jp/categories/']").Length() == 0 || none.doc.Find(".card").Length() == 0 {
		t.Error("who finds nothing is left alone")
	}
	long := f.page(t, "/en-jp/search?q="+strings.Repeat("%D0%B4", 4000))
	if n := len([]rune(long.doc.Find("main input[name=q]").AttrOr("value", ""))); n != 100 {
		t.Errorf("%d characters are searched", n)
	}
	suggesting(t, f)
	addressing(t, f)
	if body := f.page(t, "/en-jp/search/suggest?q=").body; strings.TrimSpace(body) != "[]" {
		t.Errorf("suggestions for nothing: %s", body)
	}
}

// addressing: whatever an address says, the page stays small, and what nobody can mean narrows nothing.
func addressing(t *testing.T, f *fixture) {
	usual := f.page(t, "/en-jp/search?q=jam")
	for _, name := range []string{"q", "category", "village", "from", "without", "other"} {
		page := f.page(t, "/en-jp/search?q=jam&"+name+"="+strings.Repeat("x", 60_000))
		if len(page.body) > len(usual.body)+4<<10 {
			t.Errorf("a long %s makes a page of %d bytes, of %d without", name, len(page.body), len(usual.body))
		}
	}
	if body := f.page(t, "/en-jp/products?other="+strings.Repeat("x", 60_000)).body; strings.Contains(body, strings.Repeat("x", 3000)) {
		t.Errorf("a long address is repeated on a page of %d bytes", len(body))
	}
	for _, without := range []string{"%00", "%ff", "melon", "&without="} {
		page := f.page(t, "/en-jp/search?q=jam&without="+without)
		if got, want := page.doc.Find(".card").Length(), usual.doc.Find(".card").Length(); got != want {
			t.Errorf("without %s: %d goods, want %d", without, got, want)
		}
	}
	if page := f.page(t, "/en-jp/search?q=jam&stars=2"); !strings.Contains(page.body, url.QueryEscape("/search?q=jam&stars=2")) {
		t.Error("the switch of languages forgets the search")
	}
}

func suggesting(t *testing.T, f *fixture) {
	lines := func(text string) (list []struct{ Kind, Name, Href, Picture string }) {
		body := f.page(t, "/en-jp/search/suggest?q="+url.QueryEscape(text)).body
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("suggestions %s, %v", body, err)
		}
		return list
	}
	for text, want := range map[string]string{"mel": "product", "дын": "product", "chimb": "village", "ceram": "category", "jayloo": "", "altin q": "producer"} {
		found := want == ""
		for _, line := range lines(text) {
			found = found || line.Kind == want
			if page := f.get(t, line.Href); page.StatusCode != http.StatusOK {
				t.Errorf("%s: %s leads to %d", text, line.Href, page.StatusCode)
			}
			if line.Kind == "product" && f.get(t, line.Picture).StatusCode != http.StatusOK {
				t.Errorf("%s: no picture of %s", text, line.Name)
			}
		}
		if !found {
			t.Errorf("%s: no %s in %+v", text, want, lines(text))
		}
	}
}

// narrowingSearch follows every filter of a search to what it promises.
func narrowingSearch(t *testing.T, f *fixture) {
	for query, most := range map[string]int{"jam": 20, "tea": 20, "wool": 20, "sesame": 20} {
		page := f.page(t, "/en-jp/search?q="+query)
		if page.doc.Find("#filters input[name=q]").AttrOr("value", "") != query {
			t.Errorf("%s: the filters forget what is searched for", query)
		}
		page.doc.Find("#filters label.check").EachWithBreak(func(i int, label *goquery.Selection) bool {
			input := label.Find("input")
			count := strings.TrimSpace(label.Find(".of").Text())
			if value := input.AttrOr("value", ""); value != "" {
				path := "/en-jp/search?q=" + query + "&" + input.AttrOr("name", "") + "=" + url.QueryEscape(value)
				narrowed := f.page(t, path)
				if got := strconv.Itoa(len(narrowed.names())); got != count {
					t.Errorf("%s: %s goods, %s promised", path, got, count)
				}
				if count != "0" && narrowed.doc.Find(".chip").Length() != 1 {
					t.Errorf("%s: nothing takes the filter off", path)
				}
			}
			return i < most
		})
	}
	all := f.page(t, "/en-jp/search?q=felt&sort=price_up").names()
	if cheap := f.page(t, "/en-jp/search?q=felt&sort=price_up&to=3000").names(); len(cheap) == 0 || len(cheap) >= len(all) || slices.ContainsFunc(cheap, func(name string) bool { return !slices.Contains(all, name) }) {
		t.Errorf("up to 3000: %q of %q", cheap, all)
	}
	wish := f.page(t, "/en-jp/search?q=honey+without+walnut")
	if wish.doc.Find(".chip").Length() != 1 || wish.doc.Find(`#filters input[name=without][value=walnut][checked]`).Length() != 1 ||
		wish.doc.Find("#filters input[name=q]").AttrOr("value", "") != "honey" || wish.doc.Find(".chip").AttrOr("href", "") != "/en-jp/search?q=honey" {
		t.Error("a wish in the text is no filter that can be taken off")
	}
	if none := f.page(t, "/en-jp/search?q=felt&to=1"); len(none.names()) != 0 || none.doc.Find(".nothing a").Length() == 0 {
		t.Error("a filter that leaves nothing is a dead end")
	}
}

// emptyMarket is a market on its first day: no goods, no ways of sending.
func emptyMarket(t *testing.T, f *fixture) {
	err := f.Markets.Save(t.Context(), markets.Market{Code: "kr", Currency: "KRW", Countries: []string{"KR"}, DefaultLang: i18n.EN,
		Langs: []i18n.Lang{i18n.EN}, RoundingMinor: 10, Active: true, Position: 9, Names: map[i18n.Lang]string{i18n.EN: "South Korea"}})
	if err != nil {
		t.Fatal(err)
	}
	product := f.page(t, "/en-jp/products").href(t, "/products/melon-jam")
	for _, path := range []string{"/", "/products", "/categories/food", "/villages", "/villages/chimbay", "/search", "/search?q=jam",
		"/collections/table-of-tea", strings.TrimPrefix(product, "/en-jp"), strings.TrimPrefix(f.page(t, product).href(t, "/producers/"), "/en-jp")} {
		page := f.page(t, "/en-kr"+path)
		if page.doc.Find(".btn.go[name]").Length() > 0 || page.doc.Find("main a[href]").Length() == 0 {
			t.Errorf("%s: something to buy, or no way on", path)
		}
	}
	page := f.page(t, "/en-kr"+strings.TrimPrefix(product, "/en-jp"))
	if note := page.doc.Find(".buy .note"); !strings.Contains(note.Text(), "South Korea") || note.Find(`a[href="`+product+`"]`).Length() != 1 {
		t.Errorf("not sold here: %q", note.Text())
	}
	if f.addresses(t, "/sitemap.xml").URLs == nil {
		t.Error("no sitemap with an empty market")
	}
}
