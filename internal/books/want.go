package books

import (
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// someday stands for when things happened, which a comparison leaves out.
var someday = time.Unix(0, 0)

// want is what must be booked for an event of the order; known is false when
// there was no such event.
func (r *replay) want(t transaction) (p ledger.Posting, known bool, err error) {
	switch t.rule {
	case ledger.RuleOrderPaid, ledger.RuleUnexpected:
		return r.wantPayment(t)
	case ledger.RuleCashCollected:
		if p := r.parcel(t.subjectID); p != nil && p.collector != "" {
			posting, err := ledger.CashCollected(p.ID, p.collector, r.saleOf(*p), someday, 0)
			return posting, true, err
		}
	case ledger.RuleEarningsReleased:
		if p := r.parcel(t.subjectID); p != nil && p.released {
			posting, err := ledger.EarningsReleased(p.ID, r.id, p.ProducerID, r.left(p.ID), someday)
			return posting, true, err
		}
	case ledger.RuleRefund, ledger.RuleRefundSent, ledger.RuleRefundFailed:
		if f := r.refund(t.subjectID); f != nil {
			return r.wantRefund(t, f)
		}
	case ledger.RuleDisputeOpened, ledger.RuleDisputeWon, ledger.RuleDisputeLost:
		return r.wantDispute(t)
	case ledger.RuleProviderFee, ledger.RuleProviderExchange:
		return r.wantCharge(t)
	}
	return p, false, nil
}

func (r *replay) wantPayment(t transaction) (p ledger.Posting, known bool, err error) {
	for _, y := range r.payments {
		switch {
		case y.id != t.subjectID || y.expected != (t.rule == ledger.RuleOrderPaid):
			continue
		case y.expected:
			p, err = ledger.OrderPaid(y.id, y.till, r.sale(), someday)
		default:
			p, err = ledger.Unexpected(y.id, r.id, y.till, y.came, someday)
		}
		return p, true, err
	}
	return p, false, nil
}

func (r *replay) wantRefund(t transaction, f *refund) (p ledger.Posting, known bool, err error) {
	switch t.rule {
	case ledger.RuleRefund:
		if !f.ofOrder {
			return p, false, nil
		}
		f.booked = true
		p, err = r.refundPosting(f)
	case ledger.RuleRefundSent:
		f.out++
		f.lastTill = tillOf(t)
		p, err = ledger.RefundSent(f.id, r.id, f.lastTill, f.amount, someday, 0)
	default:
		f.back++
		p, err = ledger.RefundFailed(f.id, r.id, f.lastTill, f.amount, someday, 0)
	}
	return p, true, err
}

// tillOf is the till a transaction names; refunds may leave from any.
func tillOf(t transaction) ledger.Till {
	for _, e := range t.entries {
		if e.Account.Kind == ledger.Clearing {
			return e.Account.Till
		}
	}
	return ""
}

// refundPosting is the refund after those that are booked before it.
func (r *replay) refundPosting(f *refund) (ledger.Posting, error) {
	touched := map[int64]bool{}
	var parcels []ledger.RefundParcel
	for _, p := range r.parcels {
		if minor, some := f.shipping[p.ID]; some {
			touched[p.ID] = true
			parcels = append(parcels, ledger.RefundParcel{
				SaleParcel: p.SaleParcel, Before: money.New(r.shipping[p.ID], r.currency), Now: money.New(minor, r.currency),
				Released: r.released[p.ID],
			})
			r.shipping[p.ID] += minor
		}
	}
	for _, l := range r.lines {
		touched[l.ParcelID] = touched[l.ParcelID] || f.lines[l.ID] > 0
	}
	var lines []ledger.RefundLine
	for _, l := range r.lines {
		if touched[l.ParcelID] {
			now := f.lines[l.ID]
			lines = append(lines, ledger.RefundLine{SaleLine: l, Before: r.pieces[l.ID], Now: now, Released: r.released[l.ParcelID]})
			r.pieces[l.ID] += now
		}
	}
	return ledger.Refund(f.id, r.id, r.currency, lines, parcels, someday, 0)
}

func (r *replay) wantDispute(t transaction) (p ledger.Posting, known bool, err error) {
	for _, d := range r.disputes {
		if d.id != t.subjectID {
			continue
		}
		switch {
		case t.rule == ledger.RuleDisputeOpened:
			p, err = ledger.DisputeOpened(d.id, r.id, d.till, d.amount, someday)
		case t.rule == ledger.RuleDisputeWon && d.status == "won":
			p, err = ledger.DisputeWon(d.id, r.id, d.till, d.amount, someday)
		case t.rule == ledger.RuleDisputeLost && d.status == "lost":
			p, err = ledger.DisputeLost(d.id, r.id, d.till, d.amount, someday)
		default:
			continue
		}
		return p, true, err
	}
	return p, false, nil
}

func (r *replay) wantCharge(t transaction) (p ledger.Posting, known bool, err error) {
	for _, c := range r.charges {
		switch {
		case c.id != t.subjectID:
			continue
		case t.rule == ledger.RuleProviderFee && !c.fee.IsZero():
			p, err = ledger.ProviderFee(c.id, r.id, c.till, c.fee, someday)
		case t.rule == ledger.RuleProviderExchange && !c.rate.IsZero():
			p, err = ledger.ProviderExchange(c.id, r.id, c.till, c.source, c.gross, c.rate, someday)
		default:
			continue
		}
		return p, true, err
	}
	return p, false, nil
}
