package buy

import (
	"context"

	"awil/internal/cart"
	"awil/internal/i18n"
	"awil/internal/orders"
	pages "awil/templates/buy"
	"awil/templates/part"
)

// pictures fetches the photos of lines in one go.
func (p *Buy) pictures(ctx context.Context, lang i18n.Lang, ids []*int64) (pages.Pictures, error) {
	wanted := make([]int64, 0, len(ids))
	for _, id := range ids {
		if id != nil {
			wanted = append(wanted, *id)
		}
	}
	found, err := p.Photos.ByIDs(ctx, wanted)
	if err != nil {
		return nil, err
	}
	list := make(pages.Pictures, len(found))
	for id, photo := range found {
		if photo.Ready() {
			list[id] = part.Picture{Key: photo.Key, Widths: photo.Widths, Width: photo.Width, Height: photo.Height, AVIF: photo.AVIF,
				Alt: photo.Alt(lang), Color: photo.Color, Placeholder: photo.Placeholder}
		}
	}
	return list, nil
}

func photosOfCart(lines []cart.Line) []*int64 {
	ids := make([]*int64, len(lines))
	for i, l := range lines {
		ids[i] = l.PhotoID
	}
	return ids
}

func photosOfOrder(lines []orders.Line) []*int64 {
	ids := make([]*int64, len(lines))
	for i, l := range lines {
		ids[i] = l.PhotoID
	}
	return ids
}
