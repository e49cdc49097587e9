// Package search finds products by what people type: in any of six languages, either alphabet, with or without the
// right apostrophe, and with a slip or two.
package search

import (
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Service answers searches, on a pool or inside a transaction alike.
type Service struct {
	db      postgres.DB
	catalog *catalog.Service
	clock   func() time.Time
	common  remembered
	facts   *watch.Memory[int64, facts]
	places  *watch.Memory[placeKey, place]
	shelves *watch.Group[string, []*place]
	words   *watch.Group[struct{}, *vocabulary]
	turns   chan struct{} // of those who ask the database

	statements statements
}

// New returns the service on db; the catalog makes the cards of what is found, clock is the program's clock.
func New(db postgres.DB, c *catalog.Service, clock func() time.Time) *Service {
	s := &Service{db: db, catalog: c, clock: clock, turns: make(chan struct{}, atOnce)}
	s.facts, s.places = newFacts(nil, clock), newPlaces(nil, clock)
	return s
}

// Watch makes the service remember what searches are made from until the board says that it changed. Call it before the
// first use.
func (s *Service) Watch(board *watch.Board) {
	s.facts, s.places = newFacts(board, s.clock), newPlaces(board, s.clock)
	s.shelves = watch.NewGroup[string, []*place](board, s.clock, mostMarkets)
	s.words = watch.NewGroup[struct{}, *vocabulary](board, s.clock, 1)
}

// mostMarkets is of how many markets it is remembered which shelves they have.
const mostMarkets = 50

// Query is what somebody searches for, in a market and a language.
type Query struct {
	Market string
	Lang   i18n.Lang
	Text   string
	Filter Filter
	Sort   Sort
	Page   paging.Page

	few int // hits that are enough; 0: as many as are ranked
}

func (q Query) most() int {
	if q.few > 0 {
		return q.few
	}
	return mostHits
}

// mark tells what is searched for from all else: where one list ends says nothing of another.
func (q Query) mark() uint32 {
	return crc32.ChecksumIEEE(fmt.Appendf(nil, "%q %q %+v", q.Market, q.Text, q.Filter))
}

// Result is a page of what was found.
type Result struct {
	Cards []catalog.Card
	paging.Around
	// Close is how many of Cards have what the best hit has. In an order other than the best first the others, which only mention
	// the words or have not all of them, come after these in an order of their own.
	Close int
	// Suggestion is what was probably meant, when nothing bears the words as they were typed; else empty.
	Suggestion string
	// Loose says that nothing has all the words: what is shown sounds like them or has some.
	Loose   bool
	Count   int // of all pages, at most Most
	Facets  Facets
	Without []string       // the allergens that the text says to do without
	Rest    string         // the text without them
	Spurned int            // goods found that are shown only if the text did not say so
	Nearest []catalog.Card // where nothing was found: goods with the words nearest to it
}

// Query finds the products a market shows whose names, makers, places, shelves or descriptions have all the words, the
// last of which may be unfinished. A product called exactly that comes first, then names that begin so, names that have
// the words, names that have what means the same, makers and villages, and other text. Where nothing has all the words it
// tries the keyboard's other layout, then words that look like them, then any of the words. A text that only says what to do
// without finds all other goods, the newest first, and so does an empty one that is narrowed; any other without a letter or
// digit finds nothing.
func (s *Service) Query(ctx context.Context, q Query) (Result, error) {
	q.Sort = ParseSort(string(q.Sort))
	key, err := paging.Key[hitKey](q.Page)
	mark := q.mark()
	if err == nil && !q.Page.First() && (key.Sort != q.Sort || key.Asked != mark) {
		err = errs.E(errs.Invalid, "cursor of another list")
	}
	if err != nil {
		return Result{}, err
	}
	a, ok := ask(q.Text)
	if !ok && (strings.TrimSpace(q.Text) != "" || !q.Filter.narrows()) {
		return Result{}, nil
	}
	unspurned := q.Filter
	q.Filter.Without = slices.Concat(q.Filter.Without, a.without)
	watch.On(ctx, watch.Words, watch.List(q.Market), watch.Prices(q.Market))
	f, err := s.find(ctx, q, a)
	if err != nil {
		return Result{}, err
	}
	if len(f.all) == 0 {
		found, err := s.nearest(ctx, q, a)
		return Result{Nearest: found, Without: a.without, Rest: a.rest}, err
	}
	s.note(ctx, q.Filter, f)
	result := Result{Suggestion: f.switched, Loose: f.loose(), Count: len(f.hits), Facets: facets(q.Filter, f.all)}
	result.Without, result.Rest = a.without, a.rest
	for _, h := range f.all {
		if unspurned.passes(h) && !q.Filter.passes(h) {
			result.Spurned++
		}
	}
	keys, beside, err := cut(q, key, mark, f)
	if err != nil {
		return Result{}, err
	}
	result.Around = beside
	ids, weaker := make([]int64, len(keys)), make(map[int64]bool)
	for i, k := range keys {
		ids[i], weaker[k.ProductID] = k.ProductID, k.weaker()
	}
	if result.Cards, err = s.catalog.CardsByIDs(ctx, q.Market, q.Lang, ids); err != nil {
		return Result{}, err
	}
	if result.Close = slices.IndexFunc(result.Cards, func(c catalog.Card) bool { return weaker[c.ID] }); result.Close < 0 {
		result.Close = len(result.Cards)
	}
	if f.all[0].class == near || f.all[0].class == slip {
		if len(result.Cards) > 0 {
			result.Suggestion = result.Cards[0].Name
		}
	}
	return result, nil
}

// seldom is how old a kept page may get that shows the goods in stock among more than were looked at: one that nobody looked
// at may come into stock.
const seldom = time.Minute

// note says what decides who is found besides the goods that were: of those nobody looked at, words tell.
func (s *Service) note(ctx context.Context, f Filter, found finding) {
	if f.InStock && len(found.all) >= s.common.most() {
		watch.Until(ctx, s.clock().Add(seldom))
	}
}

// finding is what a search found, before it is cut into pages.
type finding struct {
	hits     []hit  // within the filters
	all      []hit  // without them
	switched string // what was typed in the keyboard's other layout, if that is what was found
}

// find looks for all the words; where few names, makers and places have them, in the keyboard's other layout, and then for
// what is like them.
func (s *Service) find(ctx context.Context, q Query, a asked) (f finding, err error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return f, err
	}
	defer leave()
	if f.hits, f.all, err = s.strict(ctx, q, a); err != nil || f.best() >= placed || len(f.all) >= enough || a.vague || len(a.words) == 0 {
		return f, err
	}
	var switched finding
	if text, ok := otherLayout(a.text); ok && len(f.all) == 0 && !a.known() {
		if b, ok := ask(text); ok {
			switched.switched = text
			if switched.hits, switched.all, err = s.strict(ctx, q, b); err != nil || switched.best() >= placed {
				return switched, err
			}
		}
	}
	var loose finding
	if loose.hits, loose.all, err = s.loose(ctx, q, a); err != nil {
		return f, err
	}
	if len(switched.all) > 0 && loose.best() < near {
		return switched, nil
	}
	f.hits, f.all = union(f.hits, loose.hits), union(f.all, loose.all)
	if f.all = withoutTail(f.all, f.all); len(f.hits) > 0 {
		f.hits = withoutTail(f.hits, f.all)
	}
	return f, nil
}

