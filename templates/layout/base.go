// Package layout holds what every page has around its content: the document's
// head, the header, the footer, and Base, the one struct in which a page finds
// its language, its market and who is looking at it.
package layout

import (
	"net/url"
	"strconv"
	"strings"

	"awil/internal/errs"
	"awil/internal/i18n"
)

// Base is what every page knows. It is built in one place (web.Base) and then
// completed by the page: title, description, problems of its form.
type Base struct {
	*i18n.Localizer // T, Money, Date … in the page's language

	Origin string // scheme and host of the site, without a slash at the end
	Path   string // path below the locale for shop pages, the whole path elsewhere
	Query  string // query of the request, kept when language or market is switched
	Assets AssetURLs

	Market  Market   // zero outside the shop
	Markets []Market // all that can be switched to

	Nav    Nav
	Frame  *Frame  // of a shop page, drawn before; nil: the page draws it
	Viewer *Viewer // nil: nobody is signed in, or the page must not depend on who looks
	Flash  *Flash
	Demo   bool // the programme is a demonstration: every page says so

	Title       string
	Description string
	Robots      string // for example "noindex"; empty: may be indexed
	Referrer    string // referrer policy of this page only, for pages whose address is a secret
	Image       string // absolute URL of the picture shown when the page is shared
	ImageAlt    string
	Kind        string // Open Graph type; empty: "website"
	Page        int    // number of the page of a list, part of the canonical address from 2 on
	Schema      []Thing

	// Problems are what is wrong with the form the visitor sent; the parts
	// that draw a field look theirs up by the input's name.
	Problems *errs.Fields
}

// AssetURLs knows the address of a stylesheet, script or drawing.
type AssetURLs interface {
	URL(name string) string
}

// Viewer is who is signed in, as far as a header needs to know.
type Viewer struct {
	ID   int64
	Name string
	// What she may enter.
	Producer, Curator, Finance, Admin bool
}

// Staff reports whether the viewer belongs to the programme's staff.
func (v *Viewer) Staff() bool {
	return v != nil && (v.Curator || v.Finance || v.Admin)
}

// Flash is one sentence about what has just been done, shown once.
type Flash struct {
	Good bool   // done as wished; otherwise something to look at
	Text string // in the page's language
}

// Asset returns the address of an asset, such as "css/shop.css".
func (b Base) Asset(name string) string { return b.Assets.URL(name) }

// Locale returns the first segment of a shop page's path, such as "ja-jp".
func (b Base) Locale() string { return Locale(b.Lang(), b.Market.Code) }

// Locale returns the path segment of a language in a market.
func Locale(lang i18n.Lang, market string) string {
	return string(lang) + "-" + market
}

// URL returns the address of a shop page in the visitor's language and market;
// the path begins with a slash.
func (b Base) URL(path string) string { return "/" + b.Locale() + path }

// Absolute returns a full address for a path of this site.
func (b Base) Absolute(path string) string { return b.Origin + path }

// Canonical returns the page's full address without what does not change it.
func (b Base) Canonical() string {
	return b.Origin + b.pathIn(b.Lang(), b.Market) + b.pageQuery()
}

func (b Base) pathIn(lang i18n.Lang, m Market) string {
	if m.Code == "" {
		return b.Path
	}
	if b.Path == "/" {
		return "/" + Locale(lang, m.Code) + "/"
	}
	return "/" + Locale(lang, m.Code) + b.Path
}

func (b Base) pageQuery() string {
	if b.Page < 2 {
		return ""
	}
	return "?page=" + strconv.Itoa(b.Page)
}

// SwitchURL returns the address that shows this page in another language, in
// the same market, and remembers the choice.
func (b Base) SwitchURL(lang i18n.Lang) string {
	here := url.QueryEscape(b.Here())
	if b.Market.Code == "" {
		return "/locale?lang=" + url.QueryEscape(string(lang)) + "&to=" + here
	}
	return "/locale?lang=" + url.QueryEscape(string(lang)) + "&market=" + url.QueryEscape(b.Market.Code) + "&page=" + here
}

// Here returns path and query of the page, below the locale for shop pages.
func (b Base) Here() string {
	if b.Query == "" {
		return b.Path
	}
	return b.Path + "?" + b.Query
}

// Problem returns the sentence about what is wrong with an input, or "".
func (b Base) Problem(field string) string {
	f, ok := b.Problems.Get(field)
	if !ok {
		return ""
	}
	return b.T(f.Key, f.Args...)
}

// FullTitle returns the document's title: the page's own, then the shop's.
func (b Base) FullTitle() string {
	switch {
	case b.Title == "":
		return brand
	case strings.HasPrefix(b.Title, brand):
		return b.Title
	default:
		return b.Title + " | " + brand
	}
}

const brand = "Awıl"
