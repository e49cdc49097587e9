// Package click is Click of Uzbekistan behind payments.Gateway, and the other
// half of it: Click calls us, by its SHOP-API (signed forms over HTTPS), first
// to prepare a payment, then to complete it, and Server answers.
//
// What is done about a call is payments.Incoming's; this package knows only
// the protocol. Source: docs.click.uz, SHOP-API, and the vendor's
// click-integration-php.
package click

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// Life is how long we keep an order for a payment that was prepared and not
// completed. The protocol names no time; Click completes within minutes.
const Life = 2 * time.Hour

// Pay is where buyers pay.
const Pay = "https://my.click.uz/services/pay"

// Config is what the operator has agreed with Click.
type Config struct {
	ServiceID  string
	MerchantID string
	SecretKey  string            // signs Click's calls
	PayURL     string            // where buyers pay; empty: Pay
	Attempts   payments.Attempts // our own store
	Now        func() time.Time
	Log        *slog.Logger
}

func (c Config) complete() (Config, error) {
	if c.ServiceID == "" || c.MerchantID == "" || c.SecretKey == "" {
		return c, errors.New("click: the service's id, the merchant's id and the secret key are needed")
	}
	if c.PayURL == "" {
		c.PayURL = Pay
	}
	return c, nil
}

// Gateway sends buyers to Click.
type Gateway struct{ cfg Config }

var _ payments.Gateway = (*Gateway)(nil)

// New returns the gateway.
func New(c Config) (*Gateway, error) {
	c, err := c.complete()
	return &Gateway{c}, err
}

// Provider names Click.
func (*Gateway) Provider() payments.Provider { return payments.ProviderClick }

// Accepts takes any sum in Uzbek soʻm.
func (*Gateway) Accepts(amount money.Amount) error { return accepts(amount) }

func accepts(amount money.Amount) error {
	switch {
	case amount.Currency != money.UZS:
		return payments.ErrCurrency
	case amount.Minor <= 0:
		return payments.ErrBelowMinimum
	}
	return nil
}

// Start makes the link to pay by; nobody is called.
func (g *Gateway) Start(_ context.Context, a payments.Attempt) (payments.Started, error) {
	if err := accepts(a.Amount); err != nil {
		return payments.Started{}, errs.E(errs.Invalid, fmt.Sprintf("click: %v", a.Amount), err)
	}
	if !a.ExpiresAt.After(g.cfg.Now()) {
		return payments.Started{}, errs.E(errs.Gone, fmt.Sprintf("click: the time of payment %d is over", a.PaymentID))
	}
	link := url.Values{
		"service_id": {g.cfg.ServiceID}, "merchant_id": {g.cfg.MerchantID}, "amount": {a.Amount.Decimal()},
		"transaction_param": {a.Reference}, "return_url": {a.SuccessURL},
	}
	return payments.Started{ProviderRef: payments.AttemptRef(a.PaymentID), RedirectURL: g.cfg.PayURL + "?" + link.Encode(), ExpiresAt: a.ExpiresAt}, nil
}

// Lookup reads what Click has told us.
func (g *Gateway) Lookup(ctx context.Context, ref string) (payments.Outcome, error) {
	return g.cfg.Attempts.Standing(ctx, payments.ProviderClick, ref)
}

// Expire makes us refuse a payment that comes late.
func (g *Gateway) Expire(ctx context.Context, ref string) error {
	return g.cfg.Attempts.Withdraw(ctx, payments.ProviderClick, ref)
}