// withoutTail drops hits that have some of the words, where others of all have more of them, or all. Things that are
// called by one of them stay where no more than a few texts have all.
func withoutTail(hits, all []hit) []hit {
	if len(all) == 0 {
		return hits
	}
	least, better := 0, 0
	for _, h := range all {
		if h.class == partly {
			least = max(least, min(h.matched, inText+1))
		} else if h.about > 0 || h.class >= written {
			better++
		}
	}
	none := all[0].class >= placed || all[0].class > slip && better > fewTexts
	return slices.DeleteFunc(slices.Clone(hits), func(h hit) bool {
		return h.class == partly && (h.matched < least || none || all[0].class > slip && h.about < aThing)
	})
}

// fewTexts is how many goods whose texts have all the words, but not their names, are too few for a page of nothing else.
const fewTexts = 3

// known reports whether a word that was typed is one of the thesaurus as it is: then so is the keyboard.
func (a asked) known() bool {
	return slices.ContainsFunc(a.units, func(u unit) bool { return len(u.groups) > 0 })
}

// enough hits in texts, where no name has all the words, are as many as the first few people look at.
const enough = 10

// loose reports whether some of what is shown does not have all the words.
func (f finding) loose() bool {
	return f.best() < implied || slices.ContainsFunc(f.hits, func(h hit) bool { return h.class < implied })
}

func (f finding) best() int {
	if len(f.all) == 0 {
		return 0
	}
	return f.all[0].class
}

// union adds to hits those that are not there yet.
func union(hits, more []hit) []hit {
	there := make(map[int64]bool, len(hits))
	for _, h := range hits {
		there[h.ProductID] = true
	}
	for _, h := range more {
		if !there[h.ProductID] && len(hits) < mostHits {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.class - a.class })
	return hits
}

// cut sorts hits and returns those of one page, with the cursors of those beside it, which say what was asked.
func cut(q Query, at hitKey, mark uint32, f finding) (keys []hitKey, beside paging.Around, err error) {
	compare := hitKey.compare
	if q.Page.Back() {
		compare = func(a, b hitKey) int { return b.compare(a) }
	}
	for _, h := range f.hits {
		if k := h.key(q.Sort, f.hits[0]); q.Page.First() || compare(k, at) > 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compare)
	return paging.Leaf(q.Page, keys[:min(len(keys), q.Page.Fetch())], func(k hitKey) hitKey { k.Asked = mark; return k })
}
