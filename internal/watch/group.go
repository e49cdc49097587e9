package watch

import (
	"context"
	"sync"
	"time"
)

// Group remembers a value for each key until what it was read from changes. A
// nil Group remembers nothing and reads each time.
type Group[K comparable, T any] struct {
	board *Board
	clock func() time.Time

	mu   sync.Mutex
	kept recent[K, *Kept[T]]
}

// NewGroup returns a group that keeps so many of the values asked for last, and
// at times as many again.
func NewGroup[K comparable, T any](board *Board, clock func() time.Time, most int) *Group[K, T] {
	return &Group[K, T]{board: board, clock: clock, kept: newRecent[K, *Kept[T]](most)}
}

// Get returns the value of a key as Kept does.
func (g *Group[K, T]) Get(ctx context.Context, key K, read func(ctx context.Context) (T, error)) (T, error) {
	if g == nil {
		return read(ctx)
	}
	return g.of(key).Get(ctx, g.board, g.clock(), read)
}

// Last returns the value of a key that was read last, however old; false if none
// was.
func (g *Group[K, T]) Last(key K) (T, bool) { return g.of(key).Last() }

// Forget makes the next Get of a key read.
func (g *Group[K, T]) Forget(key K) {
	if g != nil {
		g.of(key).Forget()
	}
}

func (g *Group[K, T]) of(key K) *Kept[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	k, ok := g.kept.get(key)
	if !ok {
		k = &Kept[T]{}
		g.kept.put(key, k, 1)
	}
	return k
}
