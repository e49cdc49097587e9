package content

import (
	"fmt"

	"awil/internal/i18n"
	"awil/internal/money"
)

// Programme is everything the demo shows.
type Programme struct {
	Head
	Countries   []Country
	Regions     []Region
	Districts   []District
	Heroes      []Photo // the pictures Village.Hero names
	Villages    []Village
	Categories  []Category // parents before their children
	Producers   []Producer // by slug, each with its products
	Collections []Collection
	Markets     []Market
	Rates       []Rate
	Shipping    []ShippingMethod
	Features    []Feature
	Waiting     []Addition
	Assessments []Assessment
}

// Head is the programme itself and the people who may sign in.
type Head struct {
	Name          Text
	Notice        Text   // says to visitors that all of this is a demonstration
	DefaultMarket string `json:"default_market"`
	CommissionBP  int    `json:"commission_bp"` // basis points of the maker's price
	ContactEmail  string `json:"contact_email"`
	BankDetails   string `json:"bank_details"`
	HubAddress    string `json:"hub_address"`
	Password      string // of every demo account
	Accounts      []Account
}

// Account is one demo account.
type Account struct {
	Email    string
	Name     string
	Role     string // curator, finance, admin, producer, buyer or partner
	Language i18n.Lang
	Producer string // slug of the producer she is a member of, or empty
}

// Country is the name of a country, by ISO 3166-1 alpha-2.
type Country struct {
	Code string
	Name Text
}

// Region is a region of a country, by ISO 3166-2.
type Region struct {
	Slug    string
	Country string
	ISO     string
	Name    Text
}

// District is a district or a city of a region.
type District struct {
	Slug   string
	Region string
	Name   Text
}

// Village is a place with its story.
type Village struct {
	Slug      string
	District  string
	Latitude  float64
	Longitude float64
	Hero      string // file name of one of Programme.Heroes
	Name      Text
	Summary   Text
	Story     Text
}

// Category is a shelf of the shop.
type Category struct {
	Slug   string
	Parent string // empty for the two at the top
	Food   bool
	Name   Text
}

// Photo is a picture in assets/demo/photos.
type Photo struct {
	File string
	Alt  Text
}

// Market is a destination. Its price for a product is the maker's, converted,
// with the margin added and rounded up to a multiple of RoundingMinor.
type Market struct {
	Code            string
	Currency        money.Currency
	Languages       []i18n.Lang
	DefaultLanguage i18n.Lang `json:"default_language"`
	Countries       []string
	MarginBP        int   `json:"margin_bp"`
	RoundingMinor   int64 `json:"rounding_minor"`
	Payment         []PaymentMethod
	Name            Text
}

// PaymentMethod is a way to pay in a market.
type PaymentMethod struct {
	Method      string // card, cod or bank
	HoldMinutes *int   `json:"hold_minutes"` // how long an unpaid order keeps its goods; nil for cash on delivery
}

// Rate says how many units of Quote one unit of Base buys from a day on.
type Rate struct {
	Base      money.Currency
	Quote     money.Currency
	ValidFrom string `json:"valid_from"` // 2006-01-02
	Rate      money.Rate
	Source    string
}

// ShippingMethod is a way to send goods in a market. Kind parcel: each producer
// sends her own; kind box: the hub sends one for the whole order.
type ShippingMethod struct {
	Market        string
	Code          string
	Kind          string
	BaseMinor     int64  `json:"base_minor"`      // for the first kilogram
	PerKgMinor    int64  `json:"per_kg_minor"`    // for each started kilogram after it
	FreeOverMinor *int64 `json:"free_over_minor"` // goods total from which it costs nothing
	MaxGrams      int    `json:"max_grams"`
	MinDays       int    `json:"min_days"`
	MaxDays       int    `json:"max_days"`
	Tracked       bool
	Name          Text
	Note          Text
}

// Feature is what a market's home page shows, each list in order.
type Feature struct {
	Market      string
	Products    []string
	Collections []string
}

// Assessment is what the programme found of a product.
type Assessment struct {
	Product string
	Points  map[string]int // by criterion of the scheme ocop
	Advice  string
	Lang    i18n.Lang // the advice's
}

// Addition is a sentence a maker adds to her story after the listing was approved, in her own language, so that the
// programme has something to review.
type Addition struct {
	Product string
	Adds    string
}

// Collection is a group of products that staff put together.
type Collection struct {
	Slug     string
	Products []string
	Name     Text
	Summary  Text
}

// Producer is an invented maker.
type Producer struct {
	Slug     string
	Village  string
	Kind     string // workshop, family or cooperative
	Since    int    // year
	WomenLed bool   `json:"women_led"`
	Currency money.Currency
	Language i18n.Lang // in which she writes
	Name     Text
	Story    Text
	Words    Text // one thing said in the maker's own voice, without quotation marks
	Products []Product
	MarkSVG  string `json:"-"` // from assets/demo/marks, drawn in currentColor
}

// Product is something a producer sells.
type Product struct {
	Slug          string
	Category      string
	HSCode        string `json:"hs_code"`         // six digits, HS 2022
	ShelfLifeDays *int   `json:"shelf_life_days"` // nil for what does not spoil
	Storage       string // none, room, cool_dry or refrigerate
	Season        Season // when there is some; zero: all year
	Markets       []string
	Allergens     Allergens
	Name          Text
	Summary       Text
	Story         Text
	Composition   Text // ingredients by weight, or materials and measures
	Variants      []Variant
	Photos        []Photo
}

// Season is from the beginning of one month to the end of another.
type Season struct{ From, To int }

// Allergens are codes of the programme's allergen list.
type Allergens struct {
	Contains   []string
	MayContain []string `json:"may_contain"`
}

// Variant is what has a price, a stock and a weight.
type Variant struct {
	Label       Text // nil when Net says it
	Net         Net
	WeightGrams int    `json:"weight_grams"` // packed, for shipping
	Price       string // the maker's, in major units of her currency
	Stock       int
}

// Net is the net quantity of one variant.
type Net struct {
	Quantity int
	Unit     string // g, ml or piece
}

// Amount returns the variant's price as money in its maker's currency.
func (v Variant) Amount(currency money.Currency) (money.Amount, error) {
	amount, err := money.Parse(v.Price, currency)
	if err != nil {
		return money.Amount{}, fmt.Errorf("price %q: %w", v.Price, err)
	}
	return amount, nil
}
