package books

import (
	"fmt"

	"awil/internal/ledger"
)

// missing says what happened to the order and is not booked.
func (r *replay) missing() {
	for _, y := range r.payments {
		switch {
		case y.expected:
			r.must(event{ledger.RuleOrderPaid, y.id}, "payment %d", y.id)
		case !y.came.IsZero():
			r.must(event{ledger.RuleUnexpected, y.id}, "payment %d, which pays for no order,", y.id)
		}
	}
	for _, p := range r.parcels {
		if p.collector != "" {
			r.must(event{ledger.RuleCashCollected, p.ID}, "the cash for parcel %d", p.ID)
		}
		// Of a parcel that was refunded whole there is nothing to release.
	}
	for _, f := range r.refunds {
		r.missingRefund(f)
	}
	for _, d := range r.disputes {
		r.must(event{ledger.RuleDisputeOpened, d.id}, "dispute %d", d.id)
		switch d.status {
		case "won":
			r.must(event{ledger.RuleDisputeWon, d.id}, "the end of dispute %d", d.id)
		case "lost":
			r.must(event{ledger.RuleDisputeLost, d.id}, "the end of dispute %d", d.id)
		}
	}
	for _, c := range r.charges {
		if !c.fee.IsZero() {
			r.must(event{ledger.RuleProviderFee, c.id}, "the fee of charge %d", c.id)
		}
		if !c.rate.IsZero() {
			r.must(event{ledger.RuleProviderExchange, c.id}, "the exchange of charge %d", c.id)
		}
	}
}

func (r *replay) missingRefund(f *refund) {
	if f.ofOrder {
		r.must(event{ledger.RuleRefund, f.id}, "refund %d", f.id)
	}
	back := f.sendings
	if f.sent {
		back--
	}
	if f.out != f.sendings || f.back != back {
		r.differ(r.id, 0, "refund %d was sent %d times and came back %d times, and is booked as sent %d times and come back %d times",
			f.id, f.sendings, back, f.out, f.back)
	}
	if f.out > 0 && f.lastTill != f.till {
		r.differ(r.id, 0, "refund %d was sent from %s and is booked as sent from %s", f.id, f.till, f.lastTill)
	}
}

// must says that an event is not booked, unless it is.
func (r *replay) must(e event, format string, args ...any) {
	if r.done[e] {
		return
	}
	for _, t := range r.booked {
		if t.event() == e {
			r.differ(r.id, t.id, "%s was corrected and not booked again", fmt.Sprintf(format, args...))
			return
		}
	}
	r.differ(r.id, 0, "%s is not booked", fmt.Sprintf(format, args...))
}
