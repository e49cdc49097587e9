package desk

import (
	"fmt"
	"time"

	"awil/internal/curation"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/photos"
	"awil/templates/part"
)

// FeaturesPage is what a market's home page shows, now and next.
type FeaturesPage struct {
	Page
	Markets     []markets.Market
	Market      markets.Market
	Products    []FeatureRow
	Collections []FeatureRow
	Home        curation.Home // as a buyer sees it now
	Pictures    map[int64]photos.Photo
	Search      string // narrows what can be added
	Choices     []part.Option
	Sets        []part.Option // collections to choose from
	Form        NewFeature
}

// FeatureRow is a place on the home page.
type FeatureRow struct {
	curation.FeatureItem
	PhotoID     int64
	First, Last bool
	Starts      string // as the inputs hold them
	Ends        string
}

// NewFeature are the inputs of a new place.
type NewFeature struct {
	Market  string `form:"market" max:"2"`
	Subject string `form:"subject" max:"40"` // "product:12" or "collection:3"
	Starts  string `form:"starts" max:"20"`
	Ends    string `form:"ends" max:"20"`
}

func (p FeaturesPage) tabs() []Tab {
	var list []Tab
	for _, m := range p.Markets {
		list = append(list, Tab{Href: p.Path + "?market=" + m.Code, Text: m.Name(p.Lang()), Current: m.Code == p.Market.Code})
	}
	return list
}

// standing is how a feature stands now, as a class and a word.
func (p FeaturesPage) standing(f curation.FeatureItem) (class, word string) {
	switch {
	case f.EndsAt != nil && !p.Now.Before(*f.EndsAt):
		return "", p.T("desk.features.over")
	case !f.Visible:
		return "no", p.T("desk.features.hidden")
	case f.Current(p.Now):
		return "yes", p.T("desk.features.now")
	}
	return "", p.T("desk.features.in", "n", 1+days(f.StartsAt.Sub(p.Now)-1))
}

// product and collection address what a feature puts forward.
func (f FeatureRow) href() string {
	if f.ProductID != nil {
		return path("review", id(*f.ProductID))
	}
	if f.CollectionID != nil {
		return path("collections", id(*f.CollectionID))
	}
	return "#"
}

// The plan: three months drawn as bars, one row for each feature.
const (
	planLeft  = 150
	planWidth = 812
	planRow   = 31
	planTop   = 24
)

// bar is a feature's time on the plan.
type bar struct {
	name    string
	class   string
	x, w, y float64
	textY   float64
	fromTo  string
}

// plan is the drawing's geometry.
type plan struct {
	from, to time.Time
	height   float64
	today    float64
	months   []month
	bars     []bar
}

type month struct {
	x    float64
	name string
}

func (p FeaturesPage) plan() plan {
	now := p.Now.In(p.Zone)
	pl := plan{from: time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, p.Zone)}
	pl.to = pl.from.AddDate(0, 3, 0)
	for i := range 3 {
		at := pl.from.AddDate(0, i, 0)
		pl.months = append(pl.months, month{pl.x(at), p.DateShort(at)})
	}
	pl.today = pl.x(now)
	for _, f := range append(append([]FeatureRow{}, p.Collections...), p.Products...) {
		if f.StartsAt.After(pl.to) || f.EndsAt != nil && f.EndsAt.Before(pl.from) {
			continue
		}
		pl.bars = append(pl.bars, p.bar(pl, f, len(pl.bars)))
	}
	pl.height = float64(planTop + planRow*len(pl.bars))
	return pl
}

func (p FeaturesPage) bar(pl plan, f FeatureRow, row int) bar {
	ends := pl.to
	if f.EndsAt != nil && f.EndsAt.Before(pl.to) {
		ends = *f.EndsAt
	}
	starts := f.StartsAt
	if starts.Before(pl.from) {
		starts = pl.from
	}
	b := bar{name: f.Name, class: "soon", x: pl.x(starts), y: float64(planTop + planRow*row)}
	b.w, b.textY = max(2, pl.x(ends)-b.x), b.y+17
	switch {
	case !f.Visible:
		b.class = "gap"
	case f.Current(p.Now):
		b.class = "on"
	}
	until := p.T("desk.features.open_end")
	if f.EndsAt != nil {
		until = p.Day(*f.EndsAt)
	}
	b.fromTo = p.T("desk.features.bar", "name", f.Name, "from", p.Day(f.StartsAt), "until", until)
	return b
}

// x is where a moment stands on the plan.
func (pl plan) x(t time.Time) float64 {
	part := t.Sub(pl.from).Seconds() / pl.to.Sub(pl.from).Seconds()
	return planLeft + min(1, max(0, part))*(planWidth-planLeft)
}

func px(v float64) string { return fmt.Sprintf("%.1f", v) }

// summary says in words what the drawing shows.
func (p FeaturesPage) summary(pl plan) []string {
	lines := make([]string, len(pl.bars))
	for i, b := range pl.bars {
		lines[i] = b.fromTo
	}
	return lines
}

// cardPrice is a card's price as the preview shows it.
func (p FeaturesPage) cardPrice(a money.Amount) string { return p.Money(a) }
