// Package shop holds the buyers' pages: the front page, lists of goods, a
// product, villages, producers, collections, search. Each page is a struct
// with layout.Base and what it shows, and a component that draws it.
package shop

import (
	"awil/internal/i18n"
	"awil/templates/layout"
	"awil/templates/part"
)

// Text is something a person wrote, with the language it is in: not always the
// page's, for translations come later than goods.
type Text struct {
	Body string
	Lang i18n.Lang
}

// Tag returns the lang attribute the text needs on a page, empty where the
// page is in the same language anyway.
func (t Text) Tag(page i18n.Lang) string { return foreign(t.Lang, page) }

func foreign(text, page i18n.Lang) string {
	if text == "" || text == page {
		return ""
	}
	return text.Tag()
}

// Place is a village as lists and cards show it.
type Place struct {
	Href      string
	Name      Text
	Region    string
	Summary   string // in the language of the name
	Picture   part.Picture
	Goods     int // how many of its things the market shows
	Latitude  float64
	Longitude float64
}

// Maker is a producer as a page presents it.
type Maker struct {
	Href        string
	Name        Text
	Kind        string // "workshop", in the page's language
	Words       string // one thing she says herself, in the language of the name
	Story       string // in the language of the name
	Village     string
	VillageHref string
	Place       string // village and region, in the page's order
	Region      string
	Country     string
	Since       int // year; 0: not known
	WomenLed    bool
	Picture     part.Picture // no key: the mark stands in its place
	Mark        Mark
	Monogram    string
}

// Shelf is a titled row of goods.
type Shelf struct {
	Label string
	Title Text
	Text  Text
	More  layout.Link
	Cards []part.Card
}

// Tile leads to a collection by one picture.
type Tile struct {
	Href    string
	Title   Text
	Text    Text
	Goods   int
	Picture part.Picture
}

func hasPicture(p part.Picture) bool { return p.Key != "" }
