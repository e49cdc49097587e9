package main

import (
	"strings"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
)

// TestBrowsingWithoutScripts goes from the front page over a filter and the
// search to an order, with scripts off.
func TestBrowsingWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.plainBuyer(browsertest.Desktop, i18n.EN, "uz")
	jam, tea := w.good("melon-jam", i18n.EN), w.good("liquorice-tea", i18n.EN)
	b.Visit(b.at("/"))
	b.Press(b.l.T("shop.home.walk"))
	b.In(".places").Press("Chimbay")
	b.See(b.l.T("shop.village.story"), jam.name)
	b.NotSee(b.l.T("browse.seen"))
	b.Visit(b.at("/products"))
	b.Choose("Chimbay")
	b.Press(b.l.T("shop.listing.show"))
	b.See(jam.name)
	b.NotSee(tea.name)
	b.Press(jam.name)
	b.See(b.l.T("shop.product.travels"))
	b.NotSee(b.l.T("browse.seen"))

	b.Press(b.l.T("common.search"))
	b.Fill(b.l.T("common.search.label"), "солодка")
	b.In("main").Press(b.l.T("common.search"))
	b.Press(tea.name)
	b.putThis()
	b.toCheckout()
	b.write("plain@example.com")
	b.pay(markets.COD)
	b.See(b.l.T("buy.order.packing_cod.title"))
}

// TestRecentlySeen: the browser remembers what was looked at, in the language it
// is asked in, tells nobody, and forgets it when told to.
func TestRecentlySeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Phone, i18n.EN, "uz")
	jam, tea := w.good("melon-jam", i18n.EN), w.good("liquorice-tea", i18n.EN)
	looked := func(locale string, g good) {
		b.Visit(locale + "/products/" + g.slug)
		b.Wait(g.slug+" to be remembered", `(localStorage.getItem('awil:seen') ?? '').startsWith('[{"path":"/products/`+g.slug+`"')`)
	}
	for _, g := range []good{jam, tea, jam} {
		looked("/en-uz", g)
	}
	b.In(".seen").SeeLater(tea.name)
	b.In(".seen").NotSee(jam.name)
	looked("/ja-jp", tea)
	b.Visit("/ja-jp/cart")
	row := b.In(".seen")
	row.SeeLater(w.good("liquorice-tea", i18n.JA).name)
	if got := b.Eval(`[...document.querySelectorAll('.seen a')].map((a) => a.pathname + ' ' + a.lang).join()`); got != "/ja-jp/products/"+tea.slug+" " {
		t.Errorf("the row leads to %s, and nobody has read of anything else in Japanese", got)
	}
	if stored := b.Eval(`localStorage.getItem('awil:seen')`); strings.Contains(stored, "minor") || strings.ContainsAny(stored, "¥$") {
		t.Errorf("a price is remembered: %s", stored)
	}
	if cookies := b.Eval(`document.cookie`); strings.Contains(cookies, "seen") {
		t.Errorf("it is sent: %s", cookies)
	}
	b.Visit("/en-jp/cart")
	b.In(".seen").SeeLater(tea.name)
	b.In(".seen").NotSee(jam.name) // which was not seen to be sold there
	b.Visit("/ja-jp/cart")
	ja := i18n.For(i18n.JA)
	row.Click(ja.T("browse.seen.clear"))
	b.Wait("an empty row", `!document.querySelector('.seen.shown') && !localStorage.getItem('awil:seen')`)
	b.Visit("/en-uz/")
	b.NotSee(b.l.T("browse.seen"))
}

// TestFiltersAfterBack: going back, a filter form says what its list does, so
// that the next choice does not bring the choice before with it.
func TestFiltersAfterBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Desktop, i18n.EN, "uz")
	b.Visit(b.at("/search?q=tea"))
	b.Wait("the filters to act at once", `document.querySelector('[data-by-hand]').hidden`)
	b.Leads("a shelf", func() { b.Eval(`document.querySelector('input[name=category]:not(:checked)').click() ?? ''`) })
	if b.URL().Query().Get("category") == "" {
		t.Fatalf("not narrowed: %s", b.URL())
	}
	b.Back()
	b.Wait("the form to say what the list does", `document.querySelector('input[name=category][value=""]').checked`)
	b.Leads("a sort", func() {
		b.Eval(`(() => { const s = document.querySelector('#sort'); s.value = 'price_up'; s.dispatchEvent(new Event('change', { bubbles: true })); return ''; })()`)
	})
	if q := b.URL().Query(); q.Get("category") != "" || q.Get("sort") != "price_up" {
		t.Errorf("sorted: %s", b.URL())
	}
}
