package photos

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"awil/internal/platform/postgres"
)

const countAll = `/* photos.count */
select count(*) from photos`

// Rebuild remakes all renditions of all photos from their originals, JPEG and
// AVIF, under the same addresses. progress, if not nil, is told after each
// photo how many of how many are done. A photo that cannot be remade keeps
// what it has; the errors of all such photos come back joined, each with the
// photo's id. A cancelled ctx ends the work between two photos.
func (s *Service) Rebuild(ctx context.Context, progress func(done, total int)) error {
	var total int
	if err := s.db.QueryRow(ctx, countAll).Scan(&total); err != nil {
		return fmt.Errorf("rebuild photos: %w", postgres.Err(err))
	}
	var failed []error
	done, last := 0, int64(0)
	for {
		const batch = 100
		list, err := selectPhotos(ctx, s.db, selectAfter, last, batch)
		if err != nil || len(list) == 0 {
			return errors.Join(append(failed, err)...)
		}
		for _, p := range list {
			if err := ctx.Err(); err != nil {
				return errors.Join(append(failed, err)...)
			}
			if err := s.rebuild(ctx, p); err != nil {
				failed = append(failed, fmt.Errorf("rebuild photo %d: %w", p.ID, err))
			}
			done, last = done+1, p.ID
			if progress != nil {
				progress(done, max(done, total))
			}
		}
	}
}

// rebuild replaces the files, then the row, and removes widths that are no
// longer made last: whoever reads the row finds every file it names.
func (s *Service) rebuild(ctx context.Context, p Photo) error {
	before := p.Widths
	m, err := s.maker.jpegs(ctx, s.original(ctx, p))
	if err != nil {
		return err
	}
	for _, r := range m.renditions {
		if err := s.put(ctx, p.Key, JPEG, r); err != nil {
			return err
		}
	}
	err = s.maker.avifs(ctx, s.original(ctx, p), func(r rendition) error { return s.put(ctx, p.Key, AVIF, r) })
	if err != nil {
		return err
	}
	p.describe(m)
	if _, err := s.db.Exec(ctx, setRenditions, p.ID, p.Width, p.Height, p.Widths, p.State, p.Thumbhash, p.Placeholder, p.Color); err != nil {
		return postgres.Err(err)
	}
	for _, width := range before {
		if slices.Contains(p.Widths, width) {
			continue
		}
		for _, ext := range []string{JPEG, AVIF} {
			if err := s.store.Delete(ctx, renditionKey(p.Key, width, ext)); err != nil {
				return err
			}
		}
	}
	return nil
}
