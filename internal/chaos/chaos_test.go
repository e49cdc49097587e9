package chaos

import (
	"runtime"
	"slices"
	"testing"

	"awil/internal/checkout"
	"awil/internal/platform/postgres/pgtest"
)

// schedulesInTests is what every build plays; the seeds are the same each time,
// so that a build does not fail by chance. Long runs take others.
const schedulesInTests = 1000

// TestSchedules plays many schedules under faults; nothing may be oversold,
// charged for nothing, settled or sent back twice, stuck, or wrong in the books.
//
// Not in parallel with the other tests here: its time is what a schedule costs.
func TestSchedules(t *testing.T) {
	cfg := Config{Schedules: schedulesInTests, Seed: 1}
	if testing.Short() {
		cfg.Schedules = 50
	}
	urls := make([]string, atOnce())
	for i := range urls {
		urls[i] = pgtest.URL(t)
	}
	report, err := Play(t.Context(), urls, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d schedules, %d steps, in %v\nwent wrong: %v\nended: %v", report.Played, report.Steps, report.Took, report.Faults, report.Outcomes)
	for _, f := range report.Failures {
		t.Errorf("seed %d: %v; play it again: awil chaos --seed %d --schedules 1 -v", f.Seed, f.Wrong, f.Seed)
	}
	if report.Played == schedulesInTests {
		everywhere(t, report)
	}
}

// atOnce is how many schedules are played at a time: one more than there are
// processors, as each waits for the database now and then.
func atOnce() int { return min(runtime.GOMAXPROCS(0), 4) + 1 }

// everywhere fails when schedules no longer go where they are to look.
func everywhere(t *testing.T, r Report) {
	t.Helper()
	for f := killed; f <= serverError; f++ {
		if r.Faults[f.String()] < 20 {
			t.Errorf("%q was injected %d times", f, r.Faults[f.String()])
		}
	}
	for _, want := range []string{
		"order completed", "order refunded", "order expired", "order cancelled", "payment by stripe succeeded, to go back",
		"payment by payme succeeded", "refund by provider sent", "refund by hand sent", "dispute won", "dispute lost",
		"payout paid", "payout returned", "parcel returned",
		"audit parcel.cancelled", "audit parcel.cash_corrected", "audit refund.taken_back",
	} {
		if r.Outcomes[want] < 5 {
			t.Errorf("%q was the end %d times", want, r.Outcomes[want])
		}
	}
	for _, one := range clockwork(&process{checkout: &checkout.Service{}}) {
		if n := r.Outcomes["the clock "+one.name]; n < 100 {
			t.Errorf("the clock %s %d times", one.name, n)
		}
	}
}

// TestChores: what the clock starts in the shop, it starts here.
func TestChores(t *testing.T) {
	if ours, theirs := len(clockwork(&process{checkout: &checkout.Service{}})), len(checkout.Periodic()); ours != theirs {
		t.Errorf("the clock starts %d things here, %d in the shop", ours, theirs)
	}
}

// TestSeedsReplay: the same seed is the same schedule, step by step.
func TestSeedsReplay(t *testing.T) {
	t.Parallel()
	const seeds = 10
	var first [][]string
	for range 2 {
		l, err := openLab(t.Context(), pgtest.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(l.close)
		for seed := int64(1); seed <= seeds; seed++ {
			s := newSchedule(l, seed, Breakage{})
			if err := s.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(first) < seeds {
				first = append(first, s.steps)
				continue
			}
			for i, step := range s.steps {
				before := first[seed-1]
				if i >= len(before) || step != before[i] {
					t.Fatalf("seed %d, step %d: first %q, then %q", seed, i, slices.Concat(before, []string{""})[min(i, len(before))], step)
				}
			}
		}
	}
}
