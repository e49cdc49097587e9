package orders

import (
	"awil/internal/markets"
	"awil/internal/money"
)

// Door is the money of an order that is paid at the door, parcel by parcel.
type Door struct {
	Paid   money.Amount // what was taken so far
	ToCome money.Amount // what is still to be paid
}

// Costs is what the buyer pays for one parcel: its goods and its part of the
// shipping.
func (w Whole) Costs(parcelID int64) money.Amount {
	var minor int64
	for _, l := range w.LinesOf(parcelID) {
		minor += l.LineMinor
	}
	for _, p := range w.Parcels {
		if p.ID == parcelID {
			minor += p.ShippingMinor
		}
	}
	return money.New(minor, w.Currency)
}

// Door adds up what was paid and what is still to be paid at the door. Parcels
// that were not sent or came back unpaid cost nothing. It is false for an order
// that is paid before it is sent.
func (w Whole) Door() (Door, bool) {
	var paid, come int64
	for _, p := range w.Parcels {
		switch {
		case p.Collector != "":
			paid += w.Costs(p.ID).Minor
		case p.Expected():
			come += w.Costs(p.ID).Minor
		}
	}
	return Door{Paid: money.New(paid, w.Currency), ToCome: money.New(come, w.Currency)}, w.PaymentMethod == markets.COD
}

// Expected reports whether the parcel is with the buyer or will be.
func (p Parcel) Expected() bool { return p.Status != ParcelCancelled && p.Status != ParcelReturned }

// WhyDropped is what staff wrote when they ended one parcel of an order, for
// its buyer to read; empty when nobody did.
func (w Whole) WhyDropped(parcelID int64) string {
	for i := len(w.Events) - 1; i >= 0; i-- {
		e := w.Events[i]
		if e.ParcelID != nil && *e.ParcelID == parcelID && e.ToStatus == string(ParcelCancelled) && e.Actor == Staff && e.Fact == nil {
			return e.Note
		}
	}
	return ""
}
