package watch_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"awil/internal/watch"
)

// library is things as a database would have them: each is its version.
type library struct {
	versions map[int64]int
	read     []int64 // what was read by the last Get
	meddle   func()  // while something is read
}

func (l *library) some(_ context.Context, keys []int64) (map[int64]*int, error) {
	l.read = slices.Clone(keys)
	found := map[int64]*int{}
	for _, key := range keys {
		if version, ok := l.versions[key]; ok {
			found[key] = &version
		}
	}
	if l.meddle != nil {
		l.meddle()
	}
	return found, nil
}

func newMemory(b *watch.Board, clock func() time.Time, most int, until func(*int) time.Time) *watch.Memory[int64, int] {
	return watch.NewMemory(b, clock, most, watch.Traits[int64, int]{
		Topics: func(id int64) []watch.Topic { return []watch.Topic{watch.Product(id), watch.Places} },
		Shows:  func(version *int) []watch.Topic { return []watch.Topic{watch.Photo(int64(*version))} },
		Bytes:  func(*int) int { return 800 }, Until: until,
	})
}

func TestMemory(t *testing.T) {
	t.Parallel()
	b, now := watch.NewBoard(), time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	l := &library{versions: map[int64]int{1: 1, 2: 1, 3: 1}}
	later := now.Add(time.Hour)
	m := newMemory(b, func() time.Time { return now }, 1<<20, func(version *int) time.Time {
		if *version == 7 {
			return later
		}
		return time.Time{}
	})
	look := func(when string, keys []int64, want []int, read ...int64) {
		t.Helper()
		var n watch.Notes
		l.read = nil
		things, err := m.Get(watch.Into(t.Context(), &n), keys, l.some)
		if err != nil {
			t.Fatal(err)
		}
		for i, thing := range things {
			got := 0
			if thing != nil {
				got = *thing
			}
			if got != want[i] {
				t.Errorf("%s: thing %d is version %d, want %d", when, keys[i], got, want[i])
			}
			if !slices.Contains(n.Topics(), watch.Product(keys[i])) || !slices.Contains(n.Topics(), watch.Places) {
				t.Errorf("%s: the page is not told of %d: %v", when, keys[i], n.Topics())
			}
			if slices.Contains(n.Topics(), watch.Photo(int64(got))) != (thing != nil) {
				t.Errorf("%s: the page is not told of what version %d shows: %v", when, got, n.Topics())
			}
			if got == 7 && !n.End().Equal(later) {
				t.Errorf("%s: the page is told that it ends at %v", when, n.End())
			}
		}
		if !slices.Equal(l.read, read) {
			t.Errorf("%s: read %v, want %v", when, l.read, read)
		}
	}
	look("nobody hears", []int64{1, 2}, []int{1, 1}, 1, 2)
	look("nobody hears yet", []int64{1, 2}, []int{1, 1}, 1, 2)
	b.SetCertain(true)
	look("first", []int64{1, 9, 2}, []int{1, 0, 1}, 1, 9, 2)
	look("some are known", []int64{3, 2, 1}, []int{1, 1, 1}, 3)
	l.versions[9] = 1
	look("what was not there is asked for again", []int64{9}, []int{1}, 9)

	l.versions[2] = 2
	b.Change(watch.Product(2))
	look("one has changed", []int64{1, 2, 3}, []int{1, 2, 1}, 2)
	l.versions[2] = 3
	b.Change(watch.Product(2))
	l.meddle = func() {
		l.versions[2] = 4
		b.Change(watch.Product(2))
		l.meddle = nil
	}
	look("it changes while it is read", []int64{2}, []int{3}, 2)
	look("and is not taken for the new one", []int64{2}, []int{4}, 2)
	look("which is known now", []int64{2}, []int{4})
	b.Change(watch.Places)
	look("all have changed", []int64{1, 2}, []int{1, 4}, 1, 2)

	l.versions[1] = 7
	b.Change(watch.Product(1))
	look("it has an end", []int64{1}, []int{7}, 1)
	now = later.Add(-time.Second)
	look("before its end", []int64{1}, []int{7})
	now = later
	look("at its end", []int64{1}, []int{7}, 1)
	b.SetCertain(false)
	look("nobody hears any more", []int64{2}, []int{4}, 2)
}

// TestMemoryForgets: what is asked for stays, the rest makes room.
func TestMemoryForgets(t *testing.T) {
	t.Parallel()
	b := watch.NewBoard()
	b.SetCertain(true)
	l := &library{versions: map[int64]int{}}
	for id := range int64(1000) {
		l.versions[id] = 1
	}
	m := newMemory(b, time.Now, 20_000, nil) // for twenty
	reads := 0
	for id := range int64(1000) {
		for _, keys := range [][]int64{{0}, {id}} {
			l.read = nil
			if _, err := m.Get(t.Context(), keys, l.some); err != nil {
				t.Fatal(err)
			}
			if keys[0] == 0 {
				reads += len(l.read)
			}
		}
	}
	if reads != 1 {
		t.Errorf("what is asked for all the time was read %d times", reads)
	}
	l.read = nil
	if _, err := m.Get(t.Context(), []int64{999, 500}, l.some); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(l.read, []int64{500}) {
		t.Errorf("read %v: the last is known, one from long ago is not", l.read)
	}
}
