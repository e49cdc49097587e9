package photos

import (
	"context"
	"fmt"
	"io"
	"time"

	"awil/internal/errs"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Service stores and serves photos.
type Service struct {
	db    postgres.DB
	store blob.Store
	maker *Maker
	queue *jobs.Client
	shown *watch.Memory[int64, Photo] // as pages show them
}

// New returns a service on db, a pool or a transaction. All services of a
// process share one Maker. The queue must not be nil where photos are uploaded.
func New(db postgres.DB, store blob.Store, maker *Maker, queue *jobs.Client) *Service {
	return &Service{db: db, store: store, maker: maker, queue: queue, shown: newShown(nil, time.Now)}
}

// ByIDs returns the photos with these ids and their texts, in two queries.
// Unknown ids are missing from the map.
func (s *Service) ByIDs(ctx context.Context, ids []int64) (map[int64]Photo, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	for _, id := range ids {
		watch.On(ctx, watch.Photo(id))
	}
	list, err := selectPhotos(ctx, s.db, selectByIDs, ids)
	if err != nil {
		return nil, err
	}
	if err := addTexts(ctx, s.db, list); err != nil {
		return nil, err
	}
	found := make(map[int64]Photo, len(list))
	for _, p := range list {
		found[p.ID] = p
	}
	return found, nil
}

// ByID returns one photo with its texts; an unknown one is errs.NotFound.
func (s *Service) ByID(ctx context.Context, id int64) (Photo, error) {
	found, err := s.ByIDs(ctx, []int64{id})
	if err != nil {
		return Photo{}, err
	}
	p, ok := found[id]
	if !ok {
		return Photo{}, errs.E(errs.NotFound, fmt.Sprintf("no photo %d", id))
	}
	return p, nil
}

// Open opens a rendition for serving: the parts of /photos/{key}/{width}.{ext}
// with ext JPEG or AVIF. What was never made, or is not the address of a
// rendition, is errs.NotFound. The caller closes the reader, which seeks when
// photos are kept as files. Originals cannot be reached.
func (s *Service) Open(ctx context.Context, key string, width int, ext string) (io.ReadCloser, blob.Info, error) {
	if !isKey(key) || width < 1 || width > MaxSide || ext != JPEG && ext != AVIF {
		return nil, blob.Info{}, errs.E(errs.NotFound, "no address of a photo")
	}
	r, info, err := s.store.Get(ctx, renditionKey(key, width, ext))
	if err != nil {
		return nil, blob.Info{}, fmt.Errorf("open photo: %w", err)
	}
	info.ContentType = contentType(ext)
	return r, info, nil
}

func contentType(ext string) string {
	if ext == AVIF {
		return "image/avif"
	}
	return "image/jpeg"
}
