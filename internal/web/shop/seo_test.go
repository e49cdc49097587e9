package shop_test

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func alternates(t *testing.T, f *fixture) {
	for _, path := range f.paths(t, "en-jp") {
		page := f.page(t, path)
		below, _, _ := strings.Cut(strings.TrimPrefix(path, "/en-jp"), "?")
		if strings.HasPrefix(below, "/search") {
			finds := page.doc.Find(".card").Length() > 0 && !strings.Contains(path, "q=%E2")
			if open := page.doc.Find(`meta[name=robots]`).Length() == 0; open != finds {
				t.Errorf("%s: may be indexed: %v", path, open)
			}
			if !finds {
				continue
			}
		}
		if got := page.doc.Find("link[rel=canonical]").AttrOr("href", ""); got != origin+"/en-jp"+below {
			t.Errorf("%s: canonical %s", path, got)
		}
		found := map[string]string{}
		page.doc.Find("link[rel=alternate][hreflang]").Each(func(_ int, l *goquery.Selection) {
			found[l.AttrOr("hreflang", "")] = l.AttrOr("href", "")
		})
		for tag, locale := range map[string]string{
			"ja-JP": "ja-jp", "en-JP": "en-jp", "uz-Latn-UZ": "uz-uz", "kaa-Latn-UZ": "kaa-uz", "ru-UZ": "ru-uz", "ky-KG": "ky-kg",
			"ru-KG": "ru-kg", "en": "en-eu", "ru": "ru-eu", "en-US": "en-us", "x-default": "en-jp",
		} {
			if found[tag] != origin+"/"+locale+below {
				t.Errorf("%s: %s is %q", path, tag, found[tag])
			}
		}
		if page.doc.Find("title").Text() == "" || page.doc.Find(`meta[name=description]`).AttrOr("content", "") == "" ||
			page.doc.Find(`meta[property="og:image"]`).AttrOr("content", "") == "" {
			t.Errorf("%s: title, description or picture to share missing", path)
		}
	}
}

func descriptions(t *testing.T, f *fixture) {
	home := f.page(t, "/ja-jp/").things(t)
	if home["WebSite"]["inLanguage"] != "ja" || home["Organization"]["name"] != "Awıl" {
		t.Errorf("front page: %v", home)
	}
	path := f.page(t, "/en-jp/products").href(t, "/products/melon-jam")
	page := f.page(t, path)
	things := page.things(t)
	p := things["Product"]
	if p["name"] != "Melon jam with whole fruit" || p["url"] != origin+path {
		t.Errorf("product: %v", p)
	}
	offers, _ := p["offers"].([]any)
	if len(offers) != 2 {
		t.Fatalf("offers: %v", p["offers"])
	}
	offer, _ := offers[0].(map[string]any)
	if offer["price"] != "1480" || offer["priceCurrency"] != "JPY" || offer["availability"] != "https://schema.org/InStock" {
		t.Errorf("offer: %v", offer)
	}
	steps, _ := things["BreadcrumbList"]["itemListElement"].([]any)
	if len(steps) != 4 {
		t.Errorf("way: %v", steps)
	}
	if kind := page.doc.Find(`meta[property="og:type"]`).AttrOr("content", ""); kind != "product" {
		t.Errorf("shared as %s", kind)
	}
	image := page.doc.Find(`meta[property="og:image"]`).AttrOr("content", "")
	if res := f.get(t, strings.TrimPrefix(image, origin)); res.StatusCode != http.StatusOK {
		t.Errorf("the picture to share: %d", res.StatusCode)
	}
	if dollars := f.page(t, "/en-us"+strings.TrimPrefix(path, "/en-jp")).things(t)["Product"]; !strings.Contains(first(dollars["offers"])["price"].(string), ".") {
		t.Errorf("dollars without cents: %v", dollars["offers"])
	}
	producer := f.page(t, page.href(t, "/producers/")).things(t)["Organization"]
	if producer["name"] != "Altın Qawın Workshop" {
		t.Errorf("producer: %v", producer)
	}
}

func first(list any) map[string]any {
	all, _ := list.([]any)
	if len(all) == 0 {
		return nil
	}
	one, _ := all[0].(map[string]any)
	return one
}

type addresses struct {
	XMLName xml.Name
	URLs    []string `xml:"url>loc"`
	Maps    []string `xml:"sitemap>loc"`
}

func (f *fixture) addresses(t *testing.T, path string) addresses {
	t.Helper()
	res := f.page(t, path)
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/xml") {
		t.Errorf("%s is %s", path, res.Header.Get("Content-Type"))
	}
	var a addresses
	if err := xml.Unmarshal([]byte(res.body), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func siteMap(t *testing.T, f *fixture) {
	a := f.addresses(t, "/sitemap.xml")
	seen := map[string]bool{}
	for _, u := range a.URLs {
		if seen[u] {
			t.Errorf("twice: %s", u)
		}
		seen[u] = true
		path := strings.TrimPrefix(u, origin)
		if strings.HasPrefix(path, "/kaa-uz/") { // one locale stands for all
			if res := f.get(t, path); res.StatusCode != http.StatusOK {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
		}
	}
	for _, want := range []string{"/ja-jp/", "/en-us/products", "/ky-kg/villages/kochkor", "/uz-uz/collections/table-of-tea", "/en-eu/categories/food"} {
		if !seen[origin+want] {
			t.Errorf("%s is missing", want)
		}
	}
	if seen[origin+"/ky-jp/"] {
		t.Error("a language that is not the market's own")
	}
	robots := f.page(t, "/robots.txt")
	for _, line := range []string{"Sitemap: " + origin + "/sitemap.xml\n", "Disallow: /*/checkout\n", "Disallow: /studio\n"} {
		if !strings.Contains(robots.body, line) {
			t.Errorf("robots.txt lacks %q", line)
		}
	}
}

// largeSitemap pretends that a market has more goods than one file should hold.
func largeSitemap(t *testing.T, f *fixture) {
	f.exec(t, `insert into products (slug, producer_id, category_id, state, published_at)
select 'many', min(producer_id), min(category_id), 'approved', now() from products, generate_series(1, 11000) group by generate_series`)
	f.exec(t, `insert into product_texts (product_id, lang, name, state) select id, 'en', 'Many', 'source' from products where slug = 'many'`)
	f.exec(t, `insert into listings (market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at)
select 'us', p.id, 100, 'USD', p.category_id, m.village_id, m.id, now() from products p join producers m on m.id = p.producer_id where p.slug = 'many'`)
	defer f.exec(t, `delete from products where slug = 'many'`)
	a := f.addresses(t, "/sitemap.xml")
	if len(a.URLs) > 0 || len(a.Maps) == 0 {
		t.Fatalf("%d addresses, %d maps", len(a.URLs), len(a.Maps))
	}
	goods := 0
	for _, m := range a.Maps {
		path := strings.TrimPrefix(m, origin)
		if strings.HasPrefix(path, "/sitemaps/en-us/") {
			part := f.addresses(t, path)
			for _, u := range part.URLs {
				if strings.Contains(u, "/products/") {
					goods++
				}
			}
		}
	}
	if goods < 11000 {
		t.Errorf("%d goods in the maps of a locale", goods)
	}
}
