package catalog

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
)

// repriceEvery is how often it is looked whether all goods are priced by the rules and rates of the moment, so that a rate that
// takes effect on a day shows that day.
const repriceEvery = 5 * time.Minute

// repriceStep is how long one job may go on: the rest is the next one's, so that no other job waits long for a hand, and a
// programme that stops loses little.
const repriceStep = 20 * time.Second

// RepriceArgs is the job that works out every price again where rules or rates have changed; the clock enqueues it.
type RepriceArgs struct{}

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
		left, err := s.Reprice(ctx, step)
		if err != nil || !left {
			return err
		}
		return jobs.Follow(ctx, s.db, job.JobRow, RepriceArgs{})
	})
}

// Periodic lists the work that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{jobs.Every(repriceEvery, RepriceArgs{})}
}
