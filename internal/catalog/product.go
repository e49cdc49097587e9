package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
)

// Storage is how a product keeps.
type Storage string

// The ways to store, as the table products lists them.
const (
	StoreAny     Storage = "none" // nothing to mind
	StoreRoom    Storage = "room"
	StoreCoolDry Storage = "cool_dry"
	StoreCold    Storage = "refrigerate"
)

// Storages lists every way to store in the order forms show them.
var Storages = []Storage{StoreAny, StoreRoom, StoreCoolDry, StoreCold}

// Unit is what a variant's net quantity counts.
type Unit string

// The units, as the table variants lists them.
const (
	Gram       Unit = "g"
	Millilitre Unit = "ml"
	Piece      Unit = "piece"
)

// Units lists every unit in the order forms show them.
var Units = []Unit{Gram, Millilitre, Piece}

// Source is what a producer wrote about a product, in her language.
type Source struct {
	Lang        i18n.Lang
	Name        string
	Story       string
	Composition string
	UpdatedAt   time.Time
}

// TextState is how a translation stands.
type TextState string

// The states of a text, as the domain text_state lists them.
const (
	TextSource   TextState = "source"   // the language it was written in
	TextDraft    TextState = "draft"    // awaits a person; no buyer reads it
	TextApproved TextState = "approved" //
	TextStale    TextState = "stale"    // approved before the source changed; buyers still read it
)

// Text is what buyers read of a product in one language.
type Text struct {
	Lang        i18n.Lang
	Name        string
	Summary     string
	Story       string
	Composition string
	State       TextState
	UpdatedAt   time.Time
}

// Variant is what has a price, a stock and a weight: one size or colour of a product.
type Variant struct {
	ID          int64
	ProductID   int64
	Position    int
	NetQuantity *int // in NetUnit, as on the label; nil where the piece says it all
	NetUnit     Unit
	WeightGrams int // packed, for shipping
	PriceMinor  int64
	Currency    money.Currency
	Stock       int // free to sell: goods held for orders are already out
	Active      bool
	Label       string // size or colour in the producer's own language; empty where quantity says it
}

// Price is what the producer asks, in her currency.
func (v Variant) Price() money.Amount { return money.New(v.PriceMinor, v.Currency) }

// Allergens says what a product contains and what it may contain traces of, as codes of AllergenCodes.
type Allergens struct {
	Contains   []string
	MayContain []string
}

// Product is a listing as its producer and the programme see it.
type Product struct {
	ID           int64
	SlugBase     string `db:"slug"`
	ProducerID   int64
	CategoryID   *int64
	CategorySlug string // empty until she has chosen
	Food         bool
	State        State
	ShelfDays    *int `db:"shelf_life_days"`
	Storage      Storage
	SeasonFrom   time.Month
	SeasonTo     time.Month
	HSCode       string // six digits; empty until staff have set it
	SubmittedAt  *time.Time
	PublishedAt  *time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Currency     money.Currency // the producer's
	Source       Source         `db:"-"`
	Variants     []Variant      `db:"-"` // active ones, in order
	Photos       []Photo        `db:"-"` // in order
	Allergens    Allergens      `db:"-"`
}

// Slug is the product's last URL segment: its name and its id.
func (p Product) Slug() string { return slugWithID(p.SlugBase, p.ID) }

// Season is when there is some of it.
func (p Product) Season() Season { return Season{p.SeasonFrom, p.SeasonTo} }

// Live reports whether buyers may see the product, in the words approved last.
func (p Product) Live() bool { return live(p.State, p.PublishedAt != nil) }

// Photo is a picture of a product.
type Photo struct {
	ID    int64 `db:"photo_id"`
	Shown bool  // approved for buyers
}

func live(s State, published bool) bool { return published && s != Withdrawn && s != Draft }

func slugWithID(base string, id int64) string { return fmt.Sprintf("%s-%d", base, id) }

// IDFromSlug reads the id at the end of a URL segment; without one it gives errs.NotFound.
func IDFromSlug(slug string) (int64, error) {
	id, err := strconv.ParseInt(slug[strings.LastIndexByte(slug, '-')+1:], 10, 64)
	if err != nil || id <= 0 {
		return 0, errs.E(errs.NotFound, "no id in slug")
	}
	return id, nil
}

// slugOf makes the readable part of a URL from the first name that gives one.
func slugOf(names ...string) string {
	for _, name := range names {
		if slug := i18n.Slug(name); slug != "" {
			return slug
		}
	}
	return "product"
}
