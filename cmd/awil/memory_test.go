package main

import "testing"

func TestHeapMayGrowWhileBusy(t *testing.T) {
	for _, c := range []struct {
		name       string
		made, live uint64
		want       int
	}{
		{"calm", 1 << 20, 10 << 20, 100},
		{"busy, little in use", 100 << 20, 10 << 20, 400},
		{"busy, more in use", 100 << 20, 20 << 20, 200},
		{"busy, half of the room in use", 100 << 20, 32 << 20, 100},
		{"busy, most of it", 100 << 20, 42 << 20, 50},
		{"busy, all of it", 100 << 20, 200 << 20, 50},
		{"calm, all of it", 1 << 20, 200 << 20, 100},
		{"before the first collection", 100 << 20, 0, 100},
	} {
		got := gcPercent(c.made, c.live)
		if got != c.want {
			t.Errorf("%s: %d%%, want %d%%", c.name, got, c.want)
		}
		if heap := c.live + c.live*uint64(got)/100; got > fullPercent && c.made > busyRate && heap > busyHeap {
			t.Errorf("%s: a heap of %d", c.name, heap)
		}
	}
}
