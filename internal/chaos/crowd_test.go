package chaos

import (
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres/pgtest"
)

// TestCrowd plays schedules with real concurrency: everything at once, on as
// many connections, which the server ends now and then.
func TestCrowd(t *testing.T) {
	t.Parallel()
	schedules := int64(25)
	if testing.Short() {
		schedules = 5
	}
	l, err := openLab(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	for seed := range schedules {
		s := newSchedule(l, 500_000+seed, Breakage{})
		s.plan.operations, s.plan.idle = 150, false
		if err := s.runCrowd(t.Context()); err != nil {
			t.Fatalf("seed %d: %v\n%s", s.seed, err, s.story())
		}
		for _, wrong := range s.wrong {
			t.Errorf("seed %d: %v", s.seed, wrong)
		}
		if len(s.wrong) > 0 {
			t.Logf("seed %d\n%s", s.seed, s.story())
		}
	}
}

// TestDeadlocksAreCounted: one that the server breaks is seen at once, and once.
func TestDeadlocksAreCounted(t *testing.T) {
	t.Parallel()
	l, err := openLab(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	const lock = `select from variants where id = $1 for update`
	var wait, first sync.WaitGroup
	first.Add(2)
	for _, order := range [][]int{{1, 2}, {2, 1}} {
		wait.Go(func() {
			_ = pgx.BeginFunc(t.Context(), l.pool, func(tx pgx.Tx) error { // one of the two is broken
				_, err := tx.Exec(t.Context(), lock, order[0])
				first.Done()
				first.Wait()
				if err == nil {
					_, err = tx.Exec(t.Context(), lock, order[1])
				}
				return err
			})
		})
	}
	wait.Wait()
	for _, want := range []int{1, 0} {
		if n, err := l.deadlocks(t.Context()); n != want || err != nil {
			t.Errorf("%d deadlocks, want %d; %v", n, want, err)
		}
	}
}
