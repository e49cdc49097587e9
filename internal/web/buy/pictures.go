package buy

import (
	"context"

	"awil/internal/cart"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/photos"
	pages "awil/templates/buy"
	"awil/templates/part"
)

// pictures finds the photos of lines with their words.
func (p *Buy) pictures(ctx context.Context, lang i18n.Lang, ids []*int64) (pages.Pictures, error) {
	wanted := make([]int64, 0, len(ids))
	for _, id := range ids {
		if id != nil {
			wanted = append(wanted, *id)
		}
	}
	found, err := p.Photos.Shown(ctx, wanted)
	if err != nil {
		return nil, err
	}
	list := make(pages.Pictures, len(found))
	for id, photo := range found {
		if photo.Ready() {
			one := picture(*photo)
			one.Alt = photo.Alt(lang)
			list[id] = one
		}
	}
	return list, nil
}

// picture is a photo as pages draw it, without words.
func picture(photo photos.Photo) part.Picture {
	return part.Picture{Key: photo.Key, Widths: photo.Widths, Width: photo.Width, Height: photo.Height, AVIF: photo.AVIF,
		Color: photo.Color, Placeholder: photo.Placeholder}
}

func photosOfCart(lines []cart.Line) []*int64 {
	ids := make([]*int64, len(lines))
	for i, l := range lines {
		ids[i] = l.PhotoID
	}
	return ids
}

// photosOfRequests are those of requests that were not taken back.
func photosOfRequests(requests []payments.Request) []*int64 {
	var ids []*int64
	for _, r := range requests {
		for _, id := range r.PhotoIDs {
			if r.Status != payments.RequestWithdrawn {
				ids = append(ids, &id)
			}
		}
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
