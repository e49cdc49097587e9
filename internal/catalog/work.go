package catalog

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
)

// repriceEvery is how often prices are worked out again, so that a rate that takes effect on a day shows that day.
const repriceEvery = 6 * time.Hour

// repriceStep is how long one job may go on: the rest is the next one's, so that no other job waits long for a hand, and a
// programme that stops loses little.
const repriceStep = 20 * time.Second

// RepriceArgs is the job that works out every price again; the clock enqueues it.
type RepriceArgs struct {
	After int64 `json:"after,omitempty"` // the last product that is done
}

// Kind names the job.
func (RepriceArgs) Kind() string { return "catalog_reprice" }

// InsertOpts tries a few times: the clock brings the next.
func (RepriceArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 3} }

// Workers registers the work of this package.
func Workers(w *river.Workers, s *Service) {
	river.AddWorker(w, reprice(s, repriceStep))
}

func reprice(s *Service, step time.Duration) river.Worker[RepriceArgs] {
	return river.WorkFunc(func(ctx context.Context, job *river.Job[RepriceArgs]) error {
		_, next, err := s.RefreshFrom(ctx, job.Args.After, step)
		if err != nil || next == 0 {
			return err
		}
		return jobs.Follow(ctx, s.db, job.JobRow, RepriceArgs{After: next})
	})
}

// Periodic lists the work that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{jobs.Every(repriceEvery, RepriceArgs{})}
}
