package catalog

import (
	"context"
	"fmt"
	"slices"
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
	SlugBase     string
	Name         string
	NameLang     i18n.Lang // the language Name is in, where there is none in the asked one
	ProducerID   int64
	ProducerBase string
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

// CardsByIDs returns the cards of products in the order asked for. Those a market does not show are left out.
func (s *Service) CardsByIDs(ctx context.Context, market string, lang i18n.Lang, productIDs []int64) ([]Card, error) {
	if len(productIDs) == 0 {
		return nil, nil
	}
	goods, err := s.shown(ctx, productIDs)
	if err != nil {
		return nil, err
	}
	goods = slices.DeleteFunc(goods, func(g *shown) bool {
		if g == nil {
			return true
		}
		_, sold := g.in(market)
		return !sold
	})
	ids := make([]int64, len(goods))
	for i, g := range goods {
		ids[i] = g.ProducerID
	}
	makers, err := s.makers(ctx, ids)
	if err != nil {
		return nil, err
	}
	villages, err := s.villages(ctx)
	if err != nil {
		return nil, err
	}
	cards := make([]Card, 0, len(goods))
	for i, g := range goods {
		if makers[i] == nil {
			continue
		}
		if c, ok := g.card(market, lang, makers[i], villages[makers[i].VillageID]); ok {
			cards = append(cards, c)
		}
		if in, _ := g.in(market); in.FreeAt != nil {
			watch.Until(ctx, *in.FreeAt)
		}
	}
	return cards, nil
}

// sqlRelated names how many are wanted: the planner would take an argument for many.
const sqlRelated = `/* catalog.related */
with near as (
    (select l.product_id, 1 as kin, l.published_at from listings l where l.market = $1 and l.producer_id = $3
     order by l.published_at desc, l.product_id desc limit %[1]d + 1)
    union all
    (select l.product_id, 2, l.published_at from listings l where l.market = $1 and l.category_id = $5
     order by l.published_at desc, l.product_id desc limit 2 * %[1]d + 1)
    union all
    (select l.product_id, 3, l.published_at from listings l where l.market = $1 and l.village_id = $4
     order by l.published_at desc, l.product_id desc limit 2 * %[1]d + 1)
), kin as (
    select product_id, min(kin) as kin, row_number() over (partition by min(kin) order by max(published_at) desc, product_id desc) as n
    from near where product_id <> $2 group by product_id
)
select product_id from kin order by n > case kin when 1 then 2 else 1 end, kin, n limit %[1]d`

// kinKey is whose relatives are asked for.
type kinKey struct {
	market                       string
	id, producer, village, shelf int64
	limit                        int
}

// Related returns up to limit other products a market shows, those that can be ordered first: two of the same producer,
// one of the same shelf, one of the same village, then more in this order, the newest first.
func (s *Service) Related(ctx context.Context, market string, lang i18n.Lang, p ProductPage, limit int) ([]Card, error) {
	key := kinKey{market, p.ID, p.ProducerID, p.VillageID, p.CategoryID, 2 * limit}
	ids, err := s.memory.relatives.Get(ctx, key, func(ctx context.Context) ([]int64, error) {
		watch.On(ctx, watch.OfProducer(market, p.ProducerID), watch.OfVillage(market, p.VillageID), watch.Shelf(market, p.CategoryID))
		rows, err := s.db.Query(ctx, fmt.Sprintf(sqlRelated, key.limit), market, p.ID, p.ProducerID, p.VillageID, p.CategoryID)
		if err != nil {
			return nil, postgres.Err(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		return ids, postgres.Err(err)
	})
	if err != nil {
		return nil, err
	}
	list, err := s.CardsByIDs(ctx, market, lang, ids)
	slices.SortStableFunc(list, func(a, b Card) int {
		switch {
		case a.InStock == b.InStock:
			return 0
		case a.InStock:
			return -1
		}
		return 1
	})
	return list[:min(len(list), limit)], err
}
