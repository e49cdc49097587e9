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
	most  int

	mu   sync.Mutex
	kept map[K]*Kept[T]
}

// NewGroup returns a group that keeps at most so many values: when one more
// comes it forgets them all, which costs one reading each.
func NewGroup[K comparable, T any](board *Board, clock func() time.Time, most int) *Group[K, T] {
	return &Group[K, T]{board: board, clock: clock, most: most, kept: map[K]*Kept[T]{}}
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

func (g *Group[K, T]) of(key K) *Kept[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := g.kept[key]
	if k == nil {
		if len(g.kept) >= g.most {
			clear(g.kept)
		}
		k = &Kept[T]{}
		g.kept[key] = k
	}
	return k
}
