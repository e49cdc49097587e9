package chaos

import (
	"context"
	"fmt"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// refund is money the provider sends back.
type refund struct {
	ref      string
	refundID int64
	session  string
	amount   money.Amount
	status   payments.RefundStatus
}

// dispute is money a buyer's bank has taken back.
type dispute struct {
	ref     string
	session string
	amount  money.Amount
	status  payments.DisputeStatus
	opened  payments.DisputeOutcome
}

// feeBP is what the provider keeps of a payment.
const feeBP = 290

// charge books that the money of a session came.
func (p *provider) charge(s *session) {
	s.paidAt = p.clock()
	p.book(s, payments.ChargePayment, s.amount)
}

// book moves our balance at the provider by an amount, in the currency it
// settles in.
func (p *provider) book(s *session, kind payments.ChargeKind, of money.Amount) {
	c := payments.ProviderCharge{Ref: p.id("txn"), Kind: kind, Gross: of, Of: of, At: p.clock()}
	if to := p.settles; to != "" && to != of.Currency {
		rate := settleRate[of.Currency]
		c.Rate = &rate
		c.Gross = must(of.Convert(rate, to, money.HalfUp))
	}
	c.Fee = money.Zero(c.Gross.Currency)
	if kind == payments.ChargePayment {
		c.Fee = must(c.Gross.Portion(feeBP, money.HalfUp))
	}
	s.charges = append(s.charges, c)
	p.tell(payments.Event{Type: "charge.updated", ProviderRef: s.ref, PaymentID: s.paymentID, Subject: payments.AboutCharge, SubjectRef: s.ref})
}

// settleRate is what the provider changes money at when it settles in dollars.
var settleRate = map[money.Currency]money.Rate{
	money.UZS: must(money.ParseRate("0.0000793")), money.JPY: must(money.ParseRate("0.00671")),
}

// must is for what cannot go wrong with the sums of a schedule.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (p *provider) charges(_ context.Context, ref string) ([]payments.ProviderCharge, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, known := p.sessions[ref]
	if !known {
		return nil, errs.E(errs.NotFound, "no session "+ref)
	}
	return append([]payments.ProviderCharge(nil), s.charges...), nil
}

// back is what has been sent back of a session, and what banks took.
func (p *provider) back(ref string) (sent int64) {
	for _, r := range p.refunds {
		if r.session == ref && r.status != payments.RefundRefused {
			sent += r.amount.Minor
		}
	}
	for _, d := range p.disputes {
		if d.session == ref && d.status != payments.DisputeWon {
			sent += d.amount.Minor
		}
	}
	return sent
}

func (p *provider) refund(_ context.Context, o payments.RefundOrder, fail bool) (payments.RefundOutcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	what := fmt.Sprintf("refund %d %s %v", o.RefundID, o.PaymentRef, o.Amount)
	ref, err := p.under(o.IdempotencyKey, what, fail, func() (string, error) {
		s, known := p.sessions[o.PaymentRef]
		if !known || s.status != payments.StatusSucceeded {
			return "", errs.E(errs.Invalid, "nothing was paid at "+o.PaymentRef)
		}
		if o.Amount.Currency != s.amount.Currency || p.back(s.ref)+o.Amount.Minor > s.amount.Minor && !p.broken.Generous {
			return "", errs.E(errs.Invalid, "the refund is greater than what is left of the charge")
		}
		r := &refund{ref: p.id("re"), refundID: o.RefundID, session: s.ref, amount: o.Amount, status: payments.RefundArrived}
		if p.next%3 == 0 { // some banks take their time
			r.status = payments.RefundAtProvider
		}
		p.refunds = append(p.refunds, r)
		p.book(s, payments.ChargeRefund, negative(o.Amount))
		p.tellRefund(r, "refund.created")
		return r.ref, nil
	})
	if err != nil {
		return payments.RefundOutcome{}, err
	}
	return p.outcomeOf(ref)
}

func (p *provider) tellRefund(r *refund, kind string) {
	p.tell(payments.Event{Type: kind, ProviderRef: r.session, Subject: payments.AboutRefund, SubjectRef: r.ref})
}

