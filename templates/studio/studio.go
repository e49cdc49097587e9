// Package studio holds the producers' pages: joining, listing goods step by
// step, packing and sending, her own profile. They are made for one thumb on a
// small screen, and for people who do not like forms.
package studio

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/photos"
	"awil/internal/shipping"
	"awil/templates/layout"
	"awil/templates/part"
)

// Frame is what every studio page has around its content.
type Frame struct {
	layout.Base
	Top layout.Top
}

// Photos are the pictures a page shows, by id.
type Photos map[int64]photos.Photo

// picture is a photo as the parts draw it. alt is used where nobody has
// described the photo.
func picture(p photos.Photo, lang i18n.Lang, alt string) part.Picture {
	if words := p.Alt(lang); words != "" {
		alt = words
	}
	return part.Picture{Key: p.Key, Widths: p.Widths, Width: p.Width, Height: p.Height, AVIF: p.AVIF,
		Alt: alt, Color: p.Color, Placeholder: p.Placeholder}
}

// GoodURL is where a listing is at home in the studio; further segments may
// follow.
func GoodURL(id int64, more ...string) string {
	return "/studio/goods/" + strconv.FormatInt(id, 10) + tail(more)
}

// ParcelURL is where a parcel is packed and sent from.
func ParcelURL(id int64, more ...string) string {
	return "/studio/orders/" + strconv.FormatInt(id, 10) + tail(more)
}

func tail(segments []string) string {
	if len(segments) == 0 {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}

// mark is where a listing stands, as an icon, a few words and a colour.
type mark struct {
	icon, class, text string
}

// markOf tells a listing's state in plain words. stock is what is left to sell.
func markOf(b layout.Base, state catalog.State, live bool, stock int) mark {
	switch {
	case state == catalog.Draft:
		return mark{"pen", "", b.T("studio.state.draft")}
	case state == catalog.Withdrawn:
		return mark{"off", "", b.T("studio.state.withdrawn")}
	case state == catalog.ChangesRequested:
		return mark{"note", "do", b.T("studio.state.asked")}
	case state == catalog.Submitted && live:
		return mark{"clock", "", b.T("studio.state.submitted_live")}
	case state == catalog.Submitted:
		return mark{"clock", "", b.T("studio.state.submitted")}
	case stock == 0:
		return mark{"minus", "do", b.T("studio.state.sold_out")}
	default:
		return mark{"check", "ok", b.T("studio.state.on_sale", "n", stock)}
	}
}

// stepOfTopic is the step on which a producer answers what the programme asks
// about; "" for what has no step.
func stepOfTopic(t catalog.Topic) string {
	switch t {
	case "photo", "name", "story":
		return string(t)
	case "composition", "allergens":
		return StepMade
	case "weight", "price":
		return StepPrice
	default:
		return ""
	}
}

// The steps of a listing, which are the last segments of their addresses.
const (
	StepPhoto   = "photo"
	StepName    = "name"
	StepMade    = "made"
	StepPrice   = "price"
	StepStory   = "story"
	StepPreview = "preview"
)

// Steps lists the steps that ask something, in the order they are asked.
func Steps() []string { return []string{StepPhoto, StepName, StepMade, StepPrice, StepStory} }

// nameOf is what a listing is called; a young draft has no name yet.
func nameOf(b layout.Base, name string) string {
	if name == "" {
		return b.T("studio.good.nameless")
	}
	return name
}

// inLang is the lang attribute of words that are not in the page's language.
func inLang(b layout.Base, lang i18n.Lang) templ.Attributes {
	if lang == b.Lang() || lang == "" {
		return nil
	}
	return templ.Attributes{"lang": lang.Tag()}
}

// SizeName tells one size of a product from another: its label, how much is in
// it, or both.
func SizeName(b layout.Base, v catalog.Variant) string {
	return sizeName(b, v.Label, v.NetQuantity, string(v.NetUnit))
}

func sizeName(b layout.Base, label string, net *int, unit string) string {
	amount := ""
	if net != nil {
		amount = b.Quantity(*net, unit)
	}
	switch {
	case label != "" && amount != "":
		return label + ", " + amount
	case label != "":
		return label
	default:
		return amount
	}
}

func carrierName(carrier string) string { return shipping.CarrierName(carrier) }
