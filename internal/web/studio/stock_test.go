package studio_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
)

// shownIn is what a form would send if nothing in it were touched.
func shownIn(page answer, form string) url.Values {
	values := url.Values{}
	page.doc.Find(form).Find("input").Each(func(_ int, in *goquery.Selection) {
		_, checked := in.Attr("checked")
		if kind := in.AttrOr("type", "text"); (kind != "radio" && kind != "checkbox") || checked {
			values.Set(in.AttrOr("name", ""), in.AttrOr("value", ""))
		}
	})
	return values
}

// sold is somebody buying while she types.
func (w *world) sold(variant int64, pieces int) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	w.must(pgx.BeginFunc(w.t.Context(), w.db, func(tx pgx.Tx) error {
		shorts, err := w.Catalog.Take(w.t.Context(), tx, []catalog.Line{{VariantID: variant, Quantity: pieces}})
		if len(shorts) > 0 {
			w.t.Fatalf("short of %+v", shorts)
		}
		return err
	}))
}

// Buyers buy while a page is open: what is sold does not come back for sale,
// on the listing's page and in the step about sizes alike.
func TestStockSoldWhileSheTypes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	for _, form := range []struct{ name, path, id, suffix string }{
		{"the listing's page", "", "#prices", "_"},
		{"the step", "/price/", "#f", ""},
	} {
		p := w.live(w.her, "Qawın varenyesi")
		variant, good := p.Variants[0].ID, at("/goods/%d", p.ID)
		v, page, post, of := strconv.FormatInt(variant, 10), good, good+"/prices", form.suffix
		if form.path != "" {
			page, post = good+form.path+v, good+form.path+v
		} else {
			of += v
		}
		left := func() int { return w.product(w.her, p.ID).Variants[0].Stock }

		untouched := shownIn(b.get(page), form.id) // 24
		w.sold(variant, 4)
		untouched.Set("price"+of, "97 000")
		if res := b.post(post, untouched); res.StatusCode != http.StatusSeeOther || left() != 20 {
			t.Errorf("%s, a new price: %d, %d left", form.name, res.StatusCode, left())
		}
		less := shownIn(b.get(page), form.id)
		w.sold(variant, 3)
		less.Set("stock"+of, "18")
		if res := b.post(post, less); res.StatusCode != http.StatusSeeOther || left() != 15 {
			t.Errorf("%s, two given away: %d, %d left", form.name, res.StatusCode, left())
		}
		none := shownIn(b.get(page), form.id)
		w.sold(variant, 10)
		none.Set("stock"+of, "2")
		none.Set("price"+of, "99 000")
		res := b.post(post, none)
		again := shownIn(res, form.id)
		if res.StatusCode != http.StatusUnprocessableEntity || left() != 5 || res.doc.Find("#stock"+of+"-problem").Text() == "" ||
			again.Get("stock"+of) != "5" || again.Get("stock_seen"+of) != "5" || again.Get("price"+of) != "99 000" {
			t.Errorf("%s, more sold than she leaves: %d, %d left, shows %v", form.name, res.StatusCode, left(), again)
		}
		again.Set("stock"+of, "3")
		if res := b.post(post, again); res.StatusCode != http.StatusSeeOther || left() != 3 || w.product(w.her, p.ID).Variants[0].PriceMinor != 9_900_000 {
			t.Errorf("%s, looked again: %d, %d left", form.name, res.StatusCode, left())
		}
		blind := url.Values{}
		for name, value := range again {
			if !strings.Contains(name, "seen") {
				blind[name] = value
			}
		}
		blind.Set("stock"+of, "500")
		if res := b.post(post, blind); res.StatusCode != http.StatusUnprocessableEntity || left() != 3 {
			t.Errorf("%s, without what she saw: %d, %d left", form.name, res.StatusCode, left())
		}
	}
}

// A draft is saved while she types: each time what stands there, not the
// difference once more.
func TestSizeSavesItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	b := w.signedIn(w.herID)
	path := at("/goods/%d/price/%d", p.ID, p.Variants[0].ID)
	form := shownIn(b.get(path), "#f")
	for _, stock := range []int{30, 30, 31, 24} {
		w.now = w.now.Add(time.Second)
		form.Set("stock", strconv.Itoa(stock))
		if res := b.post(path, form, "Accept", "application/json"); res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", res.StatusCode, res.body)
		}
		if got := w.product(w.her, p.ID).Variants[0].Stock; got != stock {
			t.Errorf("typed %d, saved %d", stock, got)
		}
	}
}
