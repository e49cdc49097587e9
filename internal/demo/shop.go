package demo

import (
	"context"
	"time"

	"awil/internal/cart"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/payouts"
	"awil/internal/reconcile"
)

// Shop is what orders go through.
type Shop struct {
	Cart      *cart.Service
	Orders    *orders.Service
	Checkout  *checkout.Service
	Payouts   *payouts.Service
	Reconcile *reconcile.Service
	// Quiet takes back the letters and other work of days long gone that waits to be done.
	Quiet func(ctx context.Context) error
}

// OpenShop opens a shop that lives by another clock and takes cards through a gateway.
type OpenShop func(ctx context.Context, clock func() time.Time, card payments.Gateway) (Shop, error)

// till is a card provider at which every buyer has paid at once.
type till struct{ paid map[string]payments.Outcome }

// Provider names Stripe, whose money it stands for.
func (t till) Provider() payments.Provider { return payments.ProviderStripe }

// Accepts takes any sum.
func (t till) Accepts(money.Amount) error { return nil }

// Start notes the attempt as paid.
func (t till) Start(_ context.Context, a payments.Attempt) (payments.Started, error) {
	ref := "cs_demo_" + a.Reference
	t.paid[ref] = payments.Outcome{Status: payments.StatusSucceeded, PaymentID: a.PaymentID, Reference: a.Reference, Amount: a.Amount,
		ChargeRef: "ch_demo_" + a.Reference}
	return payments.Started{ProviderRef: ref, RedirectURL: a.SuccessURL, ExpiresAt: a.ExpiresAt}, nil
}

// Lookup says what Start noted.
func (t till) Lookup(_ context.Context, ref string) (payments.Outcome, error) {
	outcome, found := t.paid[ref]
	if !found {
		return outcome, errs.E(errs.NotFound, "no such attempt")
	}
	return outcome, nil
}

// Expire has nothing to close.
func (t till) Expire(context.Context, string) error { return nil }
