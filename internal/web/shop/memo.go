package shop

import "sync"

// mostMemo is how many results a memo keeps.
const mostMemo = 500

// memo keeps results that follow from their key alone, such as a drawing that
// many pages show.
type memo[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]V
}

// of returns the result of a key; it is worked out once, until there are too
// many.
func (m *memo[K, V]) of(key K, work func() V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.known[key]
	if !ok {
		if m.known == nil || len(m.known) >= mostMemo {
			m.known = map[K]V{}
		}
		value = work()
		m.known[key] = value
	}
	return value
}
