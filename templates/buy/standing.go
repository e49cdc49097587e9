package buy

import (
	"time"

	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/orders"
)

// Standing is how an order is told to its buyer: one sentence for where it is
// and what happens next.
type Standing string

// The standings. Those of an order that has to be paid come first.
const (
	PayByCard     Standing = "pay_card"
	Checking      Standing = "checking"      // back from the pay page, the provider has not told us yet
	CheckingLong  Standing = "checking_long" // for longer than it should take
	PayByTransfer Standing = "pay_bank"
	Packing       Standing = "packing"
	PackingForCOD Standing = "packing_cod"
	Packed        Standing = "packed"
	Partly        Standing = "partly" // some parcels have left, others have not
	OnTheWay      Standing = "shipped"
	Arrived       Standing = "delivered"
	TimeOver      Standing = "expired"
	Cancelled     Standing = "cancelled"
	CancelledPaid Standing = "cancelled_paid"
	MoneyBack     Standing = "refunded"
)

// Standings lists them all, for the test that every one has its words.
var Standings = []Standing{
	PayByCard, Checking, CheckingLong, PayByTransfer, Packing, PackingForCOD, Packed, Partly, OnTheWay, Arrived,
	TimeOver, Cancelled, CancelledPaid, MoneyBack,
}

// Visit is what a look at an order knows besides the order.
type Visit struct {
	Now   time.Time
	Back  bool // the buyer has just returned from the pay page, having paid
	Looks int  // how often the page has looked by itself since
}

// StandingOf tells where an order stands.
func StandingOf(w checkout.Overview, v Visit) Standing {
	if v.Back && w.Status == orders.Expired && w.Stored == orders.Placed {
		return awaiting(w, v) // she may have paid at the last moment
	}
	switch w.Status {
	case orders.Refunded:
		return MoneyBack
	case orders.Expired, orders.Cancelled:
		switch {
		case w.RefundDue:
			return CancelledPaid
		case len(w.Stray()) > 0:
			return MoneyBack
		case w.PaidAt != nil:
			return CancelledPaid
		case w.Status == orders.Expired:
			return TimeOver
		}
		return Cancelled
	case orders.Delivered, orders.Completed:
		return Arrived
	case orders.Shipped:
		return OnTheWay
	case orders.Placed:
		if !w.Confirmed() {
			return awaiting(w, v)
		}
	}
	return underWay(w.Whole)
}

func awaiting(o checkout.Overview, v Visit) Standing {
	switch back := v.Back && (o.PaymentMethod == markets.Card || o.BeingPaid); {
	case back && v.Looks >= MaxLooks:
		return CheckingLong
	case back:
		return Checking
	case o.ExpiresAt != nil && !o.ExpiresAt.After(v.Now):
		return TimeOver
	case o.PaymentMethod == markets.Bank:
		return PayByTransfer
	}
	return PayByCard
}

// MaxLooks is how often the page looks by itself whether a payment has come.
const MaxLooks = 8

func underWay(w orders.Whole) Standing {
	left, all := departed(w.Parcels)
	switch {
	case left > 0 && left < all:
		return Partly
	case left > 0:
		return OnTheWay
	case w.Status == orders.Packed:
		return Packed
	case w.PaymentMethod == markets.COD:
		return PackingForCOD
	}
	return Packing
}

// departed counts the parcels that have left, and those that are to come at
// all.
func departed(parcels []orders.Parcel) (left, all int) {
	for _, p := range parcels {
		switch p.Status {
		case orders.ParcelShipped, orders.ParcelDelivered:
			left++
			all++
		case orders.ParcelWaiting, orders.ParcelToPack, orders.ParcelPacked:
			all++
		}
	}
	return left, all
}

// over reports whether nothing more will come of the order.
func (s Standing) over() bool {
	return s == TimeOver || s == Cancelled || s == CancelledPaid || s == MoneyBack
}

// unpaid reports whether the order waits for money.
func (s Standing) unpaid() bool {
	return s == PayByCard || s == PayByTransfer || s == Checking || s == CheckingLong
}

// AsksToPay reports whether the buyer is asked for her money now: not while a
// payment is being looked for.
func (s Standing) AsksToPay() bool { return s == PayByCard || s == PayByTransfer }

// latest returns the last of some moments of the parcels; nil when none has
// one.
func latest(parcels []orders.Parcel, moment func(orders.Parcel) *time.Time) *time.Time {
	var last *time.Time
	for _, p := range parcels {
		if t := moment(p); t != nil && (last == nil || t.After(*last)) {
			last = t
		}
	}
	return last
}
