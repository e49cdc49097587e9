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
	counts *watch.Memory[countKey, counted] // a long list of villages is as large as a thousand products

	villages *watch.Group[struct{}, map[int64]*villageSign]
	shelves  *watch.Group[struct{}, *shelving]
	markets  *watch.Group[struct{}, []string]

	categories *watch.Group[i18n.Lang, []Category]
	lists      *watch.Group[ListQuery, listed]
	relatives  *watch.Group[kinKey, []int64]
}

// How much of it: in bytes, or in answers.
const (
	mostShown     = 8 << 20
	mostWholes    = 8 << 20
	mostMakers    = 1 << 20
	mostCounts    = 4 << 20
	mostLists     = 500
	mostRelatives = 2000
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
		counts: watch.NewMemory(board, clock, mostCounts, watch.Traits[countKey, counted]{
			Topics: countKey.topics, Bytes: (*counted).bytes}),
	}
	if board == nil {
		return m
	}
	m.villages = watch.NewGroup[struct{}, map[int64]*villageSign](board, clock, 1)
	m.shelves = watch.NewGroup[struct{}, *shelving](board, clock, 1)
	m.markets = watch.NewGroup[struct{}, []string](board, clock, 1)
	m.categories = watch.NewGroup[i18n.Lang, []Category](board, clock, len(i18n.Langs()))
	m.lists = watch.NewGroup[ListQuery, listed](board, clock, mostLists)
	m.relatives = watch.NewGroup[kinKey, []int64](board, clock, mostRelatives)
	return m
}

func productTopics(id int64) []watch.Topic { return []watch.Topic{watch.Product(id)} }

// namesBytes is about what names take.
func namesBytes(names []Named) int {
	n := 0
	for _, name := range names {
		n += 56 + len(name.Name)
	}
	return n
}
