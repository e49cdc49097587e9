package chaos

import (
	"runtime"
	"sync"
	"testing"

	"awil/internal/platform/postgres/pgtest"
)

// The seeds whose schedules are played again and again below. Between them they
// order and pay by card, transfer and cash, send, take back, correct, refund by
// hand and through the provider, lose and win disputes, and pay out.
var everySeeds = []int64{13, 126}

// TestEveryCommit plays a schedule once for each commit it comes to, which is
// the one that goes wrong: its process dies before it or after it, or
// the answer is lost.
func TestEveryCommit(t *testing.T) {
	t.Parallel()
	type one struct {
		seed  int64
		nth   int
		fault fault
	}
	todo := make(chan one)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 4) {
		l, err := openLab(t.Context(), pgtest.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(l.close)
		wait.Go(func() {
			for o := range todo {
				s := everyCommit(l, o.seed, o.nth, o.fault)
				if err := s.run(t.Context()); err != nil {
					t.Errorf("seed %d, %v commit %d: %v\n%s", o.seed, o.fault, o.nth, err, s.story())
				}
				for _, wrong := range s.wrong {
					t.Errorf("seed %d, %v commit %d: %v", o.seed, o.fault, o.nth, wrong)
				}
			}
		})
	}
	l, err := openLab(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	for _, seed := range everySeeds {
		s := everyCommit(l, seed, -1, none)
		if err := s.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		commits := s.plan.only.met
		t.Logf("seed %d comes to %d commits", seed, commits)
		if testing.Short() {
			commits = min(commits, 3)
		}
		for nth := range commits {
			for _, f := range []fault{killed, killedAfter, cutAfter} {
				todo <- one{seed, nth, f}
			}
		}
	}
	close(todo)
	wait.Wait()
}

// everyCommit is a schedule in which one thing goes wrong, at one commit.
func everyCommit(l *lab, seed int64, nth int, f fault) *schedule {
	s := newSchedule(l, seed, Breakage{})
	s.plan.only = &single{at: atCommit, nth: nth, fault: f}
	s.plan.theme, s.plan.most, s.plan.before = themes[len(themes)-1], plenty, 3
	s.plan.fine, s.plan.idle, s.plan.together, s.plan.operations = false, false, 2, 25
	return s
}
