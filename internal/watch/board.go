package watch

import (
	"sync"
	"sync/atomic"
)

// mostTopics bounds what a Board remembers; beyond it everything counts as
// changed, once.
const mostTopics = 100_000

// Board remembers which topics have changed, and in which order. A Moment taken
// before reading tells afterwards whether anything read has changed since.
type Board struct {
	now     atomic.Int64
	certain atomic.Bool

	mu      sync.RWMutex
	changed map[Topic]Moment
	all     Moment
}

// Moment is a place in the order of changes.
type Moment int64

// NewBoard returns a board on which nothing has changed.
func NewBoard() *Board { return &Board{changed: map[Topic]Moment{}} }

// Certain reports whether the board knows of every change: not before it is
// connected to the database, nor while that connection is lost or silent.
func (b *Board) Certain() bool { return b != nil && b.certain.Load() }

// SetCertain says whether it does. What was missed meanwhile counts as changed.
func (b *Board) SetCertain(certain bool) {
	if certain {
		b.Change(Everything)
	}
	b.certain.Store(certain)
}

// Doubt says that changes may be heard of late, or that all of them have been
// heard after all: unlike with SetCertain none was missed.
func (b *Board) Doubt(doubtful bool) { b.certain.Store(!doubtful) }

// Now is the moment of the last change; a nil Board has none.
func (b *Board) Now() Moment {
	if b == nil {
		return 0
	}
	return Moment(b.now.Load())
}

// Change notes that topics are no longer what they were.
func (b *Board) Change(topics ...Topic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := Moment(b.now.Load()) + 1
	for _, t := range topics {
		if t == Everything || len(b.changed) >= mostTopics {
			b.all = now
			clear(b.changed)
			break
		}
		b.changed[t] = now
	}
	b.now.Store(int64(now))
}

// ChangedSince reports whether any of the topics changed after m.
func (b *Board) ChangedSince(m Moment, topics []Topic) bool {
	if b.Now() == m {
		return false
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.all > m {
		return true
	}
	for _, t := range topics {
		if b.changed[t] > m {
			return true
		}
	}
	return false
}
