package desk

import (
	"context"
	"slices"

	"awil/internal/photos"
)

// pictures fetches photos by id; zeros and repeats are passed over.
func (d *Desk) pictures(ctx context.Context, ids ...int64) (map[int64]photos.Photo, error) {
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == 0 })
	if len(ids) == 0 {
		return nil, nil
	}
	return d.Photos.ByIDs(ctx, ids)
}
