package shop

import (
	"context"
	"slices"

	"awil/internal/i18n"
	"awil/internal/photos"
	"awil/templates/part"
)

// album is the photos of a page, fetched together.
type album struct {
	photos map[int64]*photos.Photo
	lang   i18n.Lang
	*drawings
}

// album fetches the photos with these ids in one go; zeros are passed over.
func (s *Shop) album(ctx context.Context, lang i18n.Lang, ids ...int64) (album, error) {
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
	if len(ids) == 0 {
		return album{lang: lang, drawings: &s.drawings}, nil
	}
	slices.Sort(ids)
	list, err := s.Photos.Shown(ctx, slices.Compact(ids))
	return album{list, lang, &s.drawings}, err
}

// picture is a photo as parts draw it, zero where there is none to show. alt
// stands in where nobody has described it.
func (a album) picture(id int64, alt string) part.Picture {
	p, ok := a.photos[id]
	if !ok || !p.Ready() {
		return part.Picture{}
	}
	if said := p.Alt(a.lang); said != "" {
		alt = said
	}
	return part.Picture{Key: p.Key, Widths: p.Widths, Width: p.Width, Height: p.Height, AVIF: p.AVIF,
		Alt: alt, Color: p.Color, Placeholder: p.Placeholder}
}

// at reads an optional photo id.
func at(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}
