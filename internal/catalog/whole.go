package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"
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
	Scored      bool     // it has or had stars
	PublishedAt *time.Time
	UpdatedAt   time.Time

	texts  []Text    // those buyers may read, the source first
	sizes  []size    // those that are sold, in order
	prices []priceIn // of the sizes
}

// size is a variant but for its price.
type size struct {
	ID          int64
	NetQuantity *int
	NetUnit     Unit
	WeightGrams int
	Stock       int
	FreeAt      *time.Time
	labels      []Named
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

// until is when goods that somebody holds may be free again.
func (w *whole) until() (first time.Time) {
	for _, s := range w.sizes {
		first = earlier(first, s.FreeAt)
	}
	return first
}

func (w *whole) bytes() int {
	n := 400 + 8*len(w.PhotoIDs) + 16*(len(w.Contains)+len(w.MayContain)+len(w.Markets)) + 120*len(w.prices)
	for _, t := range w.texts {
		n += 170 + len(t.Name) + len(t.Summary) + len(t.Story) + len(t.Composition)
	}
	for _, s := range w.sizes {
		n += 130 + namesBytes(s.labels)
	}
	return n
}

const (
	sqlWhole = `/* catalog.whole */
select p.id, p.slug, p.state, p.producer_id, p.category_id, p.shelf_life_days, p.storage, p.season_from, p.season_to,
       array(select x.kind || ' ' || x.allergen from product_allergens x where x.product_id = p.id),
       array(select f.photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id),
       array(select l.market from listings l where l.product_id = p.id),
       exists (select from product_stars r where r.product_id = p.id), p.published_at, p.updated_at
from products p where p.id = $1`

	sqlWholeTexts = `/* catalog.whole_texts */
select lang, name, summary, story, composition, state, updated_at from product_texts where product_id = $1 and state <> 'draft'`

	// Goods that an overdue order still holds count as free, as in the cart: whoever buys them has that order ended first.
	sqlWholeSizes = `/* catalog.whole_sizes */
select v.id, v.net_quantity, v.net_unit, v.weight_grams,
       (v.stock + coalesce((select sum(r.quantity) from overdue_holds(v.id, $2) r), 0))::int,
       case when v.stock < 20 then (select min(r.expires_at) from reservations r
           where r.variant_id = v.id and r.state = 'held' and r.expires_at > $2) end,
       array(select t.lang || ' ' || t.label from variant_texts t where t.variant_id = v.id order by t.lang)
from variants v where v.product_id = $1 and v.active order by v.position, v.id`

	sqlWholePrices = `/* catalog.whole_prices */
select variant_id, market, price_minor, currency, base_minor, base, rate::text, rate_date, by_hand
from offers where product_id = $1`
)

// whole reads a product in four statements of one round trip; nil if there is none.
func (s *Service) whole(ctx context.Context, id int64) (*whole, error) {
	return s.memory.wholes.One(ctx, id, func(ctx context.Context) (*whole, error) {
		var w *whole
		var texts []Text
		var sizes []size
		var prices []priceIn
		batch := &pgx.Batch{}
		postgres.EachOf(batch, func(r *postgres.Row) { w = wholeOf(r) }, sqlWhole, id)
		postgres.EachOf(batch, func(r *postgres.Row) { texts = append(texts, textOf(r)) }, sqlWholeTexts, id)
		postgres.EachOf(batch, func(r *postgres.Row) { sizes = append(sizes, sizeOf(r)) }, sqlWholeSizes, id, s.now())
		postgres.EachOf(batch, func(r *postgres.Row) { prices = append(prices, s.memory.priceOf(r)) }, sqlWholePrices, id)
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		if w == nil {
			return nil, nil
		}
		slices.SortFunc(texts, func(a, b Text) int {
			return cmp.Or(cmp.Compare(a.place(), b.place()), cmp.Compare(a.Lang, b.Lang))
		})
		w.texts, w.sizes, w.prices = texts, sizes, prices
		return w, nil
	})
}

func wholeOf(r *postgres.Row) *whole {
	w := &whole{ID: r.Int64(), Slug: r.Text(), State: State(r.Code()), ProducerID: r.Int64(), CategoryID: r.Int64(), ShelfDays: r.IntOrNil(),
		Storage: Storage(r.Code()), SeasonFrom: time.Month(r.Int64()), SeasonTo: time.Month(r.Int64())}
	for _, declared := range r.Codes() {
		switch kind, allergen, _ := strings.Cut(declared, " "); kind {
		case "contains":
			w.Contains = append(w.Contains, allergen)
		case "may_contain":
			w.MayContain = append(w.MayContain, allergen)
		}
	}
	w.PhotoIDs, w.Markets, w.Scored, w.PublishedAt, w.UpdatedAt = r.Int64s(), r.Codes(), r.Bool(), r.TimeOrNil(), r.Time()
	return w
}

// place has the source come before its translations.
func (t *Text) place() int {
	if t.State == TextSource {
		return 0
	}
	return 1
}

func textOf(r *postgres.Row) Text {
	return Text{Lang: i18n.Lang(r.Code()), Name: r.Text(), Summary: r.Text(), Story: r.Text(), Composition: r.Text(),
		State: TextState(r.Code()), UpdatedAt: r.Time()}
}

func sizeOf(r *postgres.Row) size {
	s := size{ID: r.Int64(), NetQuantity: r.IntOrNil(), NetUnit: Unit(r.Code()), WeightGrams: int(r.Int64()), Stock: int(r.Int64()), FreeAt: r.TimeOrNil()}
	for _, label := range r.Texts() {
		lang, text, _ := strings.Cut(label, " ")
		s.labels = append(s.labels, Named{text, i18n.Lang(lang)})
	}
	return s
}

func (m *memory) priceOf(r *postgres.Row) priceIn {
	return priceIn{VariantID: r.Int64(), Market: r.Code(), PriceMinor: r.Int64(), Currency: money.Currency(r.Code()),
		BaseMinor: r.Int64(), BaseIn: money.Currency(r.Code()), Rate: m.rates.of(r), RateDate: r.TimeOrNil(), ByHand: r.Bool()}
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
