package shop

import (
	"sync"

	pages "awil/templates/shop"
)

// mostMarks is how many producers' marks are remembered.
const mostMarks = 500

// marks remembers what marks are once they are cleaned, by the drawing itself:
// every product of a producer shows hers, and reading one takes as long as
// drawing a third of the page.
type marks struct {
	mu    sync.Mutex
	clean map[string]pages.Mark
}

func (m *marks) of(svg string) pages.Mark {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.clean[svg]
	if !ok {
		if len(m.clean) >= mostMarks || m.clean == nil {
			m.clean = map[string]pages.Mark{}
		}
		known = pages.NewMark(svg)
		m.clean[svg] = known
	}
	return known
}
