package photos

import (
	"context"
	"slices"
)

const selectByKeys = `/* photos.by_keys */ select ` + columns + ` from photos where key = any ($1)`

// ByKeys returns the photos with these keys, in their order. A key is a
// secret of whoever uploaded: it lets a form that comes back name photos it
// brought before. What is no key of a photo is left out.
func (s *Service) ByKeys(ctx context.Context, keys []string) ([]Photo, error) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !isKey(key) })
	if len(keys) == 0 {
		return nil, nil
	}
	list, err := selectPhotos(ctx, s.db, selectByKeys, keys)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Photo) int { return slices.Index(keys, a.Key) - slices.Index(keys, b.Key) })
	return list, nil
}
