package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"awil/internal/platform/postgres"
)

// Latest is the number of the job enqueued last of those that are still kept,
// 0 if there is none: a mark for Forget.
func Latest(ctx context.Context, pool *pgxpool.Pool) (id int64, err error) {
	err = pool.QueryRow(ctx, `/* jobs.latest */ select coalesce(max(id), 0) from river_job`).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("latest job: %w", postgres.Err(err))
	}
	return id, nil
}

// Forget takes back the jobs of the default queue that were enqueued after a
// mark and wait for their turn. Those that were there before, those of other
// queues, and those that run or have failed once stay. It is for data made up
// of days long gone, whose letters nobody is to get.
func Forget(ctx context.Context, pool *pgxpool.Pool, after int64) error {
	const forget = `/* jobs.forget */
delete from river_job where id > $1 and queue = $2 and state in ('available', 'scheduled')`
	if _, err := pool.Exec(ctx, forget, after, river.QueueDefault); err != nil {
		return fmt.Errorf("forget jobs: %w", postgres.Err(err))
	}
	return nil
}
