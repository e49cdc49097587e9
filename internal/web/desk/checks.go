package desk

import (
	"slices"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/photos"
	pages "awil/templates/desk"
)

type marketOf = markets.Market

// goodWidth is how many pixels wide a photo should be to look sharp on a large screen: the widest rendition kept.
const goodWidth = 1600

// need is a language that chosen markets read.
type need struct {
	lang    i18n.Lang
	markets []marketOf
}

// needed lists the languages of the markets a listing is to be sold in, in the order of the markets.
func needed(u catalog.UnderReview, all []marketOf) []need {
	var list []need
	for _, m := range all {
		if !slices.Contains(u.Markets, m.Code) {
			continue
		}
		for _, lang := range m.Langs {
			i := slices.IndexFunc(list, func(n need) bool { return n.lang == lang })
			if i < 0 {
				list = append(list, need{lang: lang})
				i = len(list) - 1
			}
			list[i].markets = append(list[i].markets, m)
		}
	}
	return list
}

// checks looks at what a decision depends on: what must hold, and what usually should.
func checks(l pages.Listing) []pages.Check {
	list := []pages.Check{checkPhotos(l)}
	list = append(list, checkWeight(l))
	if l.Product.Food {
		list = append(list, checkAllergens(l), checkKeeping(l))
	}
	list = append(list, checkHS(l), checkMarkets(l))
	list = append(list, checkTexts(l)...)
	return append(list, checkPrices(l)...)
}

func checkPhotos(l pages.Listing) pages.Check {
	c := pages.Check{State: "yes", Name: "desk.check.photo", Text: "desk.check.photo_good"}
	var best photos.Photo
	for _, f := range l.Product.Photos {
		if ph, ok := l.Pictures[f.ID]; ok && ph.Ready() && ph.Width > best.Width {
			best = ph
		}
	}
	c.Args = []any{"n", len(l.Product.Photos), "width", best.Width}
	switch {
	case best.Width == 0:
		c.State, c.Text = "no", "desk.check.photo_none"
	case best.Width < goodWidth:
		c.State, c.Text = "mid", "desk.check.photo_small"
	}
	return c
}

func checkWeight(l pages.Listing) pages.Check {
	c := pages.Check{State: "yes", Name: "desk.check.weight", Text: "desk.check.weight_good", Args: []any{"n", len(l.Product.Variants)}}
	if len(l.Product.Variants) == 0 {
		c.State, c.Text = "no", "desk.check.no_variant"
		return c
	}
	for _, v := range l.Product.Variants {
		if l.Product.Food && v.NetQuantity == nil {
			c.State, c.Text = "mid", "desk.check.weight_missing"
		}
	}
	return c
}

func checkAllergens(l pages.Listing) pages.Check {
	a := l.Product.Allergens
	c := pages.Check{State: "yes", Name: "desk.check.allergens", Text: "desk.check.allergens_good", Args: []any{"n", len(a.Contains) + len(a.MayContain)}}
	switch {
	case l.Product.Source.Composition == "":
		c.State, c.Text = "no", "desk.check.composition_missing"
	case len(a.Contains)+len(a.MayContain) == 0:
		c.State, c.Text = "mid", "desk.check.allergens_none"
	}
	return c
}

func checkKeeping(l pages.Listing) pages.Check {
	if l.Product.ShelfDays == nil {
		return pages.Check{State: "no", Name: "desk.check.keeping", Text: "desk.check.keeping_missing"}
	}
	return pages.Check{State: "yes", Name: "desk.check.keeping", Text: "desk.check.keeping_good", Args: []any{"n", *l.Product.ShelfDays}}
}

func checkHS(l pages.Listing) pages.Check {
	if l.Product.HSCode == "" && soldAtHomeOnly(l) {
		return pages.Check{State: "yes", Name: "desk.check.hs", Text: "desk.check.hs_home", Href: "#terms"}
	}
	if l.Product.HSCode == "" {
		return pages.Check{State: "mid", Name: "desk.check.hs", Text: "desk.check.hs_missing", Href: "#terms"}
	}
	code := l.Product.HSCode
	return pages.Check{State: "yes", Name: "desk.check.hs", Text: "desk.check.hs_good", Args: []any{"code", code[:4] + "." + code[4:]}}
}

// soldAtHomeOnly reports whether every chosen market pays in the producer's own money: no parcel crosses a border then.
func soldAtHomeOnly(l pages.Listing) bool {
	for _, m := range l.Markets {
		if slices.Contains(l.UnderReview.Markets, m.Code) && m.Currency != l.Maker.Currency {
			return false
		}
	}
	return len(l.UnderReview.Markets) > 0
}

func checkMarkets(l pages.Listing) pages.Check {
	if len(l.UnderReview.Markets) == 0 {
		return pages.Check{State: "no", Name: "desk.check.markets", Text: "desk.check.markets_none", Href: "#terms"}
	}
	return pages.Check{State: "yes", Name: "desk.check.markets", Text: "desk.check.markets_good", Args: []any{"n", len(l.UnderReview.Markets)}}
}

// checkTexts has a line for each language a chosen market reads.
func checkTexts(l pages.Listing) []pages.Check {
	var list []pages.Check
	for _, n := range needed(l.UnderReview, l.Markets) {
		c := pages.Check{State: "yes", Lang: n.lang, Text: "desk.check.text_ready", Href: "?lang=" + string(n.lang)}
		switch state, there := l.TextState(n.lang); {
		case n.lang == l.Product.Source.Lang:
			c.Text = "desk.check.text_hers"
		case !there:
			c.State, c.Text = "no", "desk.check.text_missing"
		case state == catalog.TextDraft:
			c.State, c.Text = "mid", "desk.check.text_draft"
		case state == catalog.TextStale:
			c.State, c.Text = "mid", "desk.check.text_stale"
		}
		list = append(list, c)
	}
	return list
}

// checkPrices names the markets whose price cannot be worked out.
func checkPrices(l pages.Listing) []pages.Check {
	var list []pages.Check
	for _, m := range l.Markets {
		if !slices.Contains(l.UnderReview.Markets, m.Code) {
			continue
		}
		priced := slices.ContainsFunc(l.Quotes, func(o catalog.Offer) bool { return o.Market == m.Code })
		if !priced && len(l.Product.Variants) > 0 {
			list = append(list, pages.Check{State: "no", Name: "desk.check.price", Text: "desk.check.price_missing",
				Args: []any{"currency", string(m.Currency)}})
		}
	}
	return list
}
