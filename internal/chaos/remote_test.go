package chaos

import (
	"testing"

	"awil/internal/platform/postgres/pgtest"
)

// TestOverHTTP plays schedules with the real gateway of Stripe before the
// stand-in: what is asked, answered and signed goes over the wire.
func TestOverHTTP(t *testing.T) {
	t.Parallel()
	schedules := int64(40)
	if testing.Short() {
		schedules = 5
	}
	l, err := openLab(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	for seed := range schedules {
		s := newSchedule(l, 700_000+seed, Breakage{})
		r, err := openRemote(t.Context(), s.now, s.report)
		if err != nil {
			t.Fatal(err)
		}
		s.provider = r
		err = s.run(t.Context())
		r.stop()
		if err != nil {
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
