package search

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// hit is a product found, how well it fits, and what it may be filtered and sorted by.
type hit struct {
	Rank        int
	ProductID   int64
	CategoryID  int64
	VillageID   int64
	ProducerID  int64
	FromMinor   int64
	PublishedAt time.Time
	InStock     bool
	FreeAt      *time.Time // when it may be in stock again; nil where it is, or nobody holds any
	Names       string     // folded, one line a language
	Allergens   []string
	Stars       int        // of the programme; 0: none that holds
	StarsUntil  *time.Time // when they hold no longer

	class    int
	matched  int  // words it has, where it need not have all
	likeness int  // of its name to what was typed
	about    int  // how much of what was asked for it is, by its names
	listed   bool // nothing was typed that it could fit
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
	known, err := s.plan(ctx, tiers)
	if err != nil {
		return nil, nil, err
	}
	batch, now := &pgx.Batch{}, s.clock().UTC()
	batch.Queue(sqlSettings)
	queue := func(f Filter, into *[]hit) {
		steps, probe := known.steps(tiers, f.expr(), q.most())
		args := append([]any{q.Market, q.most()}, f.arguments(now)...)
		args = append(args, mostExamined, probe)
		for _, step := range steps {
			args = append(args, step.query, step.rank, step.room)
		}
		batch.Queue(statements[len(steps)], args...).Query(func(rows pgx.Rows) (err error) {
			*into, err = pgx.CollectRows(rows, pgx.RowToStructByName[hit])
			*into = slices.DeleteFunc(*into, a.unwantedIn)
			a.rate(*into)
			return err
		})
	}
	queue(Filter{}, &all)
	if q.Filter.narrows() {
		queue(q.Filter, &found)
	}
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, nil, postgres.Err(err)
	}
	if !q.Filter.narrows() {
		found = slices.Clone(all)
	}
	return found, all, nil
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

// key is where a hit stands in an order.
func (h hit) key(by Sort) hitKey {
	switch by {
	case SortPriceUp:
		return hitKey{by, [4]int64{h.weakness(), h.FromMinor}, h.ProductID}
	case SortPriceDown:
		return hitKey{by, [4]int64{h.weakness(), -h.FromMinor}, h.ProductID}
	case SortNew:
		return hitKey{by, [4]int64{h.weakness()}, h.ProductID}
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
	return hitKey{by, rank, h.ProductID}
}

// weakness keeps what only mentions the words, or has not all of them, behind what is called so in any order.
func (h hit) weakness() int64 {
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
}

// compare puts the better first, and of equals the newest, which has the highest number.
func (k hitKey) compare(o hitKey) int {
	if c := slices.Compare(k.Rank[:], o.Rank[:]); c != 0 {
		return c
	}
	return cmp.Compare(o.ProductID, k.ProductID)
}
