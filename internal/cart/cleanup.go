package cart

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// kept is how long a cart nobody touches is kept.
const kept = 90 * 24 * time.Hour

const sqlForget = `/* cart.forget */
delete from carts where id in (select id from carts where updated_at < $1 order by updated_at limit 1000 for update skip locked)`

// Forget deletes the carts nobody has touched for ninety days, a thousand at a
// time, and returns how many.
func (s *Service) Forget(ctx context.Context) (int64, error) {
	var all int64
	for {
		tag, err := s.db.Exec(ctx, sqlForget, s.clock().Add(-kept))
		if err != nil {
			return all, fmt.Errorf("forget carts: %w", postgres.Err(err))
		}
		all += tag.RowsAffected()
		if tag.RowsAffected() == 0 {
			return all, nil
		}
	}
}

// forgetArgs is the daily job that forgets old carts.
type forgetArgs struct{}

// Kind names the job.
func (forgetArgs) Kind() string { return "cart_forget" }

// Workers registers the work of this package.
func Workers(w *river.Workers, s *Service) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[forgetArgs]) error {
		_, err := s.Forget(ctx)
		return err
	}))
}

// Periodic lists the work of this package that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{jobs.Every(24*time.Hour, forgetArgs{})}
}
