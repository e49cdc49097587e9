package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

// standinPath is where the demo's stand-in for Stripe is mounted in the shop's own address.
const standinPath = "/demo/stripe"

// card is who takes cards: Stripe, its stand-in in a demo without keys, or nobody.
type card struct {
	stripe  *stripe.Gateway
	standin *standin.Standin
}

// standinBody is more than any form of the stand-in or any call to it needs, in bytes.
const standinBody = 256 << 10

// openCard decides by keys and flags. The code that talks to Stripe is the same in all cases.
func openCard(c Config, o serveOptions, listener net.Listener, log *slog.Logger) (*card, error) {
	if c.StripeKey != "" {
		gateway, err := stripe.New(stripe.Config{SecretKey: c.StripeKey, WebhookSecret: c.StripeWebhookSecret,
			APIBase: c.StripeAPIBase, PaymentMethods: c.StripePaymentMethods, MaxRetries: 2, Now: time.Now})
		return &card{stripe: gateway}, err
	}
	if !o.demo || listener == nil {
		return &card{}, nil
	}
	return openStandin(c, listener, log)
}

func openStandin(c Config, listener net.Listener, log *slog.Logger) (*card, error) {
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("stand-in for Stripe: %w", err)
	}
	self := "http://" + net.JoinHostPort("127.0.0.1", port)
	signing, err := secret(c)
	if err != nil {
		return nil, err
	}
	// Both keys must outlive a restart, for the stand-in keeps its sessions.
	key, webhook := "sk_test_"+derived(signing, "stand-in key"), "whsec_"+derived(signing, "stand-in webhooks")
	s, err := standin.New(standin.Config{SecretKey: key, WebhookSecret: webhook, WebhookURL: self + "/webhooks/stripe",
		PublicURL: c.BaseURL + standinPath, Merchant: "Awıl", File: filepath.Join(c.DataDir, "stripe-standin.json"),
		Now: time.Now, Log: log, RedirectWait: 2 * time.Second})
	if err != nil {
		return nil, err
	}
	gateway, err := stripe.New(stripe.Config{SecretKey: key, WebhookSecret: webhook, APIBase: self + standinPath,
		PaymentMethods: c.StripePaymentMethods, MaxRetries: 2, Now: time.Now})
	return &card{stripe: gateway, standin: s}, err
}

// derived makes a key of its own for one purpose out of the program's secret.
func derived(secret []byte, purpose string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(purpose))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func (c *card) gateway() payments.Gateway {
	if c.stripe == nil {
		return nil
	}
	return c.stripe
}

// stripeCheckout is where Stripe's pay pages are; https://docs.stripe.com/security/guide#content-security-policy.
const stripeCheckout = "https://checkout.stripe.com"

// origins lists the other sites a checkout form leads to. The stand-in's pay page is on the shop's own.
func (c *card) origins() []string {
	if c.stripe == nil || c.standin != nil {
		return nil
	}
	return []string{stripeCheckout}
}

// run delivers the stand-in's webhooks until ctx ends.
func (c *card) run(ctx context.Context) {
	if c != nil && c.standin != nil {
		c.standin.Run(ctx)
	}
}

// mount puts the stand-in beside the shop.
func (c *card) mount(shop http.Handler) http.Handler {
	if c.standin == nil {
		return shop
	}
	// Its pay page is a page like any other: nobody else's page may press its buttons, and its forms are small.
	inner := http.NewCrossOriginProtection().Handler(http.MaxBytesHandler(http.StripPrefix(standinPath, c.standin), standinBody))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, standinPath+"/") {
			inner.ServeHTTP(w, r)
			return
		}
		shop.ServeHTTP(w, r)
	})
}
