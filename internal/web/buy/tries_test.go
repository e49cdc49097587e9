package buy

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTriesAtOnce(t *testing.T) {
	t.Parallel()
	tr := newTries(time.Now)
	var through atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, wait := tr.begin("curator@awil.test", "203.0.113.7", false); wait == 0 {
				through.Add(1)
			}
		})
	}
	wg.Wait()
	if through.Load() != triesFromOne {
		t.Errorf("%d wrong passwords at once got through, want %d", through.Load(), triesFromOne)
	}
}

func TestTriesOfANetwork(t *testing.T) {
	t.Parallel()
	tr := newTries(time.Now)
	for i := range triesFromOne {
		tr.begin("a", fmt.Sprintf("2001:db8::%x", i+1), false)
	}
	if _, wait := tr.begin("a", "2001:db8::ffff", false); wait == 0 {
		t.Error("one household has as many tries as addresses")
	}
	if _, wait := tr.begin("a", "2001:db8:1::1", false); wait != 0 {
		t.Error("another household waits for the first")
	}
}

func TestTriesDoNotLockHerOut(t *testing.T) {
	t.Parallel()
	now := time.Now()
	tr := newTries(func() time.Time { return now })
	for i := range triesFromAll {
		tr.begin("a", fmt.Sprintf("203.0.%d.1", i), false)
	}
	if _, wait := tr.begin("a", "198.51.100.1", false); wait == 0 {
		t.Error("guessing from ever new addresses goes on")
	}
	if _, wait := tr.begin("a", "198.51.100.1", true); wait != 0 {
		t.Error("strangers keep her out of her own browser")
	}
	now = now.Add(triesWithin)
	if _, wait := tr.begin("a", "198.51.100.2", false); wait != 0 {
		t.Error("the wait never ends")
	}
}

func TestTriesRightAndVoid(t *testing.T) {
	t.Parallel()
	tr := newTries(time.Now)
	for range 3 * triesFromOne {
		attempt, wait := tr.begin("a", "203.0.113.7", false)
		if wait != 0 {
			t.Fatal("a right password counts against her")
		}
		attempt.right()
	}
	for range 3 * triesFromOne {
		attempt, wait := tr.begin("a", "203.0.113.7", false)
		if wait != 0 {
			t.Fatal("an attempt that told nothing counts against her")
		}
		attempt.void()
	}
	if len(tr.wrong) != 0 {
		t.Errorf("%d counts are left", len(tr.wrong))
	}
}

func TestTriesAreBounded(t *testing.T) {
	t.Parallel()
	tr := newTries(time.Now)
	for i := range triesKept + 500 {
		tr.begin(fmt.Sprint("invented ", i), "203.0.113.7", false)
	}
	if n := len(tr.wrong); n > triesKept {
		t.Errorf("%d counts are kept, want at most %d", n, triesKept)
	}
}
