package shop_test

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func product(t *testing.T, f *fixture) {
	address := f.page(t, "/en-jp/products").href(t, "/products/melon-jam")
	page := f.page(t, address)
	form := page.doc.Find("form.buy")
	if form.AttrOr("action", "") != "/en-jp/cart/lines" || form.AttrOr("method", "") != "post" {
		t.Errorf("form %s %s", form.AttrOr("method", ""), form.AttrOr("action", ""))
	}
	radios := form.Find("input[type=radio][name=variant]")
	if radios.Length() != 2 || form.Find("input[name=variant][checked]").Length() != 1 {
		t.Errorf("%d variants, %d chosen", radios.Length(), form.Find("input[name=variant][checked]").Length())
	}
	if most, _ := strconv.Atoi(form.Find("select[name=quantity] option").Last().AttrOr("value", "")); most < 1 || most > 10 {
		t.Errorf("up to %d pieces", most)
	}
	sums(t, page)
	if made := plain(form.Find(".made").First()); !strings.Contains(made, "96,000 soʻm") || !strings.Contains(made, "100,000 soʻm = ¥1,279") {
		t.Errorf("how the price is made: %s", made)
	}
	facts := plain(page.doc.Find(".two-up .facts"))
	for _, want := range []string{"walnut", "Winter melon", "250 g / 500 g", "18 months", "Chimbay, Uzbekistan"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the facts lack %q: %s", want, facts)
		}
	}
	thumbs := page.doc.Find(".thumbs a")
	thumbs.Each(func(_ int, a *goquery.Selection) {
		if page.doc.Find(a.AttrOr("href", "#none")).Length() != 1 {
			t.Errorf("thumb to %s", a.AttrOr("href", ""))
		}
	})
	if thumbs.Length() != 2 || page.doc.Find(".map svg[role=img][aria-labelledby] .here").Length() != 2 || page.doc.Find("svg.mark").Length() == 0 {
		t.Error("gallery, map or mark missing")
	}
	if n := page.doc.Find(".steps li").Length(); n != 3 {
		t.Errorf("%d stages of the way", n)
	}
	if n := page.doc.Find(".card").Length(); n != 4 {
		t.Errorf("%d other goods", n)
	}
	home := f.page(t, "/uz-uz"+strings.TrimPrefix(address, "/en-jp"))
	if home.doc.Find(".steps li").Length() != 2 || strings.Contains(home.doc.Find(".buy").Text(), "Boj") {
		t.Error("at home there is no hub and no duty")
	}
	sums(t, home)
}

// plain is the text of a part with ordinary spaces.
func plain(s *goquery.Selection) string { return strings.ReplaceAll(s.Text(), "\u00a0", " ") }

// sums checks that the rows of each price add up to it.
func sums(t *testing.T, page answer) {
	t.Helper()
	page.doc.Find("table.sum").Each(func(_ int, table *goquery.Selection) {
		var rows []int
		table.Find("td").Each(func(_ int, td *goquery.Selection) {
			n, _ := strconv.Atoi(strings.Join(digits.FindAllString(td.Text(), -1), ""))
			rows = append(rows, n)
		})
		total := 0
		for _, n := range rows[:len(rows)-1] {
			total += n
		}
		if total != rows[len(rows)-1] {
			t.Errorf("the price does not add up: %v", rows)
		}
	})
}

