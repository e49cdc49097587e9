// Package payme is Payme Business of Uzbekistan behind payments.Gateway, and
// the other half of it: Payme calls us, by its Merchant API (JSON-RPC over
// HTTPS), for each step of a payment, and Server answers.
//
// What is done about a call is payments.Incoming's; this package knows only
// the protocol: who may call, what a request must look like, states, times and
// error codes. Source: developer.help.paycom.uz, pages on the Merchant API.
package payme

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// Life is how long a transaction may take from the time Payme gave it.
const Life = 12 * time.Hour

// Checkout is where buyers pay.
const Checkout = "https://checkout.paycom.uz"

// DefaultLogin is the login Payme calls with unless its support says another.
const DefaultLogin = "Paycom"

// Config is what the operator has agreed with Payme.
type Config struct {
	MerchantID string // of the web cash register
	Key        string // Payme proves itself with it
	Login      string // empty: DefaultLogin
	Checkout   string // where buyers pay, without a final slash; empty: Checkout
	// Allow lists the addresses calls may come from; empty: any. Payme's are
	// 185.234.113.1 to .15.
	Allow    []netip.Prefix
	Attempts payments.Attempts // our own store
	Now      func() time.Time
	Log      *slog.Logger
}

func (c Config) complete() (Config, error) {
	if c.MerchantID == "" || c.Key == "" {
		return c, errors.New("payme: both the merchant's id and the key are needed")
	}
	if strings.Contains(c.MerchantID, ";") {
		return c, errors.New("payme: the merchant's id has no semicolon")
	}
	if c.Login == "" {
		c.Login = DefaultLogin
	}
	if c.Checkout == "" {
		c.Checkout = Checkout
	}
	c.Checkout = strings.TrimSuffix(c.Checkout, "/")
	return c, nil
}

// Gateway sends buyers to Payme.
type Gateway struct{ cfg Config }

var _ payments.Gateway = (*Gateway)(nil)

// New returns the gateway.
func New(c Config) (*Gateway, error) {
	c, err := c.complete()
	return &Gateway{c}, err
}

// Provider names Payme.
func (*Gateway) Provider() payments.Provider { return payments.ProviderPayme }

// Accepts takes any sum in Uzbek soʻm. Payme has limits of its own for each
// merchant, which it does not tell us.
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
		return payments.Started{}, errs.E(errs.Invalid, fmt.Sprintf("payme: %v", a.Amount), err)
	}
	if !a.ExpiresAt.After(g.cfg.Now()) {
		return payments.Started{}, errs.E(errs.Gone, fmt.Sprintf("payme: the time of payment %d is over", a.PaymentID))
	}
	link := Link{Merchant: g.cfg.MerchantID, Order: a.Reference, Amount: a.Amount, Lang: Language(a.Lang), Return: a.SuccessURL}
	return payments.Started{ProviderRef: payments.AttemptRef(a.PaymentID), RedirectURL: g.cfg.Checkout + "/" + link.Encode(), ExpiresAt: a.ExpiresAt}, nil
}

// Lookup reads what Payme has told us.
func (g *Gateway) Lookup(ctx context.Context, ref string) (payments.Outcome, error) {
	return g.cfg.Attempts.Standing(ctx, payments.ProviderPayme, ref)
}

// Expire makes us refuse a payment that comes late.
func (g *Gateway) Expire(ctx context.Context, ref string) error {
	return g.cfg.Attempts.Withdraw(ctx, payments.ProviderPayme, ref)
}
