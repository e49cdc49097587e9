// Package paystand is what the local stand-ins for Payme and Click share: the
// page a buyer of the demo pays on, in the shop's look, and the line they call
// the shop over, which tests may disturb.
package paystand

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"

	"awil/internal/i18n"
	"awil/internal/money"
)

//go:embed page.html
var pageHTML string

//go:embed pay.css
var pageCSS []byte

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// Page is what a stand-in shows: the pay page of Order, the cabinet, or that
// there is nothing to pay.
type Page struct {
	Brand    string // whom it stands in for
	Lang     string // en, ru or uz
	Merchant string
	Style    string // address of the style sheet
	Return   string // where its forms lead back to
	Order    string // the order's reference
	Sum      money.Amount
	Problem  string // what was refused last
	Cabinet  bool   // shows Rows: what the merchant's staff see
	Rows     []Row
}

// Row is a transaction in the cabinet.
type Row struct {
	ID, Order, Amount, At, State string
	CanCancel                    bool
}

// Words are the page's texts.
func (p Page) Words() Words { return WordsIn(p.Lang) }

// Amount writes the sum for people.
func (p Page) Amount() string { return i18n.For(i18n.Lang(p.Words().Lang)).Money(p.Sum) }

// Render writes the page.
func (p Page) Render(w http.ResponseWriter, status int) error {
	p.Lang = p.Words().Lang
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Referrer-Policy", "same-origin")
	// A form may only lead to the shop, which a redirect counts as.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+
		origin(p.Return))
	w.WriteHeader(status)
	return pageTemplate.Execute(w, p)
}

// Style serves the style sheet.
func Style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(pageCSS) // a browser that hung up needs no style
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