// states are those a product may be in that the demo does not show.
func states(t *testing.T, f *fixture) {
	tea := f.page(t, "/en-jp/products").href(t, "/products/liquorice")
	id := tea[strings.LastIndex(tea, "-")+1:]

	f.exec(t, `update variants set stock = 0 where product_id = $1 and position = 0`, id)
	part := f.page(t, tea)
	if part.doc.Find(".choice.gone input[disabled]").Length() != 1 || part.doc.Find(".choice.gone input[checked]").Length() != 0 || part.doc.Find(".btn.go").Length() != 1 {
		t.Error("one size sold out")
	}
	f.exec(t, `update variants set stock = 0 where product_id = $1`, id)
	gone := f.page(t, tea)
	if gone.doc.Find(".buy button").Length() != 0 || !strings.Contains(gone.doc.Find(".buy .note").Text(), "Sold out") || gone.doc.Find(".buy .note a").Length() == 0 {
		t.Error("sold out, and no way on")
	}
	if offer := first(gone.things(t)["Product"]["offers"]); offer["availability"] != "https://schema.org/OutOfStock" {
		t.Errorf("offer %v", offer)
	}
	if card := f.page(t, "/en-jp/products").doc.Find(`.card:has(a[href="` + tea + `"]) .price`).Text(); !strings.Contains(card, "sold out") {
		t.Errorf("card %q", card)
	}

	elsewhere := f.page(t, "/en-uz/products").href(t, "/products/kurut")
	here := f.page(t, "/en-jp"+strings.TrimPrefix(elsewhere, "/en-uz"))
	if here.doc.Find(".buy button").Length() != 0 || here.doc.Find(`.buy .note a[href="`+elsewhere+`"]`).Length() != 1 {
		t.Error("not sold here: no way to where it is")
	}

	f.exec(t, `delete from product_texts where product_id = $1 and lang = 'ky'`, id)
	foreign := f.page(t, "/ky-jp"+strings.TrimPrefix(tea, "/en-jp"))
	if foreign.doc.Find("h1").AttrOr("lang", "") != "en" || foreign.doc.Find(".fallback").Length() == 0 {
		t.Errorf("a name in English on a Kyrgyz page is marked %q", foreign.doc.Find("h1").AttrOr("lang", ""))
	}
	if lang := f.page(t, "/ky-jp/products").doc.Find(`.card a[href*="/products/liquorice"]`).AttrOr("lang", ""); lang != "en" {
		t.Errorf("its card is marked %q", lang)
	}

	f.exec(t, `update producers set mark_svg = '<svg viewBox="0 0 9 9" onload="x()"><script>x()</script><path d="M0 0h9"/></svg>'
where id = (select producer_id from products where id = $1)`, id)
	if marked := f.page(t, tea).body; strings.Contains(marked, "onload") || strings.Contains(marked, "x()") || !strings.Contains(marked, `<path d="M0 0h9">`) {
		t.Error("a mark carries more than a drawing")
	}

	f.exec(t, `update products set state = 'withdrawn' where id = $1`, id)
	if res := f.get(t, tea); res.StatusCode != http.StatusGone || res.doc.Find("main a[href]").Length() == 0 {
		t.Errorf("withdrawn: %d", res.StatusCode)
	}
}

func photoFiles(t *testing.T, f *fixture) {
	src := f.page(t, "/en-jp/").doc.Find("main img").First().AttrOr("src", "")
	res := f.page(t, src)
	etag := res.Header.Get("Etag")
	if res.Header.Get("Content-Type") != "image/jpeg" || res.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || etag == "" ||
		!strings.HasPrefix(http.DetectContentType([]byte(res.body)), "image/jpeg") || res.Header.Get("Content-Length") != strconv.Itoa(len(res.body)) {
		t.Errorf("%s: %v", src, res.Header)
	}
	if again := f.get(t, src, "If-None-Match", etag); again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("asked again: %d", again.StatusCode)
	}
	if head := f.do(t, http.MethodHead, src); head.StatusCode != http.StatusOK || head.body != "" {
		t.Errorf("head: %d, %d bytes", head.StatusCode, len(head.body))
	}
	folder := path.Dir(src)
	for _, name := range []string{"801.jpg", "0800.jpg", "-800.jpg", "800.png", "800", "original.jpg", "800.avif"} {
		if res := f.get(t, folder+"/"+name); res.StatusCode != http.StatusNotFound || strings.Contains(res.Header.Get("Cache-Control"), "max-age") {
			t.Errorf("%s: %d, %s", name, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	var id int64
	if err := f.db.QueryRow(t.Context(), "select id from photos where key = $1", path.Base(folder)).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if err := f.Photos.MakeAVIF(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if res := f.page(t, folder+"/400.avif"); res.Header.Get("Content-Type") != "image/avif" {
		t.Errorf("AVIF as %s", res.Header.Get("Content-Type"))
	}
}
