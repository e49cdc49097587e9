package reconcile

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
)

// matchArgs is the job that compares what has no counterpart yet.
type matchArgs struct{ jobs.Once }

// Kind names the job.
func (matchArgs) Kind() string { return "reconcile_match" }

// closeArgs is the job that closes days.
type closeArgs struct{ jobs.Once }

// Kind names the job.
func (closeArgs) Kind() string { return "reconcile_close" }

// closeTime is how long the proof of large books may take.
const closeTime = 20 * time.Minute

type closer struct {
	river.WorkerDefaults[closeArgs]
	s *Service
}

// Timeout leaves time for the proof of the books.
func (closer) Timeout(*river.Job[closeArgs]) time.Duration { return closeTime }

// Work closes the days that are over.
func (c closer) Work(ctx context.Context, _ *river.Job[closeArgs]) error {
	_, err := c.s.CloseDue(ctx)
	return err
}

// Workers registers the work of reconciliation.
func Workers(w *river.Workers, s *Service) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[matchArgs]) error {
		_, err := s.Match(ctx)
		return err
	}))
	river.AddWorker(w, closer{s: s})
}

// Periodic lists the work that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		jobs.Every(30*time.Minute, matchArgs{}),
		jobs.Every(time.Hour, closeArgs{}),
	}
}
