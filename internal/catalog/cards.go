package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Card is what a list shows of a product in one market and language.
type Card struct {
	ID           int64
	SlugBase     string `db:"slug"`
	Name         string
	NameLang     i18n.Lang // the language Name is in, where there is none in the asked one
	ProducerID   int64
	ProducerBase string `db:"producer_slug"`
	ProducerName string
	VillageID    int64
	VillageSlug  string
	VillageName  string
	FromMinor    int64
	Currency     money.Currency
	Several      bool  // variants cost differently; the price is of the cheapest
	PhotoID      int64 // 0: none
	InStock      bool
	PublishedAt  time.Time
}

// Slug is the product's last URL segment.
func (c Card) Slug() string { return slugWithID(c.SlugBase, c.ID) }

// ProducerSlug is the producer's last URL segment.
func (c Card) ProducerSlug() string { return slugWithID(c.ProducerBase, c.ProducerID) }

// From is the price of the cheapest variant.
func (c Card) From() money.Amount { return money.New(c.FromMinor, c.Currency) }

// sqlCards turns the rows of "page", listings with a place each, into cards in the language $1. A name is taken from the
// asked language, then English, Russian, the producer's own.
const sqlCards = `
select l.product_id as id, p.slug, t.name, t.lang as name_lang,
       m.id as producer_id, m.slug as producer_slug, mt.name as producer_name,
       v.id as village_id, v.slug as village_slug, vt.name as village_name,
       l.from_minor, l.currency, l.published_at,
       exists (select from offers o where o.market = l.market and o.product_id = l.product_id and o.price_minor > l.from_minor) as several,
       coalesce((select f.photo_id from product_photos f where f.product_id = l.product_id and f.shown
                 order by f.position, f.photo_id limit 1), 0) as photo_id,
       exists (select from variants s where s.product_id = l.product_id and s.active and s.stock > 0) as in_stock
from page l
join products p on p.id = l.product_id
join producers m on m.id = l.producer_id
join villages v on v.id = l.village_id
join lateral (
    select name, lang from product_texts t where t.product_id = l.product_id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1
) t on true
join lateral (
    select name from producer_texts t where t.producer_id = m.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1
) mt on true
join lateral (
    select name from village_texts t where t.village_id = v.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1
) vt on true
order by l.place`

// CardsByIDs returns the cards of products in the order asked for. Those a market does not show are left out.
func (s *Service) CardsByIDs(ctx context.Context, market string, lang i18n.Lang, productIDs []int64) ([]Card, error) {
	if len(productIDs) == 0 {
		return nil, nil
	}
	for _, id := range productIDs { // one that is not shown now may be
		watch.On(ctx, watch.Product(id))
	}
	rows, err := s.db.Query(ctx, `/* catalog.cards_by_ids */
with page as (
    select l.*, w.place from unnest($3::bigint[]) with ordinality as w (id, place)
    join listings l on l.market = $2 and l.product_id = w.id
)`+sqlCards, lang, market, productIDs)
	return collectCards(ctx, rows, err)
}

func collectCards(ctx context.Context, rows pgx.Rows, err error) ([]Card, error) {
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Card])
	watch.On(ctx, watch.Places)
	for _, c := range list {
		watch.On(ctx, watch.Product(c.ID), watch.Producer(c.ProducerID))
	}
	return list, postgres.Err(err)
}

const sqlRelated = `/* catalog.related */
with near as (
    (select l.product_id, 1 as kin, l.published_at from listings l
     where l.market = $2 and l.producer_id = (select producer_id from products where id = $3)
     order by l.published_at desc, l.product_id desc limit $4 + 1)
    union all
    (select l.product_id, 2, l.published_at from listings l
     where l.market = $2 and l.village_id = (select m.village_id from products p join producers m on m.id = p.producer_id where p.id = $3)
     order by l.published_at desc, l.product_id desc limit 2 * $4 + 1)
    union all
    (select l.product_id, 3, l.published_at from listings l
     where l.market = $2 and l.category_id = (select category_id from products where id = $3)
     order by l.published_at desc, l.product_id desc limit 2 * $4 + 1)
), ranked as (
    select product_id, row_number() over (order by min(kin), max(published_at) desc, product_id desc) as place
    from near where product_id <> $3 group by product_id order by place limit $4
), page as (
    select l.*, r.place from ranked r join listings l on l.market = $2 and l.product_id = r.product_id
)`

// Related returns up to limit other products a market shows: of the same producer, then of her village, then of the
// same shelf, the newest first.
func (s *Service) Related(ctx context.Context, market string, lang i18n.Lang, productID int64, limit int) ([]Card, error) {
	rows, err := s.db.Query(ctx, sqlRelated+sqlCards, lang, market, productID, limit)
	return collectCards(ctx, rows, err)
}
