// Package buy holds the pages between wanting something and having it: cart,
// checkout, the private page of an order, sign-in, the visitor's own account,
// and the outbox of a demonstration.
package buy

import (
	"strings"
	"time"

	"awil/internal/money"
	"awil/templates/layout"
	"awil/templates/part"
)

// Pictures are the photos of lines, by the photo's id.
type Pictures map[int64]part.Picture

// line is one thing bought or about to be, as slips and parcels show it.
type line struct {
	Href    string
	Name    string
	Lang    string // of the name, BCP 47, where it is not the page's
	Label   string // which and how many: "500 g × 2"
	From    string // who made it and where
	Total   money.Amount
	Picture *part.Picture
}

// picture returns the photo of a line; there may be none.
func (p Pictures) picture(id *int64) *part.Picture {
	if id == nil {
		return nil
	}
	photo, ok := p[*id]
	if !ok {
		return nil
	}
	photo.Alt = "" // the name stands beside it
	return &photo
}

// size says which variant it is: its label, how much it holds, or both. That a
// single piece is one piece goes without saying.
func size(b layout.Base, label string, net *int, unit string) string {
	holds := ""
	if net != nil && !(unit == "piece" && *net == 1) {
		holds = b.Quantity(*net, unit)
	}
	if label == "" || holds == "" {
		return label + holds
	}
	return label + ", " + holds
}

// pieces adds how many to which.
func pieces(b layout.Base, size string, quantity int) string {
	count := "× " + b.Number(int64(quantity))
	if size == "" {
		return count
	}
	return size + " " + count
}

// from writes who made something and where.
func from(producer, village string) string {
	if village == "" {
		return producer
	}
	return producer + ", " + village
}

// span writes the days something is expected on, counted from a moment.
func span(b layout.Base, start time.Time, minDays, maxDays int) string {
	first, last := start.AddDate(0, 0, minDays), start.AddDate(0, 0, maxDays)
	if minDays == maxDays {
		return b.T("buy.when.about", "day", b.DateShort(last))
	}
	return b.T("buy.when.between", "from", b.DateShort(first), "to", b.DateShort(last))
}

// days writes the same for the middle of a sentence.
func days(b layout.Base, start time.Time, minDays, maxDays int) string {
	first, last := b.DateShort(start.AddDate(0, 0, minDays)), b.DateShort(start.AddDate(0, 0, maxDays))
	if first == last {
		return last
	}
	return b.T("buy.when.days", "from", first, "to", last)
}

// zones are where the days of an order are counted: in the buyer's country as
// far as it has one clock without summer time. Elsewhere it is UTC, which says
// so where the hour matters.
var zones = map[string]*time.Location{
	"JP": time.FixedZone("JST", 9*60*60),
	"KG": time.FixedZone("+06", 6*60*60),
	"UZ": time.FixedZone("+05", 5*60*60),
}

// local returns a moment as the clock shows it in a country.
func local(t time.Time, country string) time.Time {
	if zone, ok := zones[country]; ok {
		return t.In(zone)
	}
	return t.UTC()
}

// moment writes day and hour in a country.
func moment(b layout.Base, t time.Time, country string) string {
	text := b.DateTime(local(t, country))
	if _, known := zones[country]; !known {
		text += " UTC"
	}
	return text
}

// mailto is the address of a letter with its subject filled in.
func mailto(address, subject string) string {
	escaped := strings.NewReplacer("%", "%25", " ", "%20", "&", "%26", "?", "%3F", "#", "%23", "\"", "%22").Replace(subject)
	return "mailto:" + address + "?subject=" + escaped
}
