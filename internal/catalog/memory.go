package catalog

import (
	"time"

	"awil/internal/i18n"
	"awil/internal/watch"
)

// memory is what the service remembers of what buyers see, so that the other languages and markets of a product, and
// whatever else shows it, cost no statement.
type memory struct {
	shown  *watch.Memory[int64, shown] // as lists show them
	wholes *watch.Memory[int64, whole] // as their own pages do
	makers *watch.Memory[int64, makerSign]
	newest *watch.Memory[newestKey, []int64]
	counts *watch.Memory[countKey, counted] // a long list of villages is as large as a thousand products

	villages *watch.Group[struct{}, map[int64]*villageSign]
	shelves  *watch.Group[struct{}, *shelving]
	markets  *watch.Group[struct{}, []string]

	rates *rates

	categories *watch.Group[i18n.Lang, []Category]
	lists      *watch.Group[ListQuery, listed]
}

// How much of it: in bytes, or in answers.
const (
	mostShown  = 10 << 20
	mostWholes = 3 << 20
	mostMakers = 3 << 20
	mostNewest = 2 << 20
	mostCounts = 4 << 20
	mostLists  = 500
)

// newMemory returns one that remembers until the board says that something changed. Without a board it remembers
// counts alone, for a few seconds.
func newMemory(board *watch.Board, clock func() time.Time) memory {
	m := memory{
		shown: watch.NewMemory(board, clock, mostShown, watch.Traits[int64, shown]{
			Topics: productTopics, Bytes: (*shown).bytes, Until: (*shown).until}),
		wholes: watch.NewMemory(board, clock, mostWholes, watch.Traits[int64, whole]{
			Topics: productTopics, Bytes: (*whole).bytes, Until: (*whole).until}),
		makers: watch.NewMemory(board, clock, mostMakers, watch.Traits[int64, makerSign]{
			Topics: func(id int64) []watch.Topic { return []watch.Topic{watch.Producer(id)} },
			Bytes:  func(m *makerSign) int { return 100 + namesBytes(m.names) }}),
		newest: watch.NewMemory(board, clock, mostNewest, watch.Traits[newestKey, []int64]{
			Topics: newestKey.topics, Bytes: newestBytes}),
		counts: watch.NewMemory(board, clock, mostCounts, watch.Traits[countKey, counted]{
			Topics: countKey.topics, Bytes: (*counted).bytes}),
		rates: &rates{},
	}
	if board == nil {
		return m
	}
	m.villages = watch.NewGroup[struct{}, map[int64]*villageSign](board, clock, 1)
	m.shelves = watch.NewGroup[struct{}, *shelving](board, clock, 1)
	m.markets = watch.NewGroup[struct{}, []string](board, clock, 1)
	m.categories = watch.NewGroup[i18n.Lang, []Category](board, clock, len(i18n.Langs()))
	m.lists = watch.NewGroup[ListQuery, listed](board, clock, mostLists)
	return m
}

func productTopics(id int64) []watch.Topic { return []watch.Topic{watch.Product(id)} }

// namesBytes is about what names take.
func namesBytes(names []Named) int {
	n := 0
	for _, name := range names {
		n += 40 + len(name.Name)
	}
	return n
}
