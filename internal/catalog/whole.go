package catalog

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// whole is all that buyers read of a product, in all languages and markets.
type whole struct {
	ID          int64
	Slug        string
	State       State
	ProducerID  int64
	CategoryID  int64
	ShelfDays   *int
	Storage     Storage
	SeasonFrom  time.Month
	SeasonTo    time.Month
	Contains    []string
	MayContain  []string
	PhotoIDs    []int64
	Markets     []string // in no order
	PublishedAt *time.Time
	UpdatedAt   time.Time

	texts  []Text    `db:"-"` // those buyers may read, the source first
	sizes  []size    `db:"-"` // those that are sold, in order
	prices []priceIn `db:"-"` // of the sizes
}

// size is a variant but for its price.
type size struct {
	ID          int64
	NetQuantity *int
	NetUnit     Unit
	WeightGrams int
	Stock       int
	FreeAt      *time.Time
	labels      []Named `db:"-"`
}

// priceIn is what a variant costs in a market.
type priceIn struct {
	VariantID  int64
	Market     string
	PriceMinor int64
	Currency   money.Currency
	BaseMinor  int64
	BaseIn     money.Currency
	Rate       money.Rate
	RateDate   *time.Time
	ByHand     bool
}

func scanPriceIn(row pgx.CollectableRow) (p priceIn, err error) {
	err = row.Scan(&p.VariantID, &p.Market, &p.PriceMinor, &p.Currency, &p.BaseMinor, &p.BaseIn, &p.Rate, &p.RateDate, &p.ByHand)
	return p, err
}

// until is when goods that somebody holds may be free again.
func (w *whole) until() (first time.Time) {
	for _, s := range w.sizes {
		first = earlier(first, s.FreeAt)
	}
	return first
}

func (w *whole) bytes() int {
	n := 500 + 250*len(w.prices)
	for _, t := range w.texts {
		n += 150 + len(t.Name) + len(t.Summary) + len(t.Story) + len(t.Composition)
	}
	for _, s := range w.sizes {
		n += 150 + namesBytes(s.labels)
	}
	return n
}

const sqlWhole = `/* catalog.whole */
select p.id, p.slug, p.state, p.producer_id, coalesce(p.category_id, 0) as category_id, p.shelf_life_days as shelf_days, p.storage,
       coalesce(p.season_from, 0) as season_from, coalesce(p.season_to, 0) as season_to,
       array(select x.allergen from product_allergens x where x.product_id = p.id and x.kind = 'contains') as contains,
       array(select x.allergen from product_allergens x where x.product_id = p.id and x.kind = 'may_contain') as may_contain,
       array(select f.photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id) as photo_ids,
       array(select l.market from listings l where l.product_id = p.id) as markets, p.published_at, p.updated_at
from products p where p.id = $1`

const sqlWholeTexts = `/* catalog.whole_texts */
select lang, name, summary, story, composition, state, updated_at from product_texts
where product_id = $1 and state <> 'draft' order by state = 'source' desc, lang`

// Goods that an overdue order still holds count as free, as in the cart: whoever buys them has that order ended first.
const sqlWholeSizes = `/* catalog.whole_sizes */
select v.id, v.net_quantity, v.net_unit, v.weight_grams,
       (v.stock + coalesce((select sum(r.quantity) from overdue_holds(v.id, $2) r), 0))::int as stock,
       case when v.stock < 20 then (select min(r.expires_at) from reservations r
           where r.variant_id = v.id and r.state = 'held' and r.expires_at > $2) end as free_at, n.names, n.langs
from variants v
cross join lateral (select array_agg(t.label) as names, array_agg(t.lang::text) as langs from (
    select label, lang from variant_texts where variant_id = v.id order by lang) t) n
where v.product_id = $1 and v.active order by v.position, v.id`

const sqlWholePrices = `/* catalog.whole_prices */
select variant_id, market, price_minor, currency, base_minor, base as base_in, rate, rate_date, by_hand
from offers where product_id = $1`

// whole reads a product in four statements of one round trip; nil if there is none.
func (s *Service) whole(ctx context.Context, id int64) (*whole, error) {
	return s.memory.wholes.One(ctx, id, func(ctx context.Context) (*whole, error) {
		var heads []whole
		var texts []Text
		var sizes []struct {
			size
			written
		}
		var prices []priceIn
		batch := &pgx.Batch{}
		many(batch, &heads, sqlWhole, id)
		many(batch, &texts, sqlWholeTexts, id)
		many(batch, &sizes, sqlWholeSizes, id, s.now())
		manyBy(batch, &prices, scanPriceIn, sqlWholePrices, id)
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		if len(heads) == 0 {
			return nil, nil
		}
		w := &heads[0]
		w.texts, w.prices = texts, prices
		for _, row := range sizes {
			row.labels = row.named()
			w.sizes = append(w.sizes, row.size)
		}
		return w, nil
	})
}

// said is a text in a language, else in English, Russian, the producer's own; empty where nobody wrote one.
func (w *whole) said(lang i18n.Lang, of func(*Text) string) (best Said) {
	rank := len(fallbacks) + 2
	for i := range w.texts {
		t := &w.texts[i]
		if r := distance(t.Lang, lang); r < rank && of(t) != "" {
			best, rank = Said{of(t), t.Lang}, r
		}
	}
	return best
}

// sold are the sizes a market sells, with their prices.
func (w *whole) sold(market string, lang i18n.Lang) []PricedVariant {
	var list []PricedVariant
	for _, s := range w.sizes {
		i := slices.IndexFunc(w.prices, func(p priceIn) bool { return p.VariantID == s.ID && p.Market == market })
		if i < 0 {
			continue
		}
		p, label := w.prices[i], Named{}
		label, _ = inLang(s.labels, lang)
		list = append(list, PricedVariant{
			ID: s.ID, Label: label.Name, LabelLang: label.Lang, NetQuantity: s.NetQuantity, NetUnit: s.NetUnit,
			WeightGrams: s.WeightGrams, Stock: s.Stock, FreeAt: s.FreeAt,
			PriceMinor: p.PriceMinor, Currency: p.Currency, BaseMinor: p.BaseMinor, BaseIn: p.BaseIn,
			Rate: p.Rate, RateDate: p.RateDate, ByHand: p.ByHand,
		})
	}
	return list
}
