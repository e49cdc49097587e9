package catalog

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
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
}

const sqlCategoryFacets = `/* catalog.category_facets */
with counted as (select l.category_id as id, count(*) from listings l where `

const sqlCategoryFacetNames = ` group by l.category_id)
select c.id, c.slug, t.name, n.count from counted n
join categories c on c.id = n.id left join categories o on o.id = c.parent_id
join lateral (select name from category_texts t where t.category_id = c.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) t on true
order by coalesce(o.position, c.position), coalesce(o.id, c.id), o.id nulls first, c.position, c.id`

const sqlVillageFacets = `/* catalog.village_facets */
with counted as (select l.village_id as id, count(*) from listings l where `

const sqlVillageFacetNames = ` group by l.village_id)
select v.id, v.slug, t.name, n.count from counted n join villages v on v.id = n.id
join lateral (select name from village_texts t where t.village_id = v.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1) t on true
order by n.count desc, t.name`

// Facets counts what the filters of a list would leave; its order and page do not matter. The counts may be half a
// minute old.
func (s *Service) Facets(ctx context.Context, q ListQuery) (Facets, error) {
	return s.facets.get(q.facetKey(), s.clock(), func() (Facets, error) { return s.countFacets(ctx, q) })
}

func (s *Service) countFacets(ctx context.Context, q ListQuery) (f Facets, err error) {
	batch := &pgx.Batch{}

	anyCategory, args := q, arguments{q.Lang}
	anyCategory.Category = 0
	where := anyCategory.filters(&args)
	many(batch, &f.Categories, sqlCategoryFacets+strings.Join(where, " and ")+sqlCategoryFacetNames, args...)

	anyVillage, args := q, arguments{q.Lang}
	anyVillage.Village = 0
	where = anyVillage.filters(&args)
	if q.Category != 0 {
		where = append(where, "l.category_id in (select c.id from categories c where "+q.shelves(&args)+")")
	}
	many(batch, &f.Villages, sqlVillageFacets+strings.Join(where, " and ")+sqlVillageFacetNames, args...)

	return f, postgres.Err(s.db.SendBatch(ctx, batch).Close())
}

// Counting goes through every product of a market, so the counts are kept for a little while.
const (
	facetsKept = 30 * time.Second
	mostFacets = 2000 // combinations of filters remembered at once
)

type facetKey struct {
	market, lang                            string
	category, village, producer, collection int64
}

func (q ListQuery) facetKey() facetKey {
	return facetKey{q.Market, string(q.Lang), q.Category, q.Village, q.Producer, q.Collection}
}

// facetCache remembers counts. When it is full it forgets everything, which costs one count a list.
type facetCache struct {
	mu   sync.Mutex
	kept map[facetKey]*keptFacets
}

// keptFacets is locked while it is counted, so that many visitors of one list wait for one count.
type keptFacets struct {
	mu      sync.Mutex
	facets  Facets
	expires time.Time
}

func newFacetCache() *facetCache { return &facetCache{kept: map[facetKey]*keptFacets{}} }

func (c *facetCache) get(key facetKey, now time.Time, count func() (Facets, error)) (Facets, error) {
	k := c.entry(key)
	k.mu.Lock()
	defer k.mu.Unlock()
	if now.Before(k.expires) {
		return k.facets, nil
	}
	facets, err := count()
	if err != nil {
		return Facets{}, err
	}
	k.facets, k.expires = facets, now.Add(facetsKept)
	return facets, nil
}

func (c *facetCache) entry(key facetKey) *keptFacets {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, known := c.kept[key]; known {
		return k
	}
	if len(c.kept) >= mostFacets {
		clear(c.kept)
	}
	k := &keptFacets{}
	c.kept[key] = k
	return k
}
