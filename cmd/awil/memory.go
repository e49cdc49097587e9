package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// ordinaryPercent is how much garbage may gather beside what is in use, as Go has it.
	ordinaryPercent = 100
	// busyPercent is the most of it while visitors are many.
	busyPercent = 400
	// fullPercent is the least of it: when much is in use, as after a search engine has seen everything, memory comes first.
	fullPercent = 50
	// busyHeap is how large the heap may get for the sake of speed.
	busyHeap = 64 << 20
	// busyRate is the garbage of a second that makes it worth it: some thousand pages that are kept, some fifty new ones.
	busyRate = 16 << 20
	// lookEvery is how often the program looks how busy it is.
	lookEvery = time.Second
)

// tendHeap collects garbage less often while much of it is made: at thirty thousand pages a second and a heap of 10 MB the
// collector would otherwise run ten times a second. What it allows the heap is bounded, and taken back when it is calm.
func tendHeap(ctx context.Context) {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	made, percent := samples[0].Value.Uint64(), ordinaryPercent
	ticks := time.NewTicker(lookEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		metrics.Read(samples)
		now, live := samples[0].Value.Uint64(), samples[1].Value.Uint64()
		if want := gcPercent(now-made, live); want != percent {
			debug.SetGCPercent(want)
			percent = want
		}
		made = now
	}
}

// gcPercent is how much garbage may gather, for what was made in a second and what is in use. It moves in steps, as each
// change of it stops the program for a moment.
func gcPercent(made, live uint64) int {
	if made < busyRate || live == 0 {
		return ordinaryPercent
	}
	const step = 50 // as much again as half of what is in use
	room := busyHeap - min(live, busyHeap)
	return min(max(int(2*room/live)*step, fullPercent), busyPercent)
}
