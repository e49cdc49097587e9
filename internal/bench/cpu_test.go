package bench

import (
	"os"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	taken, parent, err := parseStat([]byte("4242 (a) program (1) S 17 4242 1 0 -1 4194560 100 0 3 0 250 50 9 9 20 0 1 0 100 1000 20"))
	if err != nil || parent != 17 || taken != 3*time.Second {
		t.Errorf("%v of a child of %d, %v", taken, parent, err)
	}
	for _, bad := range []string{"", "1 (x) S 1 1", "1 (x) S 1 1 1 0 -1 0 0 0 0 0 many 50 9"} {
		if _, _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q is fine", bad)
		}
	}
}

func TestCostOfALoad(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("the system has no /proc")
	}
	addr, _ := serve(t, plainOrChunked)
	sleeper, err := start(t.TempDir()+"/log", nil, "/bin/sleep", "60")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sleeper.stop() }()
	got, c, err := costing(t.Context(), load{addr: addr, paths: []string{"/a"}, conns: 2, span: 100 * time.Millisecond}, sleeper)
	if err != nil || got.requests == 0 || c.generator <= 0 || c.generator > time.Second {
		t.Errorf("%d requests, %v each here, %v", got.requests, c.generator, err)
	}
	if c.server > 10*time.Millisecond {
		t.Errorf("a program that sleeps takes %v for a request", c.server)
	}
}

func TestMiddleOfCosts(t *testing.T) {
	if got := middle([]cost{{1, 10}, {100, 30}, {3, 20}}); got != (cost{3, 20}) {
		t.Errorf("got %v", got)
	}
}
