package shop

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"awil/internal/i18n"
	"awil/internal/places"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

// drawings are what all products of a producer or a village show alike, and
// what takes longer to draw than the rest of a page.
type drawings struct {
	marks memo[string, pages.Mark] // by the drawing as it is kept
	maps  memo[mapped, string]
}

// mapped is all that the map of one village follows from.
type mapped struct {
	lang                i18n.Lang
	name, region        string
	latitude, longitude float64
}

func (d *drawings) mark(svg string) pages.Mark {
	return d.marks.of(svg, func() pages.Mark { return pages.NewMark(svg) })
}

// villageMap is the map of a village, named as on the page.
func (d *drawings) villageMap(b layout.Base, name string, v places.Village) templ.Component {
	drawing := pages.VillageMap(b, name, v.Region, v.Latitude, v.Longitude)
	drawn := d.maps.of(mapped{b.Lang(), name, v.Region, v.Latitude, v.Longitude}, func() string {
		var out strings.Builder
		if err := drawing.Render(context.Background(), &out); err != nil {
			return "" // the page draws it itself, and says what is wrong
		}
		return out.String()
	})
	if drawn == "" {
		return drawing
	}
	return templ.Raw(drawn)
}
