package photos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/errs"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// AVIFArgs is the job that makes the AVIF renditions of a photo.
type AVIFArgs struct {
	PhotoID int64 `json:"photo_id"`
}

// Kind names the job.
func (AVIFArgs) Kind() string { return "photo_avif" }

// InsertOpts puts the job on the queue for heavy work. Without AVIF pages show
// JPEG, so a few tries are enough.
func (AVIFArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: jobs.Photos, MaxAttempts: 5}
}

// Workers registers the work of this package, done through s: AVIF renditions,
// and dropping what no page shows.
func Workers(workers *river.Workers, s *Service) {
	river.AddWorker(workers, &avifWorker{service: s})
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[unusedArgs]) error {
		_, err := s.DropUnused(ctx)
		return err
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[removalArgs]) error {
		return s.removeFiles(ctx, job.Args)
	}))
}

type avifWorker struct {
	river.WorkerDefaults[AVIFArgs]
	service *Service
}

// Timeout is ample: the largest rendition takes a few seconds.
func (*avifWorker) Timeout(*river.Job[AVIFArgs]) time.Duration { return 5 * time.Minute }

// Work makes the renditions. A photo that is gone, or cannot be read as a
// picture, will not be better next time.
func (w *avifWorker) Work(ctx context.Context, job *river.Job[AVIFArgs]) error {
	err := w.service.MakeAVIF(ctx, job.Args.PhotoID)
	if kind := errs.KindOf(err); err != nil && (kind == errs.NotFound || kind == errs.Invalid) {
		return river.JobCancel(err)
	}
	return err
}

// MakeAVIF makes the AVIF renditions of a photo unless they exist. An unknown
// photo or a lost original is errs.NotFound.
func (s *Service) MakeAVIF(ctx context.Context, photoID int64) error {
	p, err := s.ByID(ctx, photoID)
	if err != nil || p.AVIF {
		return err
	}
	err = s.maker.avifs(ctx, s.original(ctx, p), func(r rendition) error {
		return s.put(ctx, p.Key, AVIF, r)
	})
	if err != nil {
		return fmt.Errorf("make AVIF of photo %d: %w", photoID, err)
	}
	if _, err := s.db.Exec(ctx, setAVIF, photoID); err != nil {
		return fmt.Errorf("make AVIF of photo %d: %w", photoID, postgres.Err(err))
	}
	return nil
}

// original is the source of a stored photo.
func (s *Service) original(ctx context.Context, p Photo) source {
	return func() (data []byte, err error) {
		r, info, err := s.store.Get(ctx, p.OriginalKey)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		data = make([]byte, info.Size)
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, fmt.Errorf("read original: %w", err)
		}
		return data, nil
	}
}
