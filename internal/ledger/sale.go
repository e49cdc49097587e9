package ledger

import (
	"fmt"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
)

// SaleLine is what was sold in one line of an order, as it was agreed.
type SaleLine struct {
	ID, ParcelID, ProducerID int64
	Quantity                 int
	Unit                     money.Amount // what one cost the buyer
	Base                     money.Amount // the producer's own price of one
	Rate                     money.Rate   // Base's currency → Unit's; not looked at when they are the same
	CommissionBP             int          // the programme's part of Base, in basis points
}

// SaleParcel is one producer's parcel of an order.
type SaleParcel struct {
	ID, ProducerID int64
	Shipping       money.Amount // what the buyer pays for sending it
	ToProducer     bool         // she sends it herself, so the shipping is hers; else the programme's
}

// Sale is an order, or one parcel of it, as the books need it.
type Sale struct {
	OrderID  int64
	Currency money.Currency // the buyer's
	Lines    []SaleLine
	Parcels  []SaleParcel
}

// Total is what the buyer pays for it.
func (s Sale) Total() (money.Amount, error) {
	total := money.Zero(s.Currency)
	for _, l := range s.Lines {
		line, err := l.Unit.Mul(int64(l.Quantity))
		if err == nil {
			total, err = total.Add(line)
		}
		if err != nil {
			return total, err
		}
	}
	for _, p := range s.Parcels {
		var err error
		if total, err = total.Add(p.Shipping); err != nil {
			return total, err
		}
	}
	return total, nil
}

// Collector is who took the cash for a parcel at the door.
type Collector string

// Who takes cash.
const (
	CollectorProducer  Collector = "producer"  // she keeps it and owes the programme its part
	CollectorCourier   Collector = "courier"   // who hands it in later
	CollectorProgramme Collector = "programme" // into its cash box
)

// OrderPaid books that an order's total came in through a till: what the
// producers earned goes into their reserves, the programme has its commission,
// the market's margin and the shipping that is not the producers'.
func OrderPaid(paymentID int64, till Till, s Sale, at time.Time) (Posting, error) {
	p := Posting{Rule: RuleOrderPaid, Subject: SubjectPayment, SubjectID: paymentID, OrderID: s.OrderID, At: at}
	return sold(p, clearing(till), reserve, s)
}

// CashCollected books the cash for the one parcel that s is of. A producer who
// keeps the cash has her earnings at once, and owes all that she took; what
// couriers or the programme took lies in their tills, and her earnings wait in
// her reserve.
func CashCollected(parcelID int64, c Collector, s Sale, at time.Time, by int64) (Posting, error) {
	p := Posting{Rule: RuleCashCollected, Subject: SubjectParcel, SubjectID: parcelID, OrderID: s.OrderID, At: at, By: by}
	if len(s.Parcels) != 1 || s.Parcels[0].ID != parcelID {
		return p, p.refuse("is not of that one parcel")
	}
	switch c {
	case CollectorProducer:
		return sold(p, payable(s.Parcels[0].ProducerID), payable, s)
	case CollectorCourier:
		return sold(p, clearing(TillCourier), reserve, s)
	case CollectorProgramme:
		return sold(p, clearing(TillCash), reserve, s)
	}
	return p, p.refuse(fmt.Sprintf("was collected by %q", string(c)))
}

// sold books a sale whose money came to an account, her earnings to another.
func sold(p Posting, came Account, hers func(int64) Account, s Sale) (Posting, error) {
	total, err := s.Total()
	if err != nil {
		return p, err
	}
	if err := s.check(); err != nil {
		return p, err
	}
	var d draft
	d.about(0, 0)
	if p.Subject == SubjectParcel {
		d.about(0, p.SubjectID)
	}
	d.debit(came, total)
	for _, l := range s.Lines {
		part, err := l.part(l.Quantity)
		if err != nil {
			return p, err
		}
		d.goods(l, part, hers(l.ProducerID))
	}
	for _, parcel := range s.Parcels {
		part, err := parcel.part(parcel.Shipping, s.Lines)
		if err != nil {
			return p, err
		}
		d.shipping(parcel, part, hers(parcel.ProducerID))
	}
	return d.posting(p)
}

// goods books a part of a line; a negative part takes it back.
func (d *draft) goods(l SaleLine, part linePart, hers Account) {
	d.about(l.ID, l.ParcelID)
	d.credit(hers, part.earned)
	d.credit(programme(Commission), part.commission)
	d.exchange(part.base, part.worth, l.Rate)
	d.credit(programme(Margin), part.margin)
}

// shipping books a part of what sending a parcel costs the buyer; a negative
// part takes it back.
func (d *draft) shipping(p SaleParcel, part shippingPart, hers Account) {
	d.about(0, p.ID)
	if !p.ToProducer {
		d.credit(programme(Shipping), part.paid)
		return
	}
	d.credit(hers, part.hers)
	d.exchange(part.hers, part.paid, part.rate)
}

// check refuses lines and parcels that do not belong together.
func (s Sale) check() error {
	for _, l := range s.Lines {
		if !s.has(l.ParcelID, l.ProducerID) || l.Quantity < 1 || l.Unit.Currency != s.Currency {
			return errs.E(errs.Invalid, fmt.Sprintf("ledger: line %d is none of the sale %d", l.ID, s.OrderID))
		}
	}
	return nil
}

func (s Sale) has(parcelID, producerID int64) bool {
	for _, p := range s.Parcels {
		if p.ID == parcelID {
			return p.ProducerID == producerID
		}
	}
	return false
}
