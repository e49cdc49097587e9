package search

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// hit is a product found, how well it fits, and what it may be filtered and sorted by.
type hit struct {
	Rank       int
	ProductID  int64
	CategoryID int64
	VillageID  int64
	ProducerID int64
	FromMinor  int64
	*facts

	class    int
	matched  int  // words it has, where it need not have all
	likeness int  // of its name to what was typed
	about    int  // how much of what was asked for it is, by its names
	listed   bool // nothing was typed that it could fit
}

func scanHit(row pgx.CollectableRow) (h hit, err error) {
	err = row.Scan(&h.ProductID, &h.CategoryID, &h.VillageID, &h.ProducerID, &h.FromMinor, &h.Rank)
	return h, err
}

// best keeps of each product the hit of the highest rank, the best first and of equals the newest, as many as are enough.
func best(hits []hit, most int) []hit {
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(b.ProductID, a.ProductID))
	})
	seen := make(map[int64]bool, len(hits))
	hits = slices.DeleteFunc(hits, func(h hit) bool {
		twice := seen[h.ProductID]
		seen[h.ProductID] = true
		return twice
	})
	return hits[:min(len(hits), most)]
}

// sqlSettings are for the statements of a batch, which is one transaction. They keep the planner to the indexes: it takes
// reading the table until enough rows match for cheap, and each row's words are long. There is one good plan whatever is
// searched for, so it is made once.
const sqlSettings = `/* search.settings */
select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true),
       set_config('statement_timeout', '3s', true)`

// strict finds what has all the words or their meaning: with the filters, and without them if there are any.
func (s *Service) strict(ctx context.Context, q Query, a asked) (found, all []hit, err error) {
	return s.run(ctx, q, a, a.tiers())
}

func (s *Service) run(ctx context.Context, q Query, a asked, tiers []tier) (found, all []hit, err error) {
	known, err := s.plan(ctx)
	if err != nil {
		return nil, nil, err
	}
	batch := &pgx.Batch{}
	batch.Queue(sqlSettings)
	s.queue(batch, known, q, Filter{}, tiers, &all)
	if q.Filter.narrows() {
		s.queue(batch, known, q, q.Filter, tiers, &found)
	}
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, nil, postgres.Err(err)
	}
	all, found = best(all, q.most()), best(found, q.most())
	if err := s.learn(ctx, &all, &found); err != nil {
		return nil, nil, err
	}
	for _, list := range []*[]hit{&all, &found} {
		*list = slices.DeleteFunc(*list, a.unwantedIn)
		a.rate(*list)
	}
	if !q.Filter.narrows() {
		found = slices.Clone(all)
	}
	return found, all, nil
}

// queue asks for what the tiers find within a filter.
func (s *Service) queue(batch *pgx.Batch, known *common, q Query, f Filter, tiers []tier, into *[]hit) {
	steps, probe := known.steps(tiers, f.expr(), q.most())
	if len(steps) == 0 {
		return
	}
	is, tried := shape{steps: len(steps), keys: 1, filters: f.narrows()}, triedAnyWay+triedForOne*q.most()
	for _, step := range steps {
		is.keys = max(is.keys, len(step.query))
	}
	if is.filters {
		tried = min(5*tried, mostExamined)
	}
	args := append([]any{q.Market, q.most(), tried}, spreadOver(probe, is.keys)...)
	for _, step := range steps {
		args = append(append(args, spreadOver(step.query, is.keys)...), step.rank, step.room)
	}
	if is.filters {
		args = append(args, f.arguments(s.clock().UTC())...)
	}
	batch.Queue(s.statements.of(is), args...).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, scanHit)
		return err
	})
}

// rate says how well hits fit, and puts the best class first.
func (a asked) rate(hits []hit) {
	known := sense{map[string][]int{}, map[string]map[string]int{}}
	for i := range hits {
		h := &hits[i]
		h.class, h.matched = h.Rank/ranks, h.Rank%ranks
		if h.listed = len(a.words) == 0; !h.listed {
			h.likeness = a.likeness(h.Names)
		}
		if h.class >= implied {
			h.class = a.class(h.class, h.Names)
		}
		if h.class < placed {
			h.about = a.subject(*h, known)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.class - a.class })
}

// key is where a hit stands in an order. What is weaker than the best comes after all others: whoever sorts by price does not
// want the cheapest thing that mentions the word first.
func (h hit) key(by Sort, best hit) hitKey {
	weaker := int64(0)
	if h.weakness() > best.weakness() {
		weaker = 1
	}
	switch by {
	case SortPriceUp:
		return hitKey{Sort: by, Rank: [4]int64{weaker, h.FromMinor}, ProductID: h.ProductID}
	case SortPriceDown:
		return hitKey{Sort: by, Rank: [4]int64{weaker, -h.FromMinor}, ProductID: h.ProductID}
	case SortNew:
		return hitKey{Sort: by, Rank: [4]int64{weaker}, ProductID: h.ProductID}
	}
	matched := h.matched
	if h.class > partly {
		matched = ranks - 1
	}
	rank := [4]int64{-int64(h.class), -int64(h.about*ranks + matched), 1, -int64(h.likeness)}
	if h.class == partly && h.about >= aThing || h.class >= implied && h.class < placed && h.about == 0 { // a thing comes before a text that speaks of it
		rank[0] = -slip
	}
	if h.InStock || h.listed {
		rank[2] = 0
	}
	return hitKey{Sort: by, Rank: rank, ProductID: h.ProductID}
}

// weakness is 0 of what is called so, more of what only mentions the words and of what has not all of them.
func (h hit) weakness() int {
	switch {
	case h.class >= placed:
		return 0
	case h.class >= implied:
		return 1
	case h.class > partly:
		return 2
	}
	return 3
}

// hitKey is where a page of hits ends.
type hitKey struct {
	Sort      Sort     `json:"s"`
	Rank      [4]int64 `json:"r"`
	ProductID int64    `json:"i"`
	Asked     uint32   `json:"q"` // what was searched for
}

// weaker reports whether the hit is of those that come after all others, in an order other than the best first.
func (k hitKey) weaker() bool { return k.Sort != SortBest && k.Rank[0] > 0 }

// compare puts the better first, and of equals the newest, which has the highest number.
func (k hitKey) compare(o hitKey) int {
	if c := slices.Compare(k.Rank[:], o.Rank[:]); c != 0 {
		return c
	}
	return cmp.Compare(o.ProductID, k.ProductID)
}
