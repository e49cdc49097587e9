package catalog

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
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
	Allergens    Allergens
	PhotoIDs     []int64 // approved ones, in order
	// Variants are those the market sells, in order; none means that it is not sold there.
	Variants    []PricedVariant
	Markets     []string // codes of all markets that show it
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

// pageHead is the part of a ProductPage that is one row.
type pageHead struct {
	ID           int64
	Slug         string
	State        State
	ProducerID   int64
	ProducerBase string
	ProducerName string
	VillageID    int64
	VillageSlug  string
	VillageName  string
	CategoryID   int64
	CategorySlug string
	CategoryName string
	ParentSlug   string
	ParentName   string
	Food         bool
	ShelfDays    *int
	Storage      Storage
	Contains     []string
	MayContain   []string
	PhotoIDs     []int64
	Markets      []string
	Shown        bool // its producer is active
	PublishedAt  *time.Time
	UpdatedAt    time.Time
}

const sqlPageHead = `/* catalog.page */
select p.id, p.slug, p.state, m.id as producer_id, m.slug as producer_base, mt.name as producer_name,
       v.id as village_id, v.slug as village_slug, vt.name as village_name,
       c.id as category_id, c.slug as category_slug, ct.name as category_name,
       coalesce(o.slug, '') as parent_slug, coalesce(ot.name, '') as parent_name,
       c.food, p.shelf_life_days as shelf_days, p.storage,
       array(select a.code from product_allergens x join allergens a on a.code = x.allergen
             where x.product_id = p.id and x.kind = 'contains' order by a.position) as contains,
       array(select a.code from product_allergens x join allergens a on a.code = x.allergen
             where x.product_id = p.id and x.kind = 'may_contain' order by a.position) as may_contain,
       array(select f.photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id) as photo_ids,
       array(select l.market from listings l join markets k on k.code = l.market
             where l.product_id = p.id order by k.position, k.code) as markets,
       m.state = 'active' as shown, p.published_at, p.updated_at
from products p
join producers m on m.id = p.producer_id
join villages v on v.id = m.village_id
join categories c on c.id = p.category_id
left join categories o on o.id = c.parent_id
join lateral (select name from producer_texts t where t.producer_id = m.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1) mt on true
join lateral (select name from village_texts t where t.village_id = v.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc, t.lang limit 1) vt on true
join lateral (select name from category_texts t where t.category_id = c.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) ct on true
left join lateral (select name from category_texts t where t.category_id = o.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) ot on true
where p.id = $2`

// Goods that an overdue order still holds count as free, as in the cart: whoever buys them has that order ended first.
const sqlPageVariants = `/* catalog.page_variants */
select v.id, coalesce(t.label, '') as label, coalesce(t.lang, '') as label_lang, v.net_quantity, v.net_unit, v.weight_grams,
       (v.stock + coalesce((select sum(r.quantity) from reservations r
           where r.variant_id = v.id and r.state = 'held' and r.expires_at <= $4), 0))::int as stock,
       o.price_minor, o.currency, o.base_minor, o.base as base_in, o.rate, o.rate_date, o.by_hand,
       case when v.stock < 20 then (select min(r.expires_at) from reservations r
           where r.variant_id = v.id and r.state = 'held' and r.expires_at > $4) end as free_at
from offers o join variants v on v.id = o.variant_id
left join lateral (select label, lang from variant_texts t where t.variant_id = v.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) t on true
where o.market = $2 and o.product_id = $3 and v.active
order by v.position, v.id`

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

// ProductByID is ProductBySlug for those who know the id. It costs three statements in one round trip.
func (s *Service) ProductByID(ctx context.Context, market string, lang i18n.Lang, id int64) (ProductPage, error) {
	watch.On(ctx, watch.Product(id), watch.Places, watch.Categories, watch.Markets)
	var head pageHead
	var texts []Text
	var variants []PricedVariant
	batch := &pgx.Batch{}
	one(batch, &head, sqlPageHead, lang, id)
	many(batch, &texts, sqlTexts, id)
	many(batch, &variants, sqlPageVariants, lang, market, id, s.now())
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return ProductPage{}, postgres.Err(err)
	}
	watch.On(ctx, watch.Producer(head.ProducerID))
	for _, v := range variants {
		if v.FreeAt != nil {
			watch.Until(ctx, *v.FreeAt)
		}
	}
	switch {
	case head.State == Withdrawn && head.PublishedAt != nil:
		return ProductPage{}, errs.E(errs.Gone, "product was withdrawn")
	case !live(head.State, head.PublishedAt != nil) || !head.Shown:
		return ProductPage{}, errs.E(errs.NotFound, "product is not for buyers")
	}
	return head.page(lang, texts, variants), nil
}

func (h pageHead) page(lang i18n.Lang, texts []Text, variants []PricedVariant) ProductPage {
	best := inOrder(texts, lang)
	return ProductPage{
		ID: h.ID, SlugBase: h.Slug,
		Name:        firstSaid(best, func(t Text) string { return t.Name }),
		Summary:     firstSaid(best, func(t Text) string { return t.Summary }),
		Story:       firstSaid(best, func(t Text) string { return t.Story }),
		Composition: firstSaid(best, func(t Text) string { return t.Composition }),
		ProducerID:  h.ProducerID, ProducerSlug: slugWithID(h.ProducerBase, h.ProducerID), ProducerName: h.ProducerName,
		VillageID: h.VillageID, VillageSlug: h.VillageSlug, VillageName: h.VillageName,
		CategoryID: h.CategoryID, CategorySlug: h.CategorySlug, CategoryName: h.CategoryName,
		ParentSlug: h.ParentSlug, ParentName: h.ParentName,
		Food: h.Food, ShelfDays: h.ShelfDays, Storage: h.Storage,
		Allergens: Allergens{Contains: h.Contains, MayContain: h.MayContain},
		PhotoIDs:  h.PhotoIDs, Variants: variants, Markets: h.Markets, PublishedAt: *h.PublishedAt, UpdatedAt: h.UpdatedAt,
	}
}

// inOrder returns the texts buyers may read, the asked language first, then English, Russian, the producer's own.
func inOrder(texts []Text, lang i18n.Lang) []Text {
	rank := func(t Text) int {
		switch {
		case t.Lang == lang:
			return 0
		case t.Lang == i18n.EN:
			return 1
		case t.Lang == i18n.RU:
			return 2
		case t.State == TextSource:
			return 3
		}
		return 4
	}
	readable := slices.DeleteFunc(slices.Clone(texts), func(t Text) bool { return t.State == TextDraft })
	slices.SortStableFunc(readable, func(a, b Text) int { return rank(a) - rank(b) })
	return readable
}

func firstSaid(texts []Text, of func(Text) string) Said {
	for _, t := range texts {
		if text := of(t); text != "" {
			return Said{text, t.Lang}
		}
	}
	return Said{}
}
