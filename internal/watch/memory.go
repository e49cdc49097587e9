package watch

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Memory remembers many things by key, such as products by their ids, until
// they change or it needs the room for others. Unlike those of a Group, many are
// asked for at once, and the ones it does not know are read together. It
// remembers nothing while nobody hears of changes.
type Memory[K comparable, T any] struct {
	Traits[K, T]
	board *Board
	clock func() time.Time

	mu     sync.Mutex
	things recent[K, *memo[T]]
}

// Traits are what a Memory must know about its things.
type Traits[K comparable, T any] struct {
	Topics func(K) []Topic    // what changes it
	Shows  func(*T) []Topic   // what else changes it, as it says itself; nil: nothing
	Bytes  func(*T) int       // about what it takes
	Until  func(*T) time.Time // when it becomes another by itself; nil, or zero: never
}

// memo is one thing; nothing in it but at changes.
type memo[T any] struct {
	thing  *T
	topics []Topic
	until  time.Time
	at     atomic.Int64 // the Moment up to which it has not changed
}

// memoBytes is what a thing takes besides itself.
const memoBytes = 200

// NewMemory returns a memory of at most so many bytes. Without a board it
// remembers nothing.
func NewMemory[K comparable, T any](board *Board, clock func() time.Time, most int, traits Traits[K, T]) *Memory[K, T] {
	return &Memory[K, T]{Traits: traits, board: board, clock: clock, things: newRecent[K, *memo[T]](most / 2)}
}

// Get returns the things with these keys in their order, nil for those there
// are none of, and tells the page of ctx what they are. What is not remembered
// is read, all of it at once and without waiting for anybody else who reads it.
// The things are shared: they must not be changed.
func (m *Memory[K, T]) Get(ctx context.Context, keys []K, read func(ctx context.Context, missing []K) (map[K]*T, error)) ([]*T, error) {
	things, began := make([]*T, len(keys)), m.board.Now()
	missing := m.recall(ctx, keys, things)
	if len(missing) == 0 {
		return things, nil
	}
	found, err := read(ctx, missing)
	if err != nil {
		return nil, err
	}
	m.keep(ctx, began, missing, found)
	for i, key := range keys {
		if things[i] == nil {
			things[i] = found[key]
		}
	}
	return things, nil
}

// One is Get for a single key.
func (m *Memory[K, T]) One(ctx context.Context, key K, read func(ctx context.Context) (*T, error)) (*T, error) {
	things, err := m.Get(ctx, []K{key}, func(ctx context.Context, _ []K) (map[K]*T, error) {
		thing, err := read(ctx)
		return map[K]*T{key: thing}, err
	})
	if err != nil {
		return nil, err
	}
	return things[0], nil
}

// recall fills in what is remembered and still so, and returns the other keys.
func (m *Memory[K, T]) recall(ctx context.Context, keys []K, things []*T) (missing []K) {
	if !m.board.Certain() {
		return keys
	}
	now, moment := m.clock(), m.board.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, key := range keys {
		memo, ok := m.things.get(key)
		if !ok || !m.holds(memo, now, moment) {
			missing = append(missing, key)
			continue
		}
		things[i] = memo.thing
		memo.tell(ctx)
	}
	return missing
}

func (m *Memory[K, T]) holds(memo *memo[T], now time.Time, moment Moment) bool {
	if !memo.until.IsZero() && !now.Before(memo.until) || m.board.ChangedSince(Moment(memo.at.Load()), memo.topics) {
		return false
	}
	memo.at.Store(int64(moment))
	return true
}

// keep remembers what was read. Reading began at a moment of the board: what has
// changed meanwhile is found out when it is next asked for.
func (m *Memory[K, T]) keep(ctx context.Context, began Moment, read []K, found map[K]*T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range read {
		thing := found[key]
		memo := m.memo(key, thing)
		memo.tell(ctx)
		if thing == nil || !m.board.Certain() {
			continue
		}
		memo.at.Store(int64(began))
		m.things.put(key, memo, memoBytes+m.Bytes(thing))
	}
}

func (m *Memory[K, T]) memo(key K, thing *T) *memo[T] {
	memo := &memo[T]{thing: thing, topics: m.Topics(key)}
	if thing == nil {
		return memo
	}
	if m.Shows != nil {
		memo.topics = slices.Concat(memo.topics, m.Shows(thing))
	}
	if m.Until != nil {
		memo.until = m.Until(thing)
	}
	return memo
}

// tell notes what the page of ctx is made from.
func (m *memo[T]) tell(ctx context.Context) {
	On(ctx, m.topics...)
	Until(ctx, m.until)
}
