package catalog

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
)

// repriceEvery is how often prices are worked out again, so that a rate that takes effect on a day shows that day.
const repriceEvery = 6 * time.Hour

// RepriceArgs is the job that works out every price again: enqueue it where a rate or a rule changes.
type RepriceArgs struct{}

// Kind names the job.
func (RepriceArgs) Kind() string { return "catalog_reprice" }

// InsertOpts tries once: the clock brings the next.
func (RepriceArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// Workers registers the work of this package.
func Workers(w *river.Workers, s *Service) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[RepriceArgs]) error {
		_, err := s.RefreshAll(ctx)
		return err
	}))
}

// Periodic lists the work that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{jobs.Every(repriceEvery, RepriceArgs{})}
}
