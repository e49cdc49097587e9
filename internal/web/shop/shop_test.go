package shop_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/i18n"
)

// TestShop loads the demo programme once and looks at it from all sides. The
// parts that change something come last, each with things of its own.
func TestShop(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *fixture)
	}{
		{"every page in every language", everyLanguage},
		{"links lead somewhere", crawl},
		{"what is not there", notThere},
		{"addresses move", moved},
		{"languages and regions", alternates},
		{"descriptions for search engines", descriptions},
		{"lists", lists},
		{"product", product},
		{"stars", starsOfProducts},
		{"search", searching},
		{"filters of a search", narrowingSearch},
		{"photos", photoFiles},
		{"sitemap and robots", siteMap},
		{"same for everybody", sameForEverybody},
		{"weight", weight},
		{"queries", queries},
		{"states of a product", states},
		{"pages of a list", pagesOfList},
		{"a large shop's sitemap", largeSitemap},
		{"an empty market", emptyMarket},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, f) })
	}
}

// paths are one page of each kind, found by walking from the front page.
func (f *fixture) paths(t *testing.T, locale string) []string {
	t.Helper()
	home := f.page(t, "/"+locale+"/")
	villages := f.page(t, "/"+locale+"/villages")
	village := f.page(t, villages.href(t, "/villages/chimbay"))
	list := []string{"/", "/products", "/villages", "/search", "/search?q=jam", "/search?q=%E2%80%94", "/categories/food", "/categories/felt-wool"}
	for i := range list {
		list[i] = "/" + locale + list[i]
	}
	return append(list, home.href(t, "/collections/"), home.href(t, "/products/"), villages.href(t, "/villages/kochkor"), village.href(t, "/producers/"))
}

var missingKey = regexp.MustCompile(`\b(shop|common|terms)\.[a-z_]+(\.[a-z_]+)*\b`)

var placeholder = regexp.MustCompile(`\{[a-z]+\}|%!`)

func everyLanguage(t *testing.T, f *fixture) {
	for _, lang := range i18n.Langs() {
		for _, market := range []string{"jp", "uz", "kg"} {
			locale := string(lang) + "-" + market
			for _, path := range f.paths(t, locale) {
				page := f.page(t, path)
				if n := page.doc.Find("h1").Length(); n != 1 {
					t.Errorf("%s: %d main headings", path, n)
				}
				if got := page.doc.Find("html").AttrOr("lang", ""); got != lang.Tag() {
					t.Errorf("%s: in %q", path, got)
				}
				page.doc.Find("script, style").Remove()
				if key := missingKey.FindString(page.doc.Find("body").Text()); key != "" {
					t.Errorf("%s: shows the key %s", path, key)
				}
				if bare := placeholder.FindString(page.doc.Find("main").Text() + page.doc.Find("title").Text()); bare != "" {
					t.Errorf("%s: %s was not filled", path, bare)
				}
				outline(t, path, page)
				page.doc.Find("main img").Each(func(_ int, img *goquery.Selection) {
					if _, ok := img.Attr("alt"); !ok || img.AttrOr("width", "") == "" || img.AttrOr("height", "") == "" {
						t.Errorf("%s: picture without alt or size: %s", path, img.AttrOr("src", ""))
					}
				})
			}
		}
	}
}

// outline checks that headings go down one level at a time.
func outline(t *testing.T, path string, page answer) {
	t.Helper()
	level := 0
	page.doc.Find("main").Find("h1, h2, h3, h4").Each(func(_ int, h *goquery.Selection) {
		now := int(goquery.NodeName(h)[1] - '0')
		if now > level+1 {
			t.Errorf("%s: a heading of level %d after %d: %q", path, now, level, h.Text())
		}
		level = now
	})
}

// crawl follows every link of the shop in one locale.
func crawl(t *testing.T, f *fixture) {
	elsewhere := regexp.MustCompile(`^(/en-jp/(cart|checkout)|/studio|/locale|mailto:|#)`)
	todo, seen := []string{"/en-jp/"}, map[string]bool{"/en-jp/": true}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		page := f.get(t, path)
		if page.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, page.StatusCode)
			continue
		}
		page.doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
			href, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
			if href == "" || elsewhere.MatchString(a.AttrOr("href", "")) || seen[href] {
				return
			}
			if strings.TrimSpace(a.Text()+a.AttrOr("aria-label", "")) == "" {
				t.Errorf("%s: a link without words to %s", path, href)
			}
			seen[href] = true
			todo = append(todo, href)
		})
	}
	if len(seen) < 70 {
		t.Errorf("only %d pages found", len(seen))
	}
}

func notThere(t *testing.T, f *fixture) {
	for path, want := range map[string]int{
		"/en-jp/products/nothing":              404,
		"/en-jp/products/nothing-999999":       404,
		"/en-jp/villages/atlantis":             404,
		"/en-jp/producers/nobody-99":           404,
		"/en-jp/collections/none":              404,
		"/en-jp/collections/%00":               404,
		"/en-jp/categories/%ff":                404,
		"/en-jp/categories/none":               404,
		"/en-jp/products?village=atlantis":     404,
		"/xx-jp/products":                      404,
		"/en-xx/products":                      404,
		"/photos/nokey/800.jpg":                404,
		"/photos/0123456789abcdefghijkl/9.jpg": 404,
		"/sitemaps/en-jp/none.xml":             404,
		"/sitemaps/ky-jp/pages.xml":            404,
		"/sitemaps/en-jp/goods-none.xml":       404,
	} {
		res := f.get(t, path)
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
		if strings.HasPrefix(path, "/en-jp/") && res.doc.Find("main a[href]").Length() == 0 {
			t.Errorf("%s: no way on", path)
		}
	}
}

func moved(t *testing.T, f *fixture) {
	product := f.page(t, "/en-jp/products").href(t, "/products/melon-jam")
	id := product[strings.LastIndex(product, "-"):]
	producer := f.page(t, product).href(t, "/producers/")
	for from, to := range map[string]string{
		"/ja-jp/products/an-old-name" + id + "?from=card":                    "/ja-jp" + strings.TrimPrefix(product, "/en-jp") + "?from=card",
		"/en-jp/producers/old" + producer[strings.LastIndex(producer, "-"):]: producer,
		"/en-jp/products?category=food&village=chimbay":                      "/en-jp/categories/food?village=chimbay",
	} {
		res := f.get(t, from)
		if res.StatusCode != http.StatusMovedPermanently || res.Header.Get("Location") != to {
			t.Errorf("%s: %d to %s, want %s", from, res.StatusCode, res.Header.Get("Location"), to)
		}
	}
	for _, from := range []string{"/en-jp/products?after=rubbish", "/en-jp/products?sort=price_up&after=rubbish", "/en-jp/search?q=jam&after=rubbish", producer + "?after=rubbish"} {
		res := f.get(t, from)
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || strings.Contains(to, "after") {
			t.Errorf("%s: %d to %s", from, res.StatusCode, to)
		}
	}
}

func sameForEverybody(t *testing.T, f *fixture) {
	for _, path := range f.paths(t, "en-us") {
		plain := f.get(t, path)
		known := f.get(t, path, "Cookie", "awil_locale=ru-uz; awil_cart_n=3; awil_session=x", "Accept-Language", "ky", "User-Agent", "other")
		if plain.body != known.body || len(known.Cookies()) > 0 {
			t.Errorf("%s depends on who looks", path)
		}
		etag := plain.Header.Get("Etag")
		if again := f.get(t, path, "If-None-Match", etag); etag == "" || again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d for a page that is known", path, again.StatusCode)
		}
	}
}
