package ledger

import (
	"fmt"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
)

// RefundLine is a line of which some pieces' money goes back.
type RefundLine struct {
	SaleLine
	Before, Now int  // pieces refunded before, and by this refund
	Released    bool // what she earned with its parcel is payable already, or was hers at once
}

// RefundParcel is a parcel of which some shipping goes back.
type RefundParcel struct {
	SaleParcel
	Before, Now money.Amount // refunded before, and by this refund
	Released    bool         // as of RefundLine
}

// Unexpected books money that pays for no order: it is the buyer's.
func Unexpected(paymentID, orderID int64, till Till, amount money.Amount, at time.Time) (Posting, error) {
	var d draft
	d.debit(clearing(till), amount)
	d.credit(programme(Buyer), amount)
	return d.of(Posting{Rule: RuleUnexpected, Subject: SubjectPayment, SubjectID: paymentID, OrderID: orderID, At: at}, amount)
}

// Refund books what is owed back to the buyer and takes it from exactly those
// it went to: the producer, the commission, the margin, the shipping. Parts are
// cumulative, so that any refunds that give back a whole line reverse it to the
// last unit. When shipping that was the producer's goes back, lines holds all
// lines of that parcel, with Now 0 where nothing goes back.
func Refund(refundID, orderID int64, cur money.Currency, lines []RefundLine, parcels []RefundParcel, at time.Time, by int64) (Posting, error) {
	p := Posting{Rule: RuleRefund, Subject: SubjectRefund, SubjectID: refundID, OrderID: orderID, At: at, By: by}
	var d draft
	owed := money.Zero(cur)
	sale := make([]SaleLine, len(lines))
	for i, l := range lines {
		sale[i] = l.SaleLine
		if l.Before < 0 || l.Now < 0 || l.Before+l.Now > l.Quantity {
			return p, errs.E(errs.Invalid, fmt.Sprintf("ledger: refund of %d after %d of the %d of line %d", l.Now, l.Before, l.Quantity, l.ID))
		}
		part, err := l.back(l.Before, l.Now)
		if err == nil {
			owed, err = owed.Sub(part.paid)
		}
		if err != nil {
			return p, err
		}
		d.goods(l.SaleLine, part, hers(l.ProducerID, l.Released))
	}
	for _, parcel := range parcels {
		part, err := parcel.part(sale)
		if err == nil {
			owed, err = owed.Sub(part.paid)
		}
		if err != nil {
			return p, err
		}
		d.shipping(parcel.SaleParcel, part, hers(parcel.ProducerID, parcel.Released))
	}
	d.about(0, 0)
	d.credit(programme(Buyer), owed)
	return d.of(p, owed)
}

// part is what goes back of a parcel's shipping, negative; more than was paid
// is errs.Invalid.
func (p RefundParcel) part(lines []SaleLine) (shippingPart, error) {
	left, err := p.Shipping.Sub(p.Before)
	if err == nil {
		left, err = left.Sub(p.Now)
	}
	if err != nil {
		return shippingPart{}, err
	}
	if p.Before.Sign() < 0 || p.Now.Sign() < 0 || left.Sign() < 0 {
		return shippingPart{}, errs.E(errs.Invalid, fmt.Sprintf("ledger: refund of %v after %v of the shipping of parcel %d", p.Now, p.Before, p.ID))
	}
	return p.back(p.Before, p.Now, lines)
}

// hers is the producer's account her earnings lie on now.
func hers(producerID int64, released bool) Account {
	if released {
		return payable(producerID)
	}
	return reserve(producerID)
}

// RefundSent books that what was owed to the buyer left a till. A refund that
// came back and is sent once more is booked with the next Turn.
func RefundSent(refundID, orderID int64, till Till, amount money.Amount, at time.Time, by int64) (Posting, error) {
	var d draft
	d.debit(programme(Buyer), amount)
	d.credit(clearing(till), amount)
	return d.of(Posting{Rule: RuleRefundSent, Subject: SubjectRefund, SubjectID: refundID, OrderID: orderID, At: at, By: by}, amount)
}

// RefundFailed books that money sent to the buyer came back, so that it is
// owed again; its Turn is that of the sending it undoes.
func RefundFailed(refundID, orderID int64, till Till, amount money.Amount, at time.Time, by int64) (Posting, error) {
	var d draft
	d.debit(clearing(till), amount)
	d.credit(programme(Buyer), amount)
	return d.of(Posting{Rule: RuleRefundFailed, Subject: SubjectRefund, SubjectID: refundID, OrderID: orderID, At: at, By: by}, amount)
}

// of completes a posting of a sum that must be more than nothing.
func (d *draft) of(p Posting, amount money.Amount) (Posting, error) {
	if amount.Sign() <= 0 {
		return p, p.refuse(fmt.Sprintf("is of %v", amount))
	}
	return d.posting(p)
}
