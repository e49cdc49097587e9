package shop

import (
	"context"
	"slices"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/templates/layout"
)

// Navigation fills the shop's header and footer.
type Navigation struct {
	catalog *catalog.Service
	markets *markets.Service
}

// NewNavigation returns the links as web.Navigation wants them.
func NewNavigation(c *catalog.Service, m *markets.Service) Navigation { return Navigation{c, m} }

// mostMain is how many shelves the header names besides the villages; more do
// not fit beside the tools.
const mostMain = 4

// Shop returns the links of a language in a market. Only shelves that hold
// something there are named.
func (n Navigation) Shop(ctx context.Context, lang i18n.Lang, market layout.Market) (layout.Nav, error) {
	l := i18n.For(lang)
	at := "/" + layout.Locale(lang, market.Code)
	categories, err := n.catalog.Categories(ctx, lang)
	if err != nil {
		return layout.Nav{}, err
	}
	filled, err := n.catalog.Filled(ctx, market.Code)
	if err != nil {
		return layout.Nav{}, err
	}
	programme, err := n.markets.Programme(ctx)
	if err != nil {
		return layout.Nav{}, err
	}
	tree := newShelves(categories, filled)
	villages := layout.Link{Href: at + "/villages", Text: l.T("shop.nav.villages")}
	all := layout.Link{Href: at + "/products", Text: l.T("shop.nav.all")}
	nav := layout.Nav{
		Main:   append(tree.main(at), villages),
		Shop:   slices.Concat(tree.main(at), tree.parted(at), []layout.Link{all}),
		Makers: []layout.Link{villages, {Href: "/studio", Text: l.T("shop.nav.studio")}},
		Help:   []layout.Link{{Href: at + "/#delivery", Text: l.T("shop.nav.delivery")}},
	}
	if programme.ContactEmail != "" {
		nav.Help = append(nav.Help, layout.Link{Href: "mailto:" + programme.ContactEmail, Text: l.T("shop.nav.write")})
	}
	return nav, nil
}

// main names the outer shelves; where they are few, the inner ones stand
// in for an outer one that is not food, for "made by hand" says
// less than felt or ceramics.
func (t shelves) main(at string) []layout.Link {
	outer := t.inside(nil)
	var list []layout.Link
	for _, c := range outer {
		if t.whole(c, outer) {
			list = append(list, shelfLink(at, c))
			continue
		}
		for _, i := range t.inside(&c) {
			list = append(list, shelfLink(at, i))
		}
	}
	return list[:min(len(list), mostMain)]
}

// parted names the outer shelves of which main names inner ones, perhaps not
// all.
func (t shelves) parted(at string) (list []layout.Link) {
	outer := t.inside(nil)
	for _, c := range outer {
		if !t.whole(c, outer) {
			list = append(list, shelfLink(at, c))
		}
	}
	return list
}

// whole reports whether main names an outer shelf itself.
func (t shelves) whole(c catalog.Category, outer []catalog.Category) bool {
	return c.Food || len(outer) >= mostMain || len(t.inside(&c)) == 0
}

func shelfLink(at string, c catalog.Category) layout.Link {
	return layout.Link{Href: at + "/categories/" + c.Slug, Text: c.Name}
}
