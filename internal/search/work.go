package search

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// upToDateEvery is how often it is looked after whether the index is as this program writes it: one that was stopped in
// the midst of it goes on by itself.
const upToDateEvery = 5 * time.Minute

// upToDateStep is how long one job may go on: the next one, which does the rest, waits for busy visitors again.
const upToDateStep = 5 * time.Second

// UpToDateArgs is the job that writes the index anew after the program changed.
type UpToDateArgs struct{ jobs.Once }

// Kind names the job.
func (UpToDateArgs) Kind() string { return "search_up_to_date" }

// Workers registers the work of this package.
func Workers(w *river.Workers, db postgres.DB) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[UpToDateArgs]) error {
		n, left, err := UpToDate(ctx, db, Pace{Hands: 1, Time: upToDateStep})
		if err != nil || !left || n == 0 { // none: another job is at it
			return err
		}
		return jobs.Follow(ctx, db, job.JobRow, UpToDateArgs{})
	}))
}

// Periodic lists the work that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{jobs.Every(upToDateEvery, UpToDateArgs{})}
}
