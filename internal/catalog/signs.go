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

// namesOf reads names and their languages from a row.
func namesOf(r *postgres.Row) []Named {
	names, langs := r.Texts(), r.Codes()
	list := make([]Named, min(len(names), len(langs)))
	for i := range list {
		list[i] = Named{names[i], i18n.Lang(langs[i])}
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

const sqlShelfSigns = `/* catalog.shelf_signs */
select c.id, c.parent_id, c.food, c.slug, n.names, n.langs from categories c
cross join lateral (select array_agg(t.name) as names, array_agg(t.lang::text) as langs from (
    select name, lang from category_texts where category_id = c.id order by lang) t) n`

func (s *Service) shelving(ctx context.Context) (*shelving, error) {
	return s.memory.shelves.Get(ctx, struct{}{}, func(ctx context.Context) (*shelving, error) {
		watch.On(ctx, watch.Categories)
		all, batch := &shelving{shelves: map[int64]*shelfSign{}}, &pgx.Batch{}
		postgres.EachOf(batch, func(r *postgres.Row) {
			c := &shelfSign{ID: r.Int64(), ParentID: r.Int64(), Food: r.Bool(), sign: sign{Slug: r.Text(), names: namesOf(r)}}
			all.shelves[c.ID] = c
		}, sqlShelfSigns)
		postgres.EachOf(batch, func(r *postgres.Row) { all.allergens = append(all.allergens, r.Text()) },
			`/* catalog.allergens */ select code from allergens order by position`)
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
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
select m.id, m.village_id, m.state = 'active', m.slug, n.names, n.langs
from producers m
cross join lateral (select array_agg(t.name) as names, array_agg(t.lang::text) as langs from (
    select name, lang from producer_texts where producer_id = m.id and state <> 'draft' order by state = 'source' desc, lang) t) n
where m.id = ` + anyOf1

// makers are the signs of producers, in the order of the ids; nil for one there is not.
func (s *Service) makers(ctx context.Context, ids []int64) ([]*makerSign, error) {
	return s.memory.makers.Get(ctx, ids, func(ctx context.Context, missing []int64) (map[int64]*makerSign, error) {
		signs, batch := make(map[int64]*makerSign, len(missing)), &pgx.Batch{}
		postgres.EachOf(batch, func(r *postgres.Row) {
			m := &makerSign{ID: r.Int64(), VillageID: r.Int64(), Active: r.Bool(), sign: sign{Slug: r.Text(), names: namesOf(r)}}
			signs[m.ID] = m
		}, sqlMakerSigns, missing)
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		return signs, nil
	})
}
