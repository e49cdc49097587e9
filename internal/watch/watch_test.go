package watch_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"awil/internal/watch"
)

func TestBoard(t *testing.T) {
	t.Parallel()
	b := watch.NewBoard()
	start := b.Now()
	b.Change(watch.Product(1), watch.Places)
	middle := b.Now()
	b.Change(watch.Product(2))
	for _, c := range []struct {
		since  watch.Moment
		topics []watch.Topic
		want   bool
	}{
		{start, []watch.Topic{watch.Product(1)}, true},
		{start, []watch.Topic{watch.Markets, watch.Places}, true},
		{start, []watch.Topic{watch.Product(3)}, false},
		{middle, []watch.Topic{watch.Product(1), watch.Places}, false},
		{middle, []watch.Topic{watch.Product(2)}, true},
		{b.Now(), []watch.Topic{watch.Product(2)}, false},
	} {
		if got := b.ChangedSince(c.since, c.topics); got != c.want {
			t.Errorf("since %d, %v: %v", c.since, c.topics, got)
		}
	}
	last := b.Now()
	b.Change(watch.Everything)
	if !b.ChangedSince(last, nil) || b.ChangedSince(b.Now(), []watch.Topic{watch.Product(1)}) {
		t.Error("everything changes once")
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	watch.On(t.Context(), watch.Places) // nobody takes notes: nothing happens
	var n watch.Notes
	ctx := watch.Into(t.Context(), &n)
	noon := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	watch.On(ctx, watch.Product(7), watch.Shelf("jp", 3))
	watch.On(ctx, watch.Product(7))
	watch.Until(ctx, noon.Add(time.Hour))
	watch.Until(ctx, noon)
	watch.Until(ctx, time.Time{})
	topics := n.Topics()
	slices.Sort(topics)
	if !slices.Equal(topics, []watch.Topic{"list:jp:c3", "product:7"}) || !n.End().Equal(noon) {
		t.Errorf("%v until %v", topics, n.End())
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	b, now, reads := watch.NewBoard(), time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC), 0
	var kept watch.Kept[int]
	look := func(want int, when string) {
		t.Helper()
		var n watch.Notes
		got, err := kept.Get(watch.Into(t.Context(), &n), b, now, func(ctx context.Context) (int, error) {
			reads++
			watch.On(ctx, watch.Markets)
			watch.Until(ctx, now.Add(time.Hour))
			return reads, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: read %d times, want %d", when, got, want)
		}
		if !slices.Contains(n.Topics(), watch.Markets) || n.End().IsZero() {
			t.Errorf("%s: the page is not told what it was read from", when)
		}
	}
	look(1, "first")
	look(1, "at once, nobody hears")
	now = now.Add(6 * time.Second)
	look(2, "seconds later, nobody hears")
	b.SetCertain(true)
	look(3, "whatever may have been missed")
	now = now.Add(time.Minute)
	b.Change(watch.Product(1))
	look(3, "something else changed")
	b.Change(watch.Markets)
	look(4, "it changed")
	now = now.Add(2 * time.Hour)
	look(5, "its time is over")

	fails := errors.New("fails")
	b.Change(watch.Markets)
	if _, err := kept.Get(t.Context(), b, now, func(context.Context) (int, error) { return 0, fails }); !errors.Is(err, fails) {
		t.Errorf("got %v", err)
	}
	if last, ok := kept.Last(); !ok || last != 5 {
		t.Errorf("the last value is lost: %d", last)
	}
	look(6, "after a failure")
	kept.Forget()
	look(7, "after Forget")
}
