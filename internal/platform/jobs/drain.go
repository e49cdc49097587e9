package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"awil/internal/platform/postgres"
)

// The fastest the queue can be asked; a drain has the database to itself.
const eager = time.Millisecond

// Drain does every job that is due, and those they give rise to, until none is
// left, one at a time and in order. A job that fails is not tried again; the
// failures come back together. Jobs for later stay where they are. It is for
// tests and for commands that must not end with work undone.
func Drain(ctx context.Context, pool *pgxpool.Pool, workers *river.Workers) error {
	var failed []error
	for {
		names, err := duePerQueue(ctx, pool)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return errors.Join(failed...)
		}
		failures, err := drainQueues(ctx, pool, workers, names)
		failed = append(failed, failures...)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
	}
}

// drainQueues works the named queues until nothing in them is due.
func drainQueues(ctx context.Context, pool *pgxpool.Pool, workers *river.Workers, names []string) (failed []error, err error) {
	one := make(map[string]river.QueueConfig, len(names))
	for _, name := range names {
		one[name] = river.QueueConfig{MaxWorkers: 1}
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Workers:                workers,
		Queues:                 one,
		FetchCooldown:          eager,
		FetchPollInterval:      eager,
		JobTimeout:             jobTimeout,
		LeaderElectionDisabled: true,
		Logger:                 slog.New(slog.DiscardHandler),
		PollOnly:               true,
		TestOnly:               true,
	})
	if err != nil {
		return nil, fmt.Errorf("drain jobs: %w", err)
	}
	events, unsubscribe := client.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed,
		river.EventKindJobCancelled, river.EventKindJobSnoozed)
	defer unsubscribe()
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("drain jobs: %w", err)
	}
	defer func() {
		if stop := client.Stop(context.WithoutCancel(ctx)); stop != nil {
			err = errors.Join(err, fmt.Errorf("drain jobs: %w", stop))
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return failed, fmt.Errorf("drain jobs: %w", ctx.Err())
		case event := <-events:
			if event.Kind == river.EventKindJobFailed || event.Kind == river.EventKindJobCancelled {
				failed = append(failed, failure(event))
			}
		}
		left, err := duePerQueue(ctx, pool)
		ours := func(name string) bool { return slices.Contains(names, name) }
		if err != nil || !slices.ContainsFunc(left, ours) {
			return append(failed, waiting(events)...), err
		}
	}
}

// waiting takes the failures that have been reported but not yet read.
func waiting(events <-chan *river.Event) (failed []error) {
	for {
		select {
		case event := <-events:
			if event.Kind == river.EventKindJobFailed || event.Kind == river.EventKindJobCancelled {
				failed = append(failed, failure(event))
			}
		default:
			return failed
		}
	}
}

func failure(event *river.Event) error {
	job := event.Job
	text := string(event.Kind)
	if n := len(job.Errors); n > 0 {
		text = job.Errors[n-1].Error
	}
	return fmt.Errorf("job %s %s, attempt %d: %s", job.Kind, job.EncodedArgs, job.Attempt, text)
}

// duePerQueue makes scheduled jobs whose time has come available, and lists
// the queues with work left.
func duePerQueue(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	const release = `/* jobs.release */
update river_job set state = 'available'
where state in ('scheduled', 'retryable') and scheduled_at <= now()`
	if _, err := pool.Exec(ctx, release); err != nil {
		return nil, fmt.Errorf("release due jobs: %w", postgres.Err(err))
	}
	const list = `/* jobs.due */
select distinct queue from river_job
where state = 'running' or state = 'available' and scheduled_at <= now()`
	rows, err := pool.Query(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("list due jobs: %w", postgres.Err(err))
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list due jobs: %w", postgres.Err(err))
	}
	return names, nil
}
