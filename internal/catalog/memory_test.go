package catalog

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"awil/internal/watch"
)

// What is counted of lists stays within its bytes, however many lists are asked for and however many villages each offers.
func TestCountsStayWithinTheirBytes(t *testing.T) {
	const lists, villages = 400, 3000
	board := watch.NewBoard()
	board.SetCertain(true)
	m := newMemory(board, time.Now)
	read := func(_ context.Context, keys []countKey) (map[countKey]*counted, error) {
		found := map[countKey]*counted{}
		for _, key := range keys {
			c := &counted{facets: make([]Facet, villages)}
			for i := range c.facets {
				c.facets[i] = Facet{ID: int64(i), Slug: fmt.Sprintf("village-%d", i), Name: fmt.Sprintf("The village of number %d", i), Count: 1}
			}
			found[key] = c
		}
		return found, nil
	}
	before := heap()
	for i := range int64(lists) {
		if _, err := m.counts.Get(t.Context(), ListQuery{Market: "jp", Category: i}.countKeys()[1:], read); err != nil {
			t.Fatal(err)
		}
	}
	if took := int64(heap()) - int64(before); took < mostCounts/4 || took > 2*mostCounts {
		t.Errorf("%d lists of %d villages take %d bytes, want at most about %d", lists, villages, took, mostCounts)
	}
	runtime.KeepAlive(m)
}

func heap() uint64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
