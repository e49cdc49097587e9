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
	sold []soldIn `db:"-"`
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

func scanSoldIn(row pgx.CollectableRow) (s soldIn, err error) {
	err = row.Scan(&s.ProductID, &s.Market, &s.FromMinor, &s.Currency, &s.PublishedAt, &s.Several, &s.InStock, &s.FreeAt)
	return s, err
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

func (g *shown) bytes() int { return 120 + namesBytes(g.names) + 120*len(g.sold) }

// earlier returns the first of two moments; zero and nil are none.
func earlier(a time.Time, b *time.Time) time.Time {
	if b != nil && (a.IsZero() || b.Before(a)) {
		return *b
	}
	return a
}

const sqlShown = `/* catalog.shown */
select p.id, p.slug, p.producer_id, n.names, n.langs,
       coalesce((select f.photo_id from product_photos f where f.product_id = p.id and f.shown
                 order by f.position, f.photo_id limit 1), 0) as photo_id
from products p
cross join lateral (select array_agg(t.name) as names, array_agg(t.lang::text) as langs from (
    select name, lang from product_texts where product_id = p.id and state <> 'draft' order by state = 'source' desc, lang) t) n
where p.id = ` + anyOf1

// What an overdue order still holds counts as in stock, as in the cart: whoever buys it has that order ended first.
const sqlShownSold = `/* catalog.shown_sold */
with sizes as materialized (
    select v.id, v.stock > 0 or exists (select from overdue_holds(v.id, $2)) as free,
           case when v.stock = 0 then (select min(r.expires_at) from reservations r
               where r.variant_id = v.id and r.state = 'held' and r.expires_at > $2) end as free_at
    from variants v where v.product_id = any ($1) and v.active
)
select l.product_id, l.market, l.from_minor, l.currency, l.published_at,
       coalesce(bool_or(o.price_minor > l.from_minor), false) as several, coalesce(bool_or(s.free), false) as in_stock,
       case when not coalesce(bool_or(s.free), false) then min(s.free_at) end as free_at
from listings l
left join offers o on o.market = l.market and o.product_id = l.product_id
left join sizes s on s.id = o.variant_id
where l.product_id = any ($1)
group by l.market, l.product_id`

// shown are products as lists show them, in the order of the ids; nil for one there is not.
func (s *Service) shown(ctx context.Context, ids []int64) ([]*shown, error) {
	return s.memory.shown.Get(ctx, ids, func(ctx context.Context, missing []int64) (map[int64]*shown, error) {
		var list []struct {
			shown
			written
		}
		var sold []soldIn
		batch := &pgx.Batch{}
		many(batch, &list, sqlShown, missing)
		manyBy(batch, &sold, scanSoldIn, sqlShownSold, missing, s.now())
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		found := make(map[int64]*shown, len(list))
		for _, row := range list {
			g := row.shown
			g.names = row.named()
			found[g.ID] = &g
		}
		for _, in := range sold {
			if g := found[in.ProductID]; g != nil {
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
