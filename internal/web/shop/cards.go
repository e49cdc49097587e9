package shop

import (
	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/places"
	"awil/internal/producers"
	"awil/templates/layout"
	"awil/templates/part"
	pages "awil/templates/shop"
)

// photoIDs are the photos of cards, for the album.
func photoIDs(lists ...[]catalog.Card) []int64 {
	var ids []int64
	for _, list := range lists {
		for _, c := range list {
			ids = append(ids, c.PhotoID)
		}
	}
	return ids
}

// cards turns goods into what a shelf shows. The first eager ones are in view
// when the page opens.
func cards(b layout.Base, a album, list []catalog.Card, eager int) []part.Card {
	out := make([]part.Card, len(list))
	for i, c := range list {
		out[i] = part.Card{
			Href: b.URL("/products/" + c.Slug()), Name: c.Name, Village: c.VillageName, Producer: c.ProducerName,
			Price: cardPrice(b, c), Picture: a.picture(c.PhotoID, ""), Eager: i < eager,
		}
		if c.NameLang != b.Lang() {
			out[i].NameLang = c.NameLang.Tag()
		}
	}
	return out
}

func cardPrice(b layout.Base, c catalog.Card) string {
	price := b.Money(c.From())
	if c.Several {
		price = b.T("shop.price.from", "price", price)
	}
	if !c.InStock {
		return b.T("shop.card.sold_out", "price", price)
	}
	return price
}

// place is a village as lists show it.
func place(b layout.Base, a album, v places.Village, goods int) pages.Place {
	return pages.Place{
		Href: b.URL("/villages/" + v.Slug), Name: pages.Text{Body: v.Name, Lang: v.TextLang}, Region: v.Region,
		Summary: v.Summary, Picture: a.picture(at(v.HeroPhotoID), ""), Goods: goods, Latitude: v.Latitude, Longitude: v.Longitude,
	}
}

// maker presents a producer. The village may be zero where its region does not
// matter.
func maker(b layout.Base, a album, p producers.Producer, v places.Village) pages.Maker {
	m := pages.Maker{
		Href: b.URL("/producers/" + p.Slug()), Name: pages.Text{Body: p.Name, Lang: p.TextLang},
		Kind: b.T("shop.kind." + string(p.Kind)), Words: p.Words, Story: p.Story,
		Village: p.VillageName, VillageHref: b.URL("/villages/" + p.VillageSlug), Region: v.Region,
		Place:   b.T("shop.place", "village", p.VillageName, "region", v.Region),
		Country: b.Country(p.Country), WomenLed: p.WomenLed, Mark: a.mark(p.MarkSVG), Monogram: p.Monogram(),
		Picture: a.picture(at(p.PhotoID), ""),
	}
	if p.SinceYear != nil {
		m.Since = *p.SinceYear
	}
	return m
}

// counts tells how many goods of each village a market shows.
func counts(facets []catalog.Facet) map[int64]int {
	n := make(map[int64]int, len(facets))
	for _, f := range facets {
		n[f.ID] = f.Count
	}
	return n
}

// heroIDs are the hero photos of villages, for the album.
func heroIDs(list []places.Village) []int64 {
	var ids []int64
	for _, v := range list {
		ids = append(ids, at(v.HeroPhotoID))
	}
	return ids
}

// share sets the picture that is shown when a link to the page is passed on.
func share(b *layout.Base, p part.Picture) {
	if p.Key == "" {
		return
	}
	const wide = 1600 // messengers cut from large pictures
	b.Image, b.ImageAlt = b.Absolute(p.URL(wide)), p.Alt
}

// textOf is a name with its language.
func textOf(text string, lang i18n.Lang) pages.Text { return pages.Text{Body: text, Lang: lang} }
