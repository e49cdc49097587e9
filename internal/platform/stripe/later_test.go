package stripe_test

import (
	"errors"
	"slices"
	"testing"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

func newLaterRig(t *testing.T) (*rig, string) {
	t.Helper()
	r := newRig(t)
	r.gateway = newGateway(t, stripe.Config{APIBase: r.stripe.URL(), Now: r.now, MaxRetries: 2, PaymentMethods: []string{"card", "konbini"}})
	ref := r.start(t, r.attempt(41, yen)).ProviderRef
	check(t, r.stripe.PayLater(ref))
	if o := r.lookup(t, ref); o.Status != payments.StatusProcessing || o.PaymentID != 41 || o.Amount != yen || o.RedirectURL != "" {
		t.Errorf("with the slip in hand: %+v", o)
	}
	if err := r.gateway.Expire(t.Context(), ref); errs.KindOf(err) != errs.Conflict {
		t.Errorf("expiring it: %v", err)
	}
	return r, ref
}

func TestPaidLater(t *testing.T) {
	r, ref := newLaterRig(t)
	check(t, r.stripe.SlipPaid(ref))
	if o := r.lookup(t, ref); o.Status != payments.StatusSucceeded || o.FailureKey != "" {
		t.Errorf("paid: %+v", o)
	}
	wantTypes(t, r.settled(t), "checkout.session.completed", "payment_intent.succeeded", "checkout.session.async_payment_succeeded")
	if e := r.events[2]; e.ProviderRef != ref || e.PaymentID != 41 {
		t.Errorf("event: %+v", e)
	}
	if err := r.stripe.SlipPaid(ref); !errors.Is(err, standin.ErrNotOpen) {
		t.Errorf("paid twice: %v", err)
	}
	// Cash goes back by a bank account, for which Stripe asks the buyer.
	o := r.refund(t, refundOf(1, ref, yen))
	if o.Status != payments.RefundAtProvider {
		t.Errorf("refund: %+v", o)
	}
	check(t, r.stripe.FinishRefund(o.Ref))
	if o, err := r.gateway.LookupRefund(t.Context(), o.Ref); err != nil || o.Status != payments.RefundArrived {
		t.Errorf("refund: %+v, %v", o, err)
	}
}

func TestNotPaidLater(t *testing.T) {
	r, ref := newLaterRig(t)
	check(t, r.stripe.SlipLapsed(ref))
	if o := r.lookup(t, ref); o.Status != payments.StatusFailed || o.FailureKey != "errors.payment.lapsed" || !slices.Contains(stripe.FailureKeys(), o.FailureKey) {
		t.Errorf("lapsed: %+v", o)
	}
	wantTypes(t, r.settled(t), "checkout.session.completed", "payment_intent.payment_failed", "checkout.session.async_payment_failed")
	if err := r.stripe.SlipPaid(ref); !errors.Is(err, standin.ErrNotOpen) {
		t.Errorf("paid after it lapsed: %v", err)
	}
}

// A way to pay is offered only for sums it takes.
func TestPaymentMethods(t *testing.T) {
	r := newRig(t)
	both := newGateway(t, stripe.Config{APIBase: r.stripe.URL(), Now: r.now, PaymentMethods: []string{"card", "konbini"}})
	only := newGateway(t, stripe.Config{APIBase: r.stripe.URL(), Now: r.now, PaymentMethods: []string{"konbini"}})
	for i, c := range []struct {
		amount  money.Amount
		konbini bool
	}{
		{money.New(120, money.JPY), true}, {money.New(119, money.JPY), false},
		{money.New(300_000, money.JPY), true}, {money.New(300_001, money.JPY), false}, {money.New(4899, money.USD), false},
	} {
		r.gateway = both
		ref := r.start(t, r.attempt(int64(i+1), c.amount)).ProviderRef
		if err := r.stripe.PayLater(ref); (err == nil) != c.konbini {
			t.Errorf("%v at a counter: %v", c.amount, err)
		}
		if err := only.Accepts(c.amount); errors.Is(err, payments.ErrCurrency) == c.konbini {
			t.Errorf("%v with nothing else: %v", c.amount, err)
		}
		if err := both.Accepts(c.amount); err != nil {
			t.Errorf("%v: %v", c.amount, err)
		}
	}
}
