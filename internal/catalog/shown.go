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

// shown is what lists show of a product, in all languages and markets.
type shown struct {
	ID         int64
	ProducerID int64
	PhotoID    int64
	sign
	sold []soldIn
}

// soldIn is how a market shows a product in a list.
type soldIn struct {
	ProductID   int64
	Market      string
	FromMinor   int64
	Currency    money.Currency
	PublishedAt time.Time
	Several     bool
	InStock     bool
	FreeAt      *time.Time // when it may be in stock again; nil where it is, or nobody holds any
}

func shownOf(r *postgres.Row) *shown {
	return &shown{ID: r.Int64(), sign: sign{Slug: r.Text(), names: namesOf(r)}, ProducerID: r.Int64(), PhotoID: r.Int64()}
}

// in is how a market shows it.
func (g *shown) in(market string) (soldIn, bool) {
	i := slices.IndexFunc(g.sold, func(s soldIn) bool { return s.Market == market })
	if i < 0 {
		return soldIn{}, false
	}
	return g.sold[i], true
}

// until is when some market may have it in stock again.
func (g *shown) until() (first time.Time) {
	for _, s := range g.sold {
		first = earlier(first, s.FreeAt)
	}
	return first
}

func (g *shown) bytes() int { return 130 + len(g.Slug) + namesBytes(g.names) + soldBytes*len(g.sold) }

// soldBytes is about what being sold in one market takes.
const soldBytes = 100

// earlier returns the first of two moments; zero and nil are none.
func earlier(a time.Time, b *time.Time) time.Time {
	if b != nil && (a.IsZero() || b.Before(a)) {
		return *b
	}
	return a
}

const sqlShown = `/* catalog.shown */
select p.id, p.slug, n.names, n.langs, p.producer_id,
       (select f.photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id limit 1)
from products p
cross join lateral (select array_agg(t.name) as names, array_agg(t.lang::text) as langs from (
    select name, lang from product_texts where product_id = p.id and state <> 'draft' order by state = 'source' desc, lang) t) n
where p.id = ` + anyOf1

// How markets show goods is read row by row and put together here: first what lists say, then what each variant costs. The
// planner takes the statement for what it is, once, while one that sums up is planned anew each time. What an overdue order
// still holds counts as in stock, as in the cart: whoever buys it has that order ended first.
const sqlShownSold = `/* catalog.shown_sold */
select product_id, market, from_minor, currency, published_at, false, null::timestamptz from listings where product_id = ` + anyOf1 + `
union all
select o.product_id, o.market, o.price_minor, null, null, v.stock > 0 or exists (select from overdue_holds(v.id, $2)),
       case when v.stock = 0 then (select min(r.expires_at) from reservations r
           where r.variant_id = v.id and r.state = 'held' and r.expires_at > $2) end
from variants v join offers o on o.product_id = v.product_id and o.variant_id = v.id
where v.product_id = ` + anyOf1 + ` and v.active`

// soldFor is what an active variant of goods in a list costs in a market, and whether it can be bought.
type soldFor struct {
	productID int64
	market    string
	minor     int64
	free      bool
	freeAt    *time.Time
}

// soldOf reads either: only what lists say has a day of publication.
func soldOf(r *postgres.Row) (in soldIn, variant soldFor) {
	id, market, minor := r.Int64(), r.Code(), r.Int64()
	in = soldIn{ProductID: id, Market: market, FromMinor: minor, Currency: money.Currency(r.Code()), PublishedAt: r.Time()}
	return in, soldFor{productID: id, market: market, minor: minor, free: r.Bool(), freeAt: r.TimeOrNil()}
}

// settle works out of what the market asks for the variants whether they cost differently and can be bought.
func (s *soldIn) settle(offers []soldFor) {
	var first time.Time
	for _, o := range offers {
		if o.productID != s.ProductID || o.market != s.Market {
			continue
		}
		s.Several = s.Several || o.minor > s.FromMinor
		s.InStock = s.InStock || o.free
		first = earlier(first, o.freeAt)
	}
	if !s.InStock && !first.IsZero() {
		s.FreeAt = &first
	}
}

// shown are products as lists show them, in the order of the ids; nil for one there is not.
func (s *Service) shown(ctx context.Context, ids []int64) ([]*shown, error) {
	return s.memory.shown.Get(ctx, ids, func(ctx context.Context, missing []int64) (map[int64]*shown, error) {
		found, batch := make(map[int64]*shown, len(missing)), &pgx.Batch{}
		var sold []soldIn
		var offers []soldFor
		postgres.EachOf(batch, func(r *postgres.Row) { g := shownOf(r); found[g.ID] = g }, sqlShown, missing)
		postgres.EachOf(batch, func(r *postgres.Row) {
			if in, variant := soldOf(r); in.PublishedAt.IsZero() {
				offers = append(offers, variant)
			} else {
				sold = append(sold, in)
			}
		}, sqlShownSold, missing, s.now())
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		for _, in := range sold {
			if g := found[in.ProductID]; g != nil {
				in.settle(offers)
				g.sold = append(g.sold, in)
			}
		}
		return found, nil
	})
}

// card is a product as a list of one market and language shows it; false where it does not, or nobody has named what it
// is from.
func (g *shown) card(market string, lang i18n.Lang, m *makerSign, v *villageSign) (Card, bool) {
	in, sold := g.in(market)
	name, named := g.sign.in(lang)
	if !sold || !named || m == nil || v == nil {
		return Card{}, false
	}
	maker, hasMaker := m.in(lang)
	village, hasVillage := v.in(lang)
	return Card{
		ID: g.ID, SlugBase: g.Slug, Name: name.Name, NameLang: name.Lang,
		ProducerID: m.ID, ProducerBase: m.Slug, ProducerName: maker.Name,
		VillageID: v.ID, VillageSlug: v.Slug, VillageName: village.Name,
		FromMinor: in.FromMinor, Currency: in.Currency, Several: in.Several,
		PhotoID: g.PhotoID, InStock: in.InStock, PublishedAt: in.PublishedAt,
	}, hasMaker && hasVillage
}
