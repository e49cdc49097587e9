package catalog

import (
	"context"
	"slices"
	"time"

	"awil/internal/i18n"
	"awil/internal/money"
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
