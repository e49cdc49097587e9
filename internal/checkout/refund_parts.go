package checkout

import (
	"fmt"
	"strings"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/shipping"
)

const (
	maxRefundReason = 500
	maxAnswer       = 2000
)

// fill takes over what staff chose, as far as it can go back, and adds it up.
func (d *decision) fill(o orders.Order, in RefundInput) error {
	bad := &errs.Fields{}
	d.Reason, d.answer = strings.TrimSpace(in.Reason), strings.TrimSpace(in.Answer)
	need(bad, "reason", d.Reason, maxRefundReason)
	atMost(bad, "answer", d.answer, maxAnswer)
	d.Lines, d.Shipping = linesOf(in), shippingOf(in)
	d.checkLines(bad)
	d.checkShipping(o, bad)
	if len(d.Lines)+len(d.Shipping) == 0 {
		bad.Add("lines", "refunds.decide.nothing")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return d.addUp(o.Currency)
}

// linesOf are the lines of which something goes back.
func linesOf(in RefundInput) []payments.RefundLine {
	var lines []payments.RefundLine
	for _, l := range in.Lines {
		if l.Quantity != 0 || l.Restock != 0 {
			lines = append(lines, payments.RefundLine{LineID: l.LineID, Quantity: l.Quantity, Restocked: l.Restock})
		}
	}
	return lines
}

// shippingOf are the parcels of whose shipping something goes back.
func shippingOf(in RefundInput) []payments.RefundShipping {
	var parcels []payments.RefundShipping
	for _, p := range in.Shipping {
		if p.Amount.Minor != 0 {
			parcels = append(parcels, payments.RefundShipping(p))
		}
	}
	return parcels
}

func (d *decision) checkLines(bad *errs.Fields) {
	seen := map[int64]bool{}
	for _, l := range d.Lines {
		sold := d.line(l.LineID)
		switch {
		case sold.ID == 0 || seen[l.LineID] || !d.refundable.Parcel(sold.ParcelID).Paid,
			l.Quantity < 1 || l.Quantity > sold.Left():
			bad.Add("lines", "refunds.decide.too_many")
		case l.Restocked < 0 || l.Restocked > l.Quantity || l.Restocked > sold.Quantity-sold.InStock:
			bad.Add("lines", "refunds.decide.too_many")
		}
		seen[l.LineID] = true
	}
}

func (d *decision) checkShipping(o orders.Order, bad *errs.Fields) {
	seen := map[int64]bool{}
	for _, s := range d.Shipping {
		p := d.refundable.Parcel(s.ParcelID)
		if !p.Paid || seen[s.ParcelID] || s.Amount.Currency != o.Currency || s.Amount.Sign() < 0 || s.Amount.Minor > p.Left().Minor {
			bad.Add("shipping", "refunds.decide.too_much")
		}
		seen[s.ParcelID] = true
	}
}

// addUp works out the sums of the lines and of the whole.
func (d *decision) addUp(cur money.Currency) error {
	d.Amount = money.Zero(cur)
	for i, l := range d.Lines {
		amount, err := d.line(l.LineID).Unit().Mul(int64(l.Quantity))
		if err == nil {
			d.Lines[i].Amount = amount
			d.Amount, err = d.Amount.Add(amount)
		}
		if err != nil {
			return err
		}
	}
	for _, s := range d.Shipping {
		var err error
		if d.Amount, err = d.Amount.Add(s.Amount); err != nil {
			return err
		}
	}
	return nil
}

// posting is the refund as the books take it: all lines of each parcel it
// touches, for shipping goes by their rate.
func (d decision) posting(id int64, s *Service) (ledger.Posting, error) {
	touched := map[int64]bool{}
	var parcels []ledger.RefundParcel
	for _, sh := range d.Shipping {
		p := d.refundable.Parcel(sh.ParcelID)
		touched[p.ID] = true
		parcels = append(parcels, ledger.RefundParcel{
			SaleParcel: ledger.SaleParcel{
				ID: p.ID, ProducerID: p.ProducerID, Shipping: p.Shipping(), ToProducer: d.refundable.Kind == shipping.Parcel,
			},
			Before: p.Refunded(), Now: sh.Amount, Released: released(p),
		})
	}
	now := map[int64]int{}
	for _, l := range d.Lines {
		now[l.LineID] = l.Quantity
		touched[d.line(l.LineID).ParcelID] = true
	}
	var lines []ledger.RefundLine
	for _, l := range d.refundable.Lines {
		if touched[l.ParcelID] {
			lines = append(lines, ledger.RefundLine{
				SaleLine: soldLine(l.Sold()), Before: l.Refunded, Now: now[l.ID], Released: released(d.refundable.Parcel(l.ParcelID)),
			})
		}
	}
	posting, err := ledger.Refund(id, d.OrderID, d.Amount.Currency, lines, parcels, s.now(), d.by.AccountID)
	if err != nil {
		return posting, fmt.Errorf("book refund %d: %w", id, err)
	}
	return posting, nil
}

// released reports whether what she earned with a parcel is payable to her
// already: in due time, or because she took the cash herself.
func released(p orders.RefundableParcel) bool {
	return p.ReleasedAt != nil || ledger.Collector(p.Collector) == ledger.CollectorProducer
}
