package watch

import (
	"context"
	"sync"
	"time"
)

// Kept remembers one value until something it was read from changes; as long as
// nobody hears of changes, for a few seconds. Those who ask while it is read
// wait for one reading. The zero Kept remembers nothing.
type Kept[T any] struct {
	mu    sync.Mutex
	value T
	notes *Notes // nil: nothing is kept
	at    Moment
	made  time.Time
}

// blind is how long a value is kept while nobody hears of changes.
const blind = 5 * time.Second

// Get returns the value, read anew if need be, and tells the page of ctx what it
// was read from. The board may be nil. A failure is not kept.
func (k *Kept[T]) Get(ctx context.Context, b *Board, now time.Time, read func(ctx context.Context) (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.notes != nil && k.good(b, now) {
		Add(ctx, k.notes)
		return k.value, nil
	}
	notes, at := &Notes{}, b.Now()
	value, err := read(Into(ctx, notes))
	if err != nil {
		return value, err
	}
	k.value, k.notes, k.at, k.made = value, notes, at, now
	Add(ctx, notes)
	return value, nil
}

func (k *Kept[T]) good(b *Board, now time.Time) bool {
	if end := k.notes.End(); !end.IsZero() && !now.Before(end) {
		return false
	}
	if !b.Certain() {
		return now.Sub(k.made) < blind
	}
	at := b.Now()
	if b.ChangedSince(k.at, k.notes.Topics()) {
		return false
	}
	k.at = at
	return true
}

// Last returns the value that was read last, however old; false if none was.
func (k *Kept[T]) Last() (T, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.value, k.notes != nil
}

// Forget makes the next Get read.
func (k *Kept[T]) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.notes = nil
}
