package jobs

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestPoliteWaitsOnce: a job waits for its moment only while others need the
// machine, and for no longer when they go on, nor when it is told to end.
func TestPoliteWaitsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended, end := context.WithCancel(t.Context())
		end()
		for name, c := range map[string]struct {
			ctx  context.Context
			busy bool
			want time.Duration
		}{
			"idle":  {t.Context(), false, 0},
			"busy":  {t.Context(), true, patience},
			"ended": {ended, true, 0},
		} {
			began, worked := time.Now(), 0
			err := polite(func() bool { return c.busy }).Work(c.ctx, nil, func(ctx context.Context) error {
				worked++
				return ctx.Err()
			})
			if waited := time.Since(began); waited != c.want || worked != 1 || (err != nil) != (name == "ended") {
				t.Errorf("%s: worked %d times after %v, %v", name, worked, waited, err)
			}
		}
	})
}
