package photos

import (
	"context"
	"slices"
)

const selectKept = `/* photos.kept */ select ` + columns + ` from photos f
where f.key = any ($1) and f.producer_id is null and ` + unusedWhere + `
  and exists (select from order_photos o where o.photo_id = f.id and o.order_id = $2 and o.sent_at > now() - $3::interval)`

// Kept returns the photos with these keys, in their order, that the buyer of an
// order sent in the last two days and that are on no page yet: it lets a form
// that comes back name photos it brought before. All others are left out.
func (s *Service) Kept(ctx context.Context, orderID int64, keys []string) ([]Photo, error) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !isKey(key) })
	if len(keys) == 0 {
		return nil, nil
	}
	list, err := selectPhotos(ctx, s.db, selectKept, keys, orderID, spared)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Photo) int { return slices.Index(keys, a.Key) - slices.Index(keys, b.Key) })
	return list, nil
}
