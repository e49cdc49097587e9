package curation

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Home is what the programme puts forward on a market's home page at a moment.
type Home struct {
	Products    []catalog.Card // featured, in order
	Collections []Collection   // featured, in order
	New         []catalog.Card // the newest besides
}

// How much a home page shows.
const (
	homeProducts    = 12
	homeCollections = 6
	homeNew         = 8
)

const sqlFeatured = `/* curation.featured */
select f.product_id from features f
where f.market = $1 and f.kind = 'product' and f.starts_at <= $2 and (f.ends_at is null or f.ends_at > $2)
  and exists (select from listings l where l.market = $1 and l.product_id = f.product_id)
group by f.product_id order by min(f.position), f.product_id limit $3`

const sqlNextFeature = `/* curation.next_feature */
select min(t) from features f cross join lateral (values (f.starts_at), (f.ends_at)) as v (t) where f.market = $1 and t > $2`

// Home returns what a market's home page shows now, in three statements where it is not remembered and those of the
// cards. What is no longer sold there is passed over. The collections are shared: they must not be changed.
func (s *Service) Home(ctx context.Context, market string, lang i18n.Lang) (h Home, err error) {
	f, err := s.fronts.Get(ctx, frontKey{market, lang}, func(ctx context.Context) (front, error) { return s.front(ctx, market, lang) })
	if err != nil {
		return Home{}, err
	}
	h.Collections = f.collections
	if h.Products, err = s.catalog.CardsByIDs(ctx, market, lang, f.products); err != nil {
		return Home{}, err
	}
	h.New, err = s.newest(ctx, market, lang, f.products)
	return h, err
}

// front is what is featured on a home page, without the cards.
type front struct {
	products    []int64
	collections []Collection
}

type frontKey struct {
	market string
	lang   i18n.Lang
}

func (s *Service) front(ctx context.Context, market string, lang i18n.Lang) (f front, err error) {
	now := s.now()
	if f.products, err = s.featured(ctx, market, now); err != nil {
		return f, err
	}
	f.collections, err = s.list(ctx, market, `/* curation.featured_collections */`+sqlCollection+`
join (select collection_id, min(position) as position from features
      where market = $2 and kind = 'collection' and starts_at <= $3 and (ends_at is null or ends_at > $3)
      group by collection_id) f on f.collection_id = c.id
where c.published_at is not null and n.items > 0 order by f.position, c.id limit $4`, lang, market, now, homeCollections)
	return f, err
}

// featured lists the products whose time it is, and says until when.
func (s *Service) featured(ctx context.Context, market string, now time.Time) (ids []int64, err error) {
	var next *time.Time
	batch := &pgx.Batch{}
	batch.Queue(sqlFeatured, market, now, homeProducts).Query(func(rows pgx.Rows) (err error) {
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	batch.Queue(sqlNextFeature, market, now).QueryRow(func(row pgx.Row) error { return row.Scan(&next) })
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, postgres.Err(err)
	}
	watch.On(ctx, watch.Curation, watch.List(market))
	if next != nil {
		watch.Until(ctx, *next)
	}
	return ids, nil
}

// newest lists what came last and is not featured already.
func (s *Service) newest(ctx context.Context, market string, lang i18n.Lang, featured []int64) ([]catalog.Card, error) {
	shown := make(map[int64]bool, len(featured))
	for _, id := range featured {
		shown[id] = true
	}
	list, _, err := s.catalog.Listing(ctx, catalog.ListQuery{Market: market, Lang: lang, Page: paging.Page{Limit: homeNew + len(featured)}})
	if err != nil {
		return nil, err
	}
	var cards []catalog.Card
	for _, c := range list {
		if !shown[c.ID] && len(cards) < homeNew {
			cards = append(cards, c)
		}
	}
	return cards, nil
}