func (p *provider) lookupRefund(_ context.Context, ref string) (payments.RefundOutcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.outcomeOf(ref)
}

// findRefund finds a refund by the number we gave it.
func (p *provider) findRefund(_ context.Context, id int64) (payments.RefundOutcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.refunds {
		if r.refundID == id && !p.broken.Forgetful {
			return p.outcomeOf(r.ref)
		}
	}
	return payments.RefundOutcome{}, errs.E(errs.NotFound, fmt.Sprintf("no refund of ours %d", id))
}

func (p *provider) outcomeOf(ref string) (payments.RefundOutcome, error) {
	for _, r := range p.refunds {
		if r.ref == ref {
			o := payments.RefundOutcome{Ref: ref, Status: r.status, RefundID: r.refundID, PaymentRef: r.session, Amount: r.amount}
			if r.status == payments.RefundRefused {
				o.FailureKey = "errors.payment.declined"
			}
			return o, nil
		}
	}
	return payments.RefundOutcome{}, errs.E(errs.NotFound, "no refund "+ref)
}

// refundsIn lists the refunds that stand so.
func (p *provider) refundsIn(status payments.RefundStatus) []*refund {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*refund
	for _, r := range p.refunds {
		if r.status == status {
			list = append(list, r)
		}
	}
	return list
}

// settleRefund lets a refund arrive, or come back.
func (p *provider) settleRefund(r *refund, arrives bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.status == payments.RefundRefused {
		return
	}
	r.status = payments.RefundArrived
	if !arrives {
		r.status = payments.RefundRefused
		p.book(p.sessions[r.session], payments.ChargeRefund, r.amount)
	}
	p.tellRefund(r, "refund.updated")
}

// openDispute lets a buyer's bank take all that is left of a payment back.
func (p *provider) openDispute(ref string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.sessions[ref]
	left := s.amount.Minor - p.back(ref)
	if left <= 0 || s.status != payments.StatusSucceeded {
		return false
	}
	d := &dispute{ref: p.id("dp"), session: ref, amount: money.New(left, s.amount.Currency), status: payments.DisputeOpen}
	d.opened = payments.DisputeOutcome{Ref: d.ref, PaymentID: s.paymentID, Reference: s.reference, Amount: d.amount, Reason: "fraudulent",
		RespondBy: p.clock().AddDate(0, 0, 7), OpenedAt: p.clock(), PaymentRef: ref}
	p.disputes = append(p.disputes, d)
	p.book(s, payments.ChargeDispute, negative(d.amount))
	p.tellDispute(d, "charge.dispute.created")
	return true
}

func (p *provider) tellDispute(d *dispute, kind string) {
	p.tell(payments.Event{Type: kind, ProviderRef: d.session, Subject: payments.AboutDispute, SubjectRef: d.ref})
}

// openDisputes lists those not decided yet.
func (p *provider) openDisputes() []*dispute {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*dispute
	for _, d := range p.disputes {
		if d.status == payments.DisputeOpen {
			list = append(list, d)
		}
	}
	return list
}

// closeDispute decides one.
func (p *provider) closeDispute(d *dispute, won bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.status = payments.DisputeLost
	if won {
		d.status = payments.DisputeWon
		p.book(p.sessions[d.session], payments.ChargeDisputeReversed, d.amount)
	}
	p.tellDispute(d, "charge.dispute.closed")
}

func (p *provider) disputesSince(_ context.Context, since time.Time) (refs []string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.disputes {
		if !d.opened.OpenedAt.Before(since) {
			refs = append(refs, d.ref)
		}
	}
	return refs, nil
}

func (p *provider) lookupDispute(_ context.Context, ref string) (payments.DisputeOutcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.disputes {
		if d.ref == ref {
			o := d.opened
			o.Status = d.status
			return o, nil
		}
	}
	return payments.DisputeOutcome{}, errs.E(errs.NotFound, "no dispute "+ref)
}

func negative(a money.Amount) money.Amount { return money.New(-a.Minor, a.Currency) }
