package catalog

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

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
	return s.memory.facets.Get(ctx, q.facetKey(), func(ctx context.Context) (Facets, error) { return s.countFacets(ctx, q) })
}

func (s *Service) countFacets(ctx context.Context, q ListQuery) (f Facets, err error) {
	watch.On(ctx, watch.List(q.Market), watch.Categories, watch.Places)
	if q.Collection != 0 {
		watch.On(ctx, watch.Curation)
	}
	batch := &pgx.Batch{}

	anyCategory, args := q, arguments{q.Lang}
	anyCategory.Category = 0
	where := anyCategory.filters(&args)
	many(batch, &f.Categories, sqlCategoryFacets+q.counting()+strings.Join(where, " and ")+sqlCategoryFacetNames, args...)

	anyVillage, args := q, arguments{q.Lang}
	anyVillage.Village = 0
	where = anyVillage.narrow(&args)
	many(batch, &f.Villages, sqlVillageFacets+q.counting()+strings.Join(where, " and ")+sqlVillageFacetNames, args...)

	if q.Month != 0 {
		watch.On(ctx, watch.Seasons(q.Market))
		inSeason, args := q, arguments{}
		inSeason.InSeason = true
		where = inSeason.narrow(&args)
		batch.Queue(`/* catalog.season_facet */ select count(*) from listings l where `+strings.Join(where, " and "), args...).
			QueryRow(func(row pgx.Row) error { return row.Scan(&f.InSeason) })
	}
	return f, postgres.Err(s.db.SendBatch(ctx, batch).Close())
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

// facetKey is what is counted. Counting goes through every product of a market, so the counts are kept until one comes or
// goes.
type facetKey struct {
	market, lang                            string
	category, village, producer, collection int64
	month                                   time.Month
	inSeason                                bool
}

func (q ListQuery) facetKey() facetKey {
	return facetKey{q.Market, string(q.Lang), q.Category, q.Village, q.Producer, q.Collection, q.Month, q.InSeason}
}
