package catalog

import (
	"cmp"
	"context"
	"slices"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/watch"
)

// Said is a text with the language it is in, which is another than the asked one where that is missing.
type Said struct {
	Text string
	Lang i18n.Lang
}

// ProductPage is everything a buyer reads about a product in one market and language.
type ProductPage struct {
	ID          int64
	SlugBase    string
	Name        Said
	Summary     Said // empty text where nobody wrote one
	Story       Said
	Composition Said

	ProducerID   int64
	ProducerSlug string // last URL segment
	ProducerName string
	VillageID    int64
	VillageSlug  string
	VillageName  string
	CategoryID   int64
	CategorySlug string
	CategoryName string
	ParentSlug   string // the category's outer one; empty where it is outermost
	ParentName   string
	Food         bool
	ShelfDays    *int
	Storage      Storage
	Season       Season
	Allergens    Allergens
	PhotoIDs     []int64 // approved ones, in order
	// Variants are those the market sells, in order; none means that it is not sold there.
	Variants    []PricedVariant
	Markets     []string // codes of all markets that show it
	Scored      bool     // the programme gave it stars; whether they hold, package assessments knows
	PublishedAt time.Time
	UpdatedAt   time.Time
}

// Slug is the product's last URL segment.
func (p ProductPage) Slug() string { return slugWithID(p.SlugBase, p.ID) }

// Sold reports whether the market sells the product at all.
func (p ProductPage) Sold() bool { return len(p.Variants) > 0 }

// InStock reports whether any variant can be bought now.
func (p ProductPage) InStock() bool {
	return slices.ContainsFunc(p.Variants, func(v PricedVariant) bool { return v.Stock > 0 })
}

// From is the price of the cheapest variant; the zero Amount where the market does not sell it.
func (p ProductPage) From() money.Amount {
	if !p.Sold() {
		return money.Amount{}
	}
	return slices.MinFunc(p.Variants, func(a, b PricedVariant) int {
		return cmp.Compare(a.PriceMinor, b.PriceMinor)
	}).Price()
}

// PricedVariant is a variant with its price in a market.
type PricedVariant struct {
	ID          int64
	Label       string
	LabelLang   i18n.Lang // empty where there is no label
	NetQuantity *int
	NetUnit     Unit
	WeightGrams int
	Stock       int
	PriceMinor  int64
	Currency    money.Currency
	BaseMinor   int64 // what the producer asks, in her currency
	BaseIn      money.Currency
	Rate        money.Rate // from BaseIn to Currency
	RateDate    *time.Time // nil: nothing is exchanged
	ByHand      bool       // staff set the price
	FreeAt      *time.Time // when goods that somebody holds may be free again; nil if none are, or it makes no difference
}

// Price is what the variant costs in the market.
func (v PricedVariant) Price() money.Amount { return money.New(v.PriceMinor, v.Currency) }

// Base is what the producer asks for one piece, in her currency.
func (v PricedVariant) Base() money.Amount { return money.New(v.BaseMinor, v.BaseIn) }

// ProductBySlug returns the product whose id ends the slug, as a market shows it; the caller compares p.Slug() and
// redirects to it. Of a product that the market does not sell but others do it returns the page without variants.
// errs.NotFound if buyers may not see it, errs.Gone if they could and it was taken back.
func (s *Service) ProductBySlug(ctx context.Context, market string, lang i18n.Lang, slug string) (ProductPage, error) {
	id, err := IDFromSlug(slug)
	if err != nil {
		return ProductPage{}, err
	}
	return s.ProductByID(ctx, market, lang, id)
}

// ProductByID is ProductBySlug for those who know the id.
func (s *Service) ProductByID(ctx context.Context, market string, lang i18n.Lang, id int64) (ProductPage, error) {
	w, err := s.whole(ctx, id)
	if err != nil {
		return ProductPage{}, err
	}
	if w == nil {
		return ProductPage{}, errs.E(errs.NotFound, "no such product")
	}
	around, err := s.around(ctx, w)
	if err != nil {
		return ProductPage{}, err
	}
	switch {
	case w.State == Withdrawn && w.PublishedAt != nil:
		return ProductPage{}, errs.E(errs.Gone, "product was withdrawn")
	case !live(w.State, w.PublishedAt != nil) || !around.complete() || !around.maker.Active:
		return ProductPage{}, errs.E(errs.NotFound, "product is not for buyers")
	}
	variants := w.sold(market, lang)
	for _, v := range variants {
		if v.FreeAt != nil {
			watch.Until(ctx, *v.FreeAt)
		}
	}
	return w.page(lang, around, variants), nil
}

// around is what a product's page names besides the product.
type around struct {
	maker    *makerSign
	village  *villageSign
	shelf    *shelfSign
	outer    *shelfSign // nil: the shelf is an outer one
	shelving *shelving
	markets  []string // all, in their order
}

func (a around) complete() bool {
	return a.maker != nil && a.village != nil && a.shelf != nil && len(a.maker.names) > 0 && len(a.village.names) > 0 && len(a.shelf.names) > 0
}

func (s *Service) around(ctx context.Context, w *whole) (a around, err error) {
	makers, err := s.makers(ctx, []int64{w.ProducerID})
	if err != nil {
		return a, err
	}
	villages, err := s.villages(ctx)
	if err != nil {
		return a, err
	}
	if a.maker = makers[0]; a.maker != nil {
		a.village = villages[a.maker.VillageID]
	}
	if a.shelving, err = s.shelving(ctx); err != nil {
		return a, err
	}
	if a.shelf = a.shelving.shelves[w.CategoryID]; a.shelf != nil {
		a.outer = a.shelving.shelves[a.shelf.ParentID]
	}
	a.markets, err = s.marketOrder(ctx)
	return a, err
}

func (w *whole) page(lang i18n.Lang, a around, variants []PricedVariant) ProductPage {
	maker, _ := a.maker.in(lang)
	village, _ := a.village.in(lang)
	shelf, _ := a.shelf.in(lang)
	p := ProductPage{
		ID: w.ID, SlugBase: w.Slug,
		Name:        w.said(lang, func(t *Text) string { return t.Name }),
		Summary:     w.said(lang, func(t *Text) string { return t.Summary }),
		Story:       w.said(lang, func(t *Text) string { return t.Story }),
		Composition: w.said(lang, func(t *Text) string { return t.Composition }),
		ProducerID:  w.ProducerID, ProducerSlug: slugWithID(a.maker.Slug, w.ProducerID), ProducerName: maker.Name,
		VillageID: a.village.ID, VillageSlug: a.village.Slug, VillageName: village.Name,
		CategoryID: w.CategoryID, CategorySlug: a.shelf.Slug, CategoryName: shelf.Name,
		Food: a.shelf.Food, ShelfDays: w.ShelfDays, Storage: w.Storage, Season: Season{w.SeasonFrom, w.SeasonTo},
		Allergens: Allergens{Contains: a.shelving.ordered(w.Contains), MayContain: a.shelving.ordered(w.MayContain)},
		PhotoIDs:  w.PhotoIDs, Variants: variants, Scored: w.Scored, PublishedAt: *w.PublishedAt, UpdatedAt: w.UpdatedAt,
	}
	if a.outer != nil {
		outer, _ := a.outer.in(lang)
		p.ParentSlug, p.ParentName = a.outer.Slug, outer.Name
	}
	for _, code := range a.markets {
		if slices.Contains(w.Markets, code) {
			p.Markets = append(p.Markets, code)
		}
	}
	return p
}
