package search

import (
	"context"
	"slices"
	"time"

	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// facts are what a search has to know of a product that it found, the same in all markets.
type facts struct {
	InStock    bool
	FreeAt     *time.Time // when it may be in stock again; nil where it is, or nobody holds any
	Names      string     // folded, one line a language
	Allergens  []string
	Stars      int        // of the programme; 0: none that holds
	StarsUntil *time.Time // when they hold no longer
}

func (f *facts) bytes() int { return 120 + len(f.Names) + 24*len(f.Allergens) }

// until is when they are others by themselves.
func (f *facts) until() (first time.Time) {
	for _, end := range []*time.Time{f.FreeAt, f.StarsUntil} {
		if end != nil && (first.IsZero() || end.Before(first)) {
			first = *end
		}
	}
	return first
}

// mostFacts is how many bytes of facts are remembered.
const mostFacts = 16 << 20

func newFacts(board *watch.Board, clock func() time.Time) *watch.Memory[int64, facts] {
	return watch.NewMemory(board, clock, mostFacts, watch.Traits[int64, facts]{
		Topics: func(id int64) []watch.Topic { return []watch.Topic{watch.Product(id)} }, Bytes: (*facts).bytes, Until: (*facts).until})
}

const sqlFacts = `/* search.facts */
select s.product_id, s.names, coalesce(g.in_stock, false), case when not g.in_stock then g.free_at end,
       array(select a.allergen from product_allergens a where a.product_id = s.product_id), coalesce(r.stars, 0), r.valid_until
from product_search s
cross join lateral (
    select bool_or(v.stock > 0 or exists (select from overdue_holds(v.id, $2::timestamptz))) as in_stock,
           min(case when v.stock = 0 then (select min(h.expires_at) from reservations h
               where h.variant_id = v.id and h.state = 'held' and h.expires_at > $2::timestamptz) end) as free_at
    from variants v where v.product_id = s.product_id and v.active
) g
left join product_stars r on r.product_id = s.product_id and r.valid_until > $2::timestamptz
where s.product_id = any ($1)`

// learn looks up what is to be known of hits; those that are gone meanwhile are left out.
func (s *Service) learn(ctx context.Context, lists ...*[]hit) error {
	var ids []int64
	for _, list := range lists {
		for _, h := range *list {
			ids = append(ids, h.ProductID)
		}
	}
	known, err := s.facts.Get(ctx, ids, s.readFacts)
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i := range *list {
			(*list)[i].facts = known[i]
		}
		known = known[len(*list):]
		*list = slices.DeleteFunc(*list, func(h hit) bool { return h.facts == nil })
	}
	return nil
}

func (s *Service) readFacts(ctx context.Context, ids []int64) (map[int64]*facts, error) {
	found := make(map[int64]*facts, len(ids))
	rows, err := s.db.Query(ctx, sqlFacts, ids, s.clock().UTC())
	if err != nil {
		return nil, postgres.Err(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		f := &facts{}
		if err := rows.Scan(&id, &f.Names, &f.InStock, &f.FreeAt, &f.Allergens, &f.Stars, &f.StarsUntil); err != nil {
			return nil, postgres.Err(err)
		}
		found[id] = f
	}
	return found, postgres.Err(rows.Err())
}
