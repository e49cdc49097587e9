package watch

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Kept remembers one value until something it was read from changes; as long as
// nobody hears of changes, for a few seconds. Those who ask while it is read
// wait for one reading, each as long as her own context lets her. The zero Kept
// remembers nothing.
type Kept[T any] struct {
	mu      sync.Mutex // never held while something is read
	value   T
	notes   *Notes // nil: nothing is kept
	at      Moment
	made    time.Time
	reading *reading // under way; nil: none
}

// reading is for those who wait for its end.
type reading struct {
	done chan struct{}
	err  error // why it failed; nil if only its reader's time was over: others try themselves
}

// blind is how long a value is kept while nobody hears of changes.
const blind = 5 * time.Second

// Get returns the value, read anew if need be, and tells the page of ctx what it
// was read from. The board may be nil. A failure is not kept. Whoever holds what
// others need for reading, such as a connection of a pool, must not wait here.
func (k *Kept[T]) Get(ctx context.Context, b *Board, now time.Time, read func(ctx context.Context) (T, error)) (T, error) {
	for {
		value, notes, r, mine := k.begin(b, now)
		switch {
		case notes != nil:
			Add(ctx, notes)
			return value, nil
		case mine:
			return k.read(ctx, r, b, now, read)
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			return value, ctx.Err()
		}
		if r.err != nil {
			return value, r.err
		}
	}
}

// begin returns the value with what it was read from, or the reading that is
// under way, or one that the caller has to do.
func (k *Kept[T]) begin(b *Board, now time.Time) (value T, notes *Notes, r *reading, mine bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.notes != nil && k.good(b, now) {
		return k.value, k.notes, nil, false
	}
	if k.reading != nil {
		return value, nil, k.reading, false
	}
	k.reading = &reading{done: make(chan struct{}), err: errBrokeOff}
	return value, nil, k.reading, true
}

// errBrokeOff is what others get of a reading that panicked.
var errBrokeOff = errors.New("watch: reading broke off")

func (k *Kept[T]) read(ctx context.Context, r *reading, b *Board, now time.Time, read func(ctx context.Context) (T, error)) (value T, err error) {
	notes, at := &Notes{}, b.Now()
	defer func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.reading == r {
			k.reading = nil
		}
		close(r.done)
	}()
	value, err = read(Into(ctx, notes))
	switch {
	case err == nil:
		k.keep(r, value, notes, at, now)
		Add(ctx, notes)
		r.err = nil
	case ctx.Err() != nil:
		r.err = nil
	default:
		r.err = err
	}
	return value, err
}

// keep remembers what a reading came to, unless Forget was called meanwhile.
func (k *Kept[T]) keep(r *reading, value T, notes *Notes, at Moment, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.reading == r {
		k.value, k.notes, k.at, k.made = value, notes, at, now
	}
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

// Forget makes the next Get read; what is being read just now is not kept.
func (k *Kept[T]) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.notes, k.reading = nil, nil
}
