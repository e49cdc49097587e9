package jobs_test

import (
	"strings"
	"testing"

	"awil/internal/platform/jobs"
)

// TestForgetTakesBackWhatCameAfter: what others had enqueued before stays, and so do other queues.
func TestForgetTakesBackWhatCameAfter(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	if mark, err := jobs.Latest(t.Context(), k.pool); err != nil || mark != 0 {
		t.Errorf("of no jobs: %d, %v", mark, err)
	}
	k.insert(t, bake{Name: "ordered"})
	mark, err := jobs.Latest(t.Context(), k.pool)
	if err != nil {
		t.Fatal(err)
	}
	k.insert(t, bake{Name: "made up"}, pack{})
	if err := jobs.Forget(t.Context(), k.pool, mark); err != nil {
		t.Fatal(err)
	}
	if err := jobs.Drain(t.Context(), k.pool, k.workers()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(k.done, " "); got != "ordered pack" && got != "pack ordered" {
		t.Errorf("done: %q", got)
	}
}
