package chaos

import (
	"testing"

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
	}
}
