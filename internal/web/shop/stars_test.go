package shop_test

import (
	"strings"
	"testing"
)

// starsOfProducts: buyers see what the programme gave and for what; its advice is the producer's alone.
func starsOfProducts(t *testing.T, f *fixture) {
	jam := f.page(t, f.page(t, "/en-jp/products").href(t, "/products/melon-jam"))
	if got := jam.doc.Find("form.buy .stars").AttrOr("aria-label", ""); got != "5 of 5 programme stars" {
		t.Errorf("stars read %q", got)
	}
	if href := jam.doc.Find("form.buy .stars").Parent().AttrOr("href", ""); href != "#stars" || jam.doc.Find(href).Length() != 1 {
		t.Errorf("the stars lead to %q", href)
	}
	how := plain(jam.doc.Find("#stars"))
	for _, want := range []string{"Making and community", "36 of 40", "22 of 25", "33 of 35", "91 of 100"} {
		if !strings.Contains(how, want) {
			t.Errorf("how it was scored lacks %q: %s", want, how)
		}
	}
	if strings.Contains(jam.doc.Text(), "Банка и этикетка") {
		t.Error("buyers read the advice")
	}
	if none := f.page(t, f.page(t, "/en-jp/products").href(t, "/products/leather-")); none.doc.Find(".stars, #stars").Length() != 0 {
		t.Error("stars of a product that has none")
	}
}
