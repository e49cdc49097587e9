package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Goods is a variant as a cart or an order line needs it: what it is, whose, and what it costs in a market now.
type Goods struct {
	VariantID    int64
	ProductID    int64
	SlugBase     string `db:"slug"`
	Name         string
	NameLang     i18n.Lang
	Label        string // size or colour; empty where quantity says it
	ProducerID   int64
	ProducerBase string `db:"producer_slug"`
	ProducerName string
	VillageName  string
	PhotoID      int64 // 0: none
	NetQuantity  *int
	NetUnit      Unit
	WeightGrams  int
	HSCode       *string
	Stock        int // free to sell now
	// Offered says whether the market sells it; without that there is no price.
	Offered    bool
	PriceMinor int64
	Currency   money.Currency
	BaseMinor  int64
	BaseIn     money.Currency
	Rate       money.Rate
	RateDate   *time.Time
	ByHand     bool
}

// ProductSlug is the product's last URL segment.
func (g Goods) ProductSlug() string { return slugWithID(g.SlugBase, g.ProductID) }

// ProducerSlug is the producer's last URL segment.
func (g Goods) ProducerSlug() string { return slugWithID(g.ProducerBase, g.ProducerID) }

// Price is what one piece costs in the market.
func (g Goods) Price() money.Amount { return money.New(g.PriceMinor, g.Currency) }

// Base is what the producer asks for one piece, in her currency.
func (g Goods) Base() money.Amount { return money.New(g.BaseMinor, g.BaseIn) }

const sqlGoods = `/* catalog.goods */
select v.id as variant_id, p.id as product_id, p.slug, t.name, t.lang as name_lang, coalesce(vl.label, '') as label,
       m.id as producer_id, m.slug as producer_slug, mt.name as producer_name, vt.name as village_name,
       coalesce((select f.photo_id from product_photos f where f.product_id = p.id and f.shown
                 order by f.position, f.photo_id limit 1), 0) as photo_id,
       v.net_quantity, v.net_unit, v.weight_grams, p.hs_code, v.stock,
       o.variant_id is not null as offered, coalesce(o.price_minor, 0) as price_minor, coalesce(o.currency, '') as currency,
       coalesce(o.base_minor, 0) as base_minor, coalesce(o.base, '') as base_in, o.rate, o.rate_date, coalesce(o.by_hand, false) as by_hand
from variants v
join products p on p.id = v.product_id
join producers m on m.id = p.producer_id
left join offers o on o.market = $2 and o.variant_id = v.id and v.active
join lateral (select name, lang from product_texts t where t.product_id = p.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1) t on true
join lateral (select name from producer_texts t where t.producer_id = m.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1) mt on true
join lateral (select name from village_texts t where t.village_id = m.village_id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1) vt on true
left join lateral (select label from variant_texts t where t.variant_id = v.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) vl on true
where v.id = any ($3)`

// Goods returns variants as a market sells them now, keyed by id; those it does not sell any more come without an
// offer, so that a cart can say so. Unknown ids and products never approved are left out.
func (s *Service) Goods(ctx context.Context, market string, lang i18n.Lang, variantIDs ...int64) (map[int64]Goods, error) {
	if len(variantIDs) == 0 {
		return map[int64]Goods{}, nil
	}
	rows, err := s.db.Query(ctx, sqlGoods, lang, market, variantIDs)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Goods])
	if err != nil {
		return nil, postgres.Err(err)
	}
	byID := make(map[int64]Goods, len(list))
	for _, g := range list {
		byID[g.VariantID] = g
	}
	return byID, nil
}
