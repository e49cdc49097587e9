package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"awil/internal/browsertest"
	"awil/internal/i18n"
)

// TestFinding walks through the search as a hurried buyer does: half a word, the list under the field by keys alone, a
// filter; then the same without scripts.
func TestFinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct {
		lang         i18n.Lang
		market       string
		begun, slug  string
		misspelt     string
		unfound, any string // what nothing is called, and a word of what helps on
	}{
		{i18n.JA, "jp", "メロ", "melon-jam", "めろんじゃむ", "飛行機", "shop.search.shelves"},
		{i18n.KAA, "uz", "qaw", "melon-jam", "қауын варене", "buldozer", "shop.search.shelves"},
	} {
		b := w.buyer(browsertest.Phone, tt.lang, tt.market)
		melon := w.good(tt.slug, tt.lang)
		b.Visit(b.at("/search"))
		b.choosesFromTheList(tt.begun, melon)
		b.searchesAndNarrows(tt.misspelt, melon)
		b.Visit(b.at("/search"))
		b.look(tt.unfound)
		b.See(b.l.T(tt.any))
		b.Fits()

		plain := w.plainBuyer(browsertest.Phone, tt.lang, tt.market)
		plain.Visit(plain.at("/search"))
		plain.searchesAndNarrows(tt.misspelt, melon)
	}
}

// look searches for a text.
func (b buyer) look(text string) {
	b.w.t.Helper()
	field := b.In("main .search-form")
	field.Fill(b.l.T("common.search.label"), text)
	field.Press(b.l.T("common.search"))
}

const (
	listOpen   = `!document.querySelector('main .suggestions').hidden && document.querySelector('main .suggestions a')`
	listClosed = `document.querySelector('main .suggestions').hidden`
	field      = `document.querySelector('main .search-form input')`
)

// choosesFromTheList types the beginning of a name and goes on by keys alone.
func (b buyer) choosesFromTheList(begun string, want good) {
	b.w.t.Helper()
	b.In("main .search-form").Fill(b.l.T("common.search.label"), begun)
	b.Wait("suggestions", listOpen)
	b.Wait("a picture beside a suggestion", `document.querySelector('main .suggestions img')?.naturalWidth > 0`)
	b.says("aria-expanded", "true")
	b.Accessible()
	b.Fits()

	b.Key(kb.ArrowDown)
	b.Wait("the first suggestion to be the one named", `(() => { const one = document.getElementById(`+field+`.getAttribute('aria-activedescendant'));
return one && one === document.querySelector('main .suggestions a') && one.getAttribute('aria-selected') === 'true' })()`)
	b.Key(kb.Escape)
	b.Wait("the list to close", listClosed)
	b.says("aria-expanded", "false")
	b.says("aria-activedescendant", "null")

	b.Key(kb.ArrowDown)
	b.Wait("the list to open again", listOpen)
	for range 8 { // no further than to what is wanted, which is among the first
		if b.Eval(`document.querySelector('main .suggestions [aria-selected]')?.getAttribute('href') ?? ""`) == b.at("/products/"+want.slug) {
			break
		}
		b.Key(kb.ArrowDown)
	}
	b.Leads("Enter on a suggestion", func() { b.Key(kb.Enter) })
	if path := b.Path(); path != b.at("/products/"+want.slug) {
		b.w.t.Errorf("the list led to %s, want %s", path, want.slug)
	}
	b.See(want.name)
	b.Visit(b.at("/search"))
}

// says is what the field tells assistive technology.
func (b buyer) says(attribute, want string) {
	b.w.t.Helper()
	if got := b.Eval(`String(` + field + `.getAttribute('` + attribute + `'))`); got != want {
		b.w.t.Errorf("%s is %s, want %s", attribute, got, want)
	}
}

// searchesAndNarrows finds a good by what it is not quite called, and keeps to what is ready to be sent.
func (b buyer) searchesAndNarrows(text string, want good) {
	b.w.t.Helper()
	b.look(text)
	b.See(want.name)
	b.Fits()
	filtered := b.at("/search?ready=1&q=") + b.Eval("encodeURIComponent(new URLSearchParams(location.search).get('q'))")
	b.Visit(filtered)
	b.See(want.name, b.l.T("search.ready"))
	if !strings.Contains(b.URL().RawQuery, "ready=1") {
		b.w.t.Errorf("the filter is not in %s", b.URL())
	}
}
