package shop

import (
	"slices"

	"awil/internal/shipping"
	"awil/templates/layout"
	"awil/templates/part"
)

// Way is how goods come to a market: the stages, and each way of sending with
// its days and price.
type Way struct {
	Steps   []part.Step
	Methods []part.Fact
	// Abroad says that the goods cross a border: duty and tax, if the country
	// asks for any, are no part of the price.
	Abroad bool
}

// WayTo tells the way to a market in the page's words from its methods of
// sending. From is the village it begins in, empty on pages about all goods.
func WayTo(b layout.Base, methods []shipping.Method, from string, abroad bool) Way {
	if len(methods) == 0 {
		return Way{}
	}
	way := Way{Abroad: abroad}
	quick := quickest(methods)
	packed := b.T("shop.way.packed.title")
	if from != "" {
		packed = b.T("shop.way.packed_in.title", "village", from)
	}
	way.Steps = append(way.Steps, part.Step{Label: b.T("shop.way.packed.label"), Title: packed, Text: b.T("shop.way.packed.text")})
	if quick.Kind == shipping.Box {
		way.Steps = append(way.Steps, part.Step{Label: b.T("shop.way.hub.label"), Title: b.T("shop.way.hub.title"), Text: b.T("shop.way.hub.text")})
	}
	way.Steps = append(way.Steps, arrival(b, quick))
	for _, m := range methods {
		way.Methods = append(way.Methods, part.Fact{Term: m.Name, Body: methodFact(b, m)})
	}
	return way
}

func quickest(methods []shipping.Method) shipping.Method {
	return slices.MinFunc(methods, func(a, b shipping.Method) int { return a.MaxDays - b.MaxDays })
}

func arrival(b layout.Base, m shipping.Method) part.Step {
	text := b.T("shop.way.door.text")
	if m.Tracked {
		text = b.T("shop.way.door.tracked")
	}
	return part.Step{Label: days(b, m.MinDays, m.MaxDays), Title: b.T("shop.way.door.title"), Text: text}
}

// days writes "7–10 days".
func days(b layout.Base, from, to int) string {
	if from == to {
		return b.T("shop.days", "n", to)
	}
	return b.T("shop.days.range", "from", from, "n", to)
}

// Sending is the quickest way in one line, for the box beside the price.
func Sending(b layout.Base, methods []shipping.Method) string {
	if len(methods) == 0 {
		return ""
	}
	m := quickest(methods)
	return b.T("shop.sending", "days", days(b, m.MinDays, m.MaxDays), "method", m.Name)
}
