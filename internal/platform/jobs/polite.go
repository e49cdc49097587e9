package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// patience is how long a job lets others go first: so many hands do some
// eighty jobs a second while the machine is busy, and never stand still.
const patience = time.Second / 10

// polite lets a job wait for a moment before it begins while others need the
// machine.
func polite(busy func() bool) rivertype.WorkerMiddleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, _ *rivertype.JobRow, work func(context.Context) error) error {
		if !busy() {
			return work(ctx)
		}
		moment := time.NewTimer(patience)
		defer moment.Stop()
		select {
		case <-moment.C:
		case <-ctx.Done(): // what the job does about it is its own affair
		}
		return work(ctx)
	})
}
