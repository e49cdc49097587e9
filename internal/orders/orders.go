// Package orders owns what was bought: the order as the buyer agreed to it,
// one parcel for each producer, the goods set aside, the life of both and its
// history. Money is taken elsewhere; package checkout brings the two together.
package orders

import (
	"fmt"
	"time"

	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// Service holds the use cases of orders, on a pool or inside a transaction.
type Service struct {
	db    postgres.DB
	queue *jobs.Client
	clock func() time.Time
}

// New returns the service on db; letters about orders are enqueued on queue.
func New(db postgres.DB, queue *jobs.Client, clock func() time.Time) *Service {
	return &Service{db: db, queue: queue, clock: clock}
}

// Order is an order as it was agreed, and where it stands. The address fields
// keep what the buyer wrote, Region as shipping.Address has it.
type Order struct {
	ID        int64
	Token     string // of the private link
	Reference string // what buyer and staff call it, from the start: "7KQ2-M4XA"
	Number    *int64 // of a confirmed order
	AccountID *int64
	Market    string
	Lang      i18n.Lang
	Currency  money.Currency
	// Status is where the order stands now: one whose time to pay is over reads
	// as expired, one that stayed delivered as completed, whether or not
	// anything has written that down. Stored is what is written down, where the
	// next move begins.
	Status        Status
	Stored        Status
	PaymentMethod markets.Method
	Email         string
	shipping.Address
	Note             string
	ShippingMethodID int64
	ShippingKind     shipping.Kind
	ShippingName     string // as the buyer read it
	MinDays          int
	MaxDays          int
	GoodsMinor       int64
	ShippingMinor    int64
	TotalMinor       int64
	PlacedAt         time.Time
	ExpiresAt        *time.Time // until when unpaid goods are kept; nil where nothing is awaited
	PaidAt           *time.Time
	CompletesAt      *time.Time // when it is over, if it stays delivered
	CancelReason     string     // somebody's own words
	CancelledAs      FactKind   // why it was cancelled, where that is a fact; empty: CancelReason
}

// Goods is what the goods cost.
func (o Order) Goods() money.Amount { return money.New(o.GoodsMinor, o.Currency) }

// Shipping is what sending them costs.
func (o Order) Shipping() money.Amount { return money.New(o.ShippingMinor, o.Currency) }

// Total is what the buyer pays.
func (o Order) Total() money.Amount { return money.New(o.TotalMinor, o.Currency) }

// Confirmed reports whether the order stands: paid, or to be paid in cash.
func (o Order) Confirmed() bool { return o.Number != nil }

// Label names the order for people: its number once it has one, its reference
// until then.
func (o Order) Label() string {
	if o.Number != nil {
		return NumberLabel(*o.Number)
	}
	return o.Reference
}

// NumberLabel writes the number of a confirmed order.
func NumberLabel(number int64) string { return fmt.Sprintf("AW-%d", number) }

// Parcel is what one producer sends of an order.
type Parcel struct {
	ID             int64
	OrderID        int64
	ProducerID     int64
	ProducerName   string
	ProducerSlug   string // last URL segment
	VillageName    string
	Status         ParcelStatus
	ShippingMinor  int64 // its part of the order's shipping
	Carrier        string
	TrackingNumber string
	PackedAt       *time.Time
	ShippedAt      *time.Time
	DeliveredAt    *time.Time
	ReturnedAt     *time.Time
	ReleasesAt     *time.Time // when what its producer earned is payable to her, if it stays delivered
	ReleasedAt     *time.Time // when it was made payable
	Collector      string     // who took its cash, see ledger.Collector; empty: nobody yet
	CollectedAt    *time.Time
}

// TrackingURL is where the parcel can be followed to a country, or empty.
func (p Parcel) TrackingURL(country string) string {
	return shipping.TrackingURL(p.Carrier, p.TrackingNumber, country)
}

// Line is one thing bought, as it was promised.
type Line struct {
	ID           int64
	OrderID      int64
	ParcelID     int64
	ProductID    int64
	ProductSlug  string // last URL segment today
	PhotoID      *int64 // as shown today
	VariantID    int64
	ProducerID   int64
	Name         string // in the order's language, as it was
	VariantLabel string
	Quantity     int
	Currency     money.Currency
	UnitMinor    int64
	LineMinor    int64
	BaseMinor    int64 // the producer's own unit price then
	Base         money.Currency
	Rate         money.Rate // Base → Currency then
	CommissionBP int
	NetQuantity  *int
	NetUnit      string
	WeightGrams  int
}

// Unit is what one cost the buyer.
func (l Line) Unit() money.Amount { return money.New(l.UnitMinor, l.Currency) }

// Total is what the line cost the buyer.
func (l Line) Total() money.Amount { return money.New(l.LineMinor, l.Currency) }

// Earned is what the producer gets for the line: her price less the
// programme's commission, which is rounded so that she has the remainder.
func (l Line) Earned() (money.Amount, error) {
	price, err := money.New(l.BaseMinor, l.Base).Mul(int64(l.Quantity))
	if err != nil {
		return money.Amount{}, err
	}
	commission, err := price.Portion(int64(l.CommissionBP), money.HalfUp)
	if err != nil {
		return money.Amount{}, err
	}
	return price.Sub(commission)
}

// ActorKind says who moved an order.
type ActorKind string

// Who moves orders, as the table order_events lists them.
const (
	Buyer    ActorKind = "buyer"
	Producer ActorKind = "producer"
	Staff    ActorKind = "staff"
	Provider ActorKind = "provider" // of payments
	Clock    ActorKind = "clock"
)

// Actor is who does something to an order; AccountID is 0 where nobody is
// signed in.
type Actor struct {
	Kind      ActorKind
	AccountID int64
}

// Event is one step in the life of an order or one of its parcels.
type Event struct {
	ID         int64
	OrderID    int64
	ParcelID   *int64 // nil: of the order itself
	FromStatus *string
	ToStatus   string
	Actor      ActorKind
	AccountID  *int64
	Note       string // a person's words, or Fact in the language of whoever reads
	Fact       *Fact  // nil: nothing beyond the move, or somebody's own words
	At         time.Time
}

// Whole is an order with all that belongs to it.
type Whole struct {
	Order
	Parcels []Parcel
	Lines   []Line
	Events  []Event // oldest first
}

// LinesOf returns the lines of one parcel.
func (w Whole) LinesOf(parcelID int64) []Line {
	var lines []Line
	for _, l := range w.Lines {
		if l.ParcelID == parcelID {
			lines = append(lines, l)
		}
	}
	return lines
}
