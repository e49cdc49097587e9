package catalog

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// sign is what a page calls something by: its slug and its names in all languages buyers may read, the one they were
// written in first.
type sign struct {
	Slug  string
	names []Named `db:"-"`
}

// in returns the name in a language, else in English, Russian, the language it was written in.
func (s sign) in(lang i18n.Lang) (Named, bool) { return inLang(s.names, lang) }

func inLang(names []Named, lang i18n.Lang) (best Named, ok bool) {
	rank := len(fallbacks) + 2
	for _, n := range names {
		if r := distance(n.Lang, lang); r < rank {
			best, rank = n, r
		}
	}
	return best, len(names) > 0
}

var fallbacks = []i18n.Lang{i18n.EN, i18n.RU}

// distance says how far a text is from what a reader asked for.
func distance(of, asked i18n.Lang) int {
	if of == asked {
		return 0
	}
	if i := slices.Index(fallbacks, of); i >= 0 {
		return i + 1
	}
	return len(fallbacks) + 1
}

// villageSign, shelfSign and makerSign are where goods come from, on which shelf they stand, who makes them.
type (
	villageSign struct {
		ID int64
		sign
	}
	shelfSign struct {
		ID       int64
		ParentID int64 // 0: an outer one
		Food     bool
		sign
	}
	makerSign struct {
		ID        int64
		VillageID int64
		Active    bool
		sign
	}
)

// anyOf1 are the ids of a statement's first argument. The planner does not see how many there are, so that it plans the
// statement once for all lists: finding a way for each anew would take longer than going it.
const anyOf1 = `any (array(select unnest($1::bigint[])))`

// written are all names of something as one row has them.
type written struct {
	Names []string
	Langs []i18n.Lang
}

func (w written) named() []Named {
	list := make([]Named, len(w.Names))
	for i, name := range w.Names {
		list[i] = Named{name, w.Langs[i]}
	}
	return list
}

// titled is one name of something.
type titled struct {
	ID   int64
	Name string
	Lang i18n.Lang
}

// byID groups names that come in the order of ids.
func byID(list []titled) map[int64][]Named {
	names := map[int64][]Named{}
	for _, t := range list {
		names[t.ID] = append(names[t.ID], Named{t.Name, t.Lang})
	}
	return names
}

const sqlVillageSigns = `/* catalog.village_signs */ select id, slug from villages`

const sqlVillageNames = `/* catalog.village_names */
select village_id as id, name, lang from village_texts where state <> 'draft' order by village_id, state = 'source' desc, lang`

// villages are the signs of all villages, by id: there are at most some thousands.
func (s *Service) villages(ctx context.Context) (map[int64]*villageSign, error) {
	return s.memory.villages.Get(ctx, struct{}{}, func(ctx context.Context) (map[int64]*villageSign, error) {
		watch.On(ctx, watch.Places)
		var list []villageSign
		var names []titled
		batch := &pgx.Batch{}
		many(batch, &list, sqlVillageSigns)
		many(batch, &names, sqlVillageNames)
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		known, signs := byID(names), make(map[int64]*villageSign, len(list))
		for _, v := range list {
			v.names = known[v.ID]
			signs[v.ID] = &v
		}
		return signs, nil
	})
}

// shelving is all categories, and the order in which labels name allergens.
type shelving struct {
	shelves   map[int64]*shelfSign
	allergens []string
}

const sqlShelfSigns = `/* catalog.shelf_signs */ select id, slug, coalesce(parent_id, 0) as parent_id, food from categories`

const sqlShelfNames = `/* catalog.shelf_names */ select category_id as id, name, lang from category_texts order by category_id, lang`

func (s *Service) shelving(ctx context.Context) (*shelving, error) {
	return s.memory.shelves.Get(ctx, struct{}{}, func(ctx context.Context) (*shelving, error) {
		watch.On(ctx, watch.Categories)
		var list []shelfSign
		var names []titled
		all := &shelving{shelves: map[int64]*shelfSign{}}
		batch := &pgx.Batch{}
		many(batch, &list, sqlShelfSigns)
		many(batch, &names, sqlShelfNames)
		batch.Queue(`/* catalog.allergens */ select code from allergens order by position`).Query(func(rows pgx.Rows) (err error) {
			all.allergens, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		known := byID(names)
		for _, c := range list {
			c.names = known[c.ID]
			all.shelves[c.ID] = &c
		}
		return all, nil
	})
}

// ordered are allergens as a label names them.
func (s *shelving) ordered(codes []string) []string {
	place := func(code string) int { return slices.Index(s.allergens, code) }
	return slices.SortedFunc(slices.Values(codes), func(a, b string) int { return cmp.Compare(place(a), place(b)) })
}

// marketOrder is the markets in the order pages show them.
func (s *Service) marketOrder(ctx context.Context) ([]string, error) {
	return s.memory.markets.Get(ctx, struct{}{}, func(ctx context.Context) ([]string, error) {
		watch.On(ctx, watch.Markets)
		rows, err := s.db.Query(ctx, `/* catalog.market_order */ select code from markets order by position, code`)
		if err != nil {
			return nil, postgres.Err(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		return list, postgres.Err(err)
	})
}

const sqlMakerSigns = `/* catalog.maker_signs */
select m.id, m.slug, m.village_id, m.state = 'active' as active, n.names, n.langs
from producers m
cross join lateral (select array_agg(t.name) as names, array_agg(t.lang::text) as langs from (
    select name, lang from producer_texts where producer_id = m.id and state <> 'draft' order by state = 'source' desc, lang) t) n
where m.id = ` + anyOf1

// makers are the signs of producers, in the order of the ids; nil for one there is not.
func (s *Service) makers(ctx context.Context, ids []int64) ([]*makerSign, error) {
	return s.memory.makers.Get(ctx, ids, func(ctx context.Context, missing []int64) (map[int64]*makerSign, error) {
		rows, err := s.db.Query(ctx, sqlMakerSigns, missing)
		if err != nil {
			return nil, postgres.Err(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
			makerSign
			written
		}])
		signs := make(map[int64]*makerSign, len(list))
		for _, row := range list {
			m := row.makerSign
			m.names = row.named()
			signs[m.ID] = &m
		}
		return signs, postgres.Err(err)
	})
}
