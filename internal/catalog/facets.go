package catalog

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Facet is a filter a list offers, and how many products it leaves.
type Facet struct {
	ID    int64
	Slug  string
	Name  string
	Count int
}

// Facets are the filters that narrow a list further: shelves counted within the other filters, and villages likewise.
// A category counts what stands on it, not what its inner shelves hold.
type Facets struct {
	Categories []Facet
	Villages   []Facet
	InSeason   int // of those with the other filters; 0 where the month was not asked about
}

const sqlCategoryFacets = `/* catalog.category_facets */
with counted as (select l.category_id as id, `

const sqlCategoryFacetNames = ` group by l.category_id)
select c.id, c.slug, t.name, n.count from counted n
join categories c on c.id = n.id left join categories o on o.id = c.parent_id
join lateral (select name from category_texts t where t.category_id = c.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) t on true
where n.count > 0
order by coalesce(o.position, c.position), coalesce(o.id, c.id), o.id nulls first, c.position, c.id`

const sqlVillageFacets = `/* catalog.village_facets */
with counted as (select l.village_id as id, `

const sqlVillageFacetNames = ` group by l.village_id)
select v.id, v.slug, t.name, n.count from counted n join villages v on v.id = n.id
join lateral (select name from village_texts t where t.village_id = v.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1) t on true
where n.count > 0
order by n.count desc, t.name`

// Facets counts what the filters of a list would leave; its order and page do not matter.
func (s *Service) Facets(ctx context.Context, q ListQuery) (Facets, error) {
	counts, err := s.memory.counts.Get(ctx, q.countKeys(), s.count)
	if err != nil {
		return Facets{}, err
	}
	f := Facets{Categories: counts[0].facets, Villages: counts[1].facets}
	if q.Month != 0 {
		f.InSeason = counts[2].n
	}
	return f, nil
}

// count reads what is missing in one round trip.
func (s *Service) count(ctx context.Context, missing []countKey) (map[countKey]*counted, error) {
	found, batch := make(map[countKey]*counted, len(missing)), &pgx.Batch{}
	for _, key := range missing {
		c := &counted{}
		found[key] = c
		key.queue(batch, c)
	}
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, postgres.Err(err)
	}
	return found, nil
}

// countKey is one count, within filters that its own is none of: so the villages of a shelf are counted once, whichever of
// them is looked at.
type countKey struct {
	of                                      byWhat
	market                                  string
	lang                                    i18n.Lang // none where nothing is named
	category, village, producer, collection int64
	month                                   time.Month // none where only what is in season narrows
	inSeason                                bool
}

// byWhat is what is counted.
type byWhat int

const (
	byCategory byWhat = iota
	byVillage
	bySeason
)

// counted is what came of it.
type counted struct {
	facets []Facet
	n      int // by season
}

func (c *counted) bytes() int {
	n := 0
	for _, f := range c.facets {
		n += 60 + len(f.Slug) + len(f.Name)
	}
	return n
}

// countKeys are the counts of a list: by category, by village and, where the month is asked about, in season.
func (q ListQuery) countKeys() []countKey {
	all := countKey{market: q.Market, lang: q.Lang, category: q.Category, village: q.Village, producer: q.Producer,
		collection: q.Collection, inSeason: q.InSeason}
	if q.InSeason {
		all.month = q.Month
	}
	shelves, villages, season := all, all, all
	shelves.of, shelves.category = byCategory, 0
	villages.of, villages.village = byVillage, 0
	keys := []countKey{shelves, villages}
	if q.Month != 0 {
		season.of, season.lang, season.month, season.inSeason = bySeason, "", q.Month, true
		keys = append(keys, season)
	}
	return keys
}

func (k countKey) query() ListQuery {
	return ListQuery{Market: k.market, Lang: k.lang, Category: k.category, Village: k.village, Producer: k.producer,
		Collection: k.collection, Month: k.month, InSeason: k.inSeason}
}

// topics are what changes a count.
func (k countKey) topics() []watch.Topic {
	topics := []watch.Topic{watch.List(k.market), watch.Categories}
	if k.of == byVillage {
		topics = append(topics, watch.Places)
	}
	if k.collection != 0 {
		topics = append(topics, watch.Curation)
	}
	if k.inSeason {
		topics = append(topics, watch.Seasons(k.market))
	}
	return topics
}

func (k countKey) queue(batch *pgx.Batch, into *counted) {
	q, args := k.query(), arguments{}
	if k.of == bySeason {
		batch.Queue(`/* catalog.season_facet */ select count(*) from listings l where `+strings.Join(q.narrow(&args), " and "), args...).
			QueryRow(func(row pgx.Row) error { return row.Scan(&into.n) })
		return
	}
	sql, names := sqlVillageFacets, sqlVillageFacetNames
	if k.of == byCategory {
		sql, names = sqlCategoryFacets, sqlCategoryFacetNames
	}
	args.add(k.lang)
	where := q.narrow(&args)
	many(batch, &into.facets, sql+q.counting()+strings.Join(where, " and ")+names, args...)
}

// counting says what is summed up of what. Shelves and villages are counted whenever a list changes; within anything else,
// what is left is few.
func (q ListQuery) counting() string {
	if q.Producer == 0 && q.Collection == 0 && !q.InSeason {
		return "sum(l.n)::bigint as count from listing_counts l where "
	}
	return "count(*) from listings l where "
}

// narrow is filters and the category's condition.
func (q ListQuery) narrow(args *arguments) []string {
	where := q.filters(args)
	if q.Category != 0 {
		where = append(where, "l.category_id in (select c.id from categories c where "+q.shelves(args)+")")
	}
	return where
}

// Filled lists the categories of which a market shows anything, each counted as one: what header and footer name.
func (s *Service) Filled(ctx context.Context, market string) (list []Facet, err error) {
	watch.On(ctx, watch.Shelves(market), watch.Categories)
	rows, err := s.db.Query(ctx, `/* catalog.filled */
select c.id, c.slug, '' as name, 1 as count from categories c
where exists (select from listings l where l.market = $1 and l.category_id = c.id)`, market)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err = pgx.CollectRows(rows, pgx.RowToStructByName[Facet])
	return list, postgres.Err(err)
}
