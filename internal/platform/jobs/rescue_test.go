package jobs_test

import (
	"testing"
	"time"

	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres/pgtest"
)

// TestWhatTheDeadLeftIsDone: a job that a process began and did not live to
// finish is done by another after four minutes, and not before: until then its
// process may still be at it.
func TestWhatTheDeadLeftIsDone(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	ctx := t.Context()
	k.insert(t, bake{Name: "left"}, bake{Name: "under way"})
	for name, ago := range map[string]string{"left": "4 minutes 1 second", "under way": "3 minutes"} {
		tag, err := k.pool.Exec(ctx, `update river_job set state = 'running', attempt = 1, attempted_by = '{gone}', attempted_at = now() - $2::interval
where args->>'name' = $1`, name, ago)
		if err != nil || tag.RowsAffected() != 1 {
			t.Fatal(tag, err)
		}
	}
	k.each = make(chan string, 2)
	working, err := jobs.New(pgtest.Open(t, k.pool.Config().ConnString()), jobs.Config{Workers: k.workers()})
	if err != nil {
		t.Fatal(err)
	}
	if err := working.Start(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-k.each:
	case <-time.After(time.Minute):
		t.Fatal("nothing was done")
	}
	if err := working.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if len(k.done) != 1 || k.done[0] != "left" {
		t.Errorf("done: %q, want what was left, once", k.done)
	}
	var attempt int
	var state, by string
	for name, want := range map[string]string{"left": "completed", "under way": "running"} {
		err := k.pool.QueryRow(ctx, `select state, attempt, array_to_string(attempted_by, ' ') from river_job where args->>'name' = $1`, name).Scan(&state, &attempt, &by)
		if err != nil || state != want || (want == "running") != (attempt == 1 && by == "gone") {
			t.Errorf("%s is %s, attempt %d by %s, %v", name, state, attempt, by, err)
		}
	}
}
