// Package stripe takes card payments through Stripe Checkout: the buyer pays
// on Stripe's page, a signed webhook tells us to look, and what we then read
// from Stripe is what counts. It is the only package that knows stripe-go and
// the API version that comes with it.
package stripe

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/checkout/session"
	"github.com/stripe/stripe-go/v76/dispute"
	"github.com/stripe/stripe-go/v76/refund"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/payments"
)

// APIVersion is the version of Stripe's API that requests are made in and
// that the webhook endpoint must be created with.
const APIVersion = stripego.APIVersion

// maxLineItems is what one Checkout Session holds
// (stripe-go v76.25.0, CheckoutSessionParams.LineItems).
const maxLineItems = 100

// maxLifetime is the longest a Checkout Session stays open
// (stripe-go v76.25.0, CheckoutSessionParams.ExpiresAt).
const maxLifetime = 24 * time.Hour

// Config says how to reach Stripe and as whom.
type Config struct {
	SecretKey     string // sk_… or rk_…
	WebhookSecret string // whsec_…, of the endpoint that calls us
	APIBase       string // empty: https://api.stripe.com
	MaxRetries    int    // how often a call is repeated when the network fails; its key keeps it one call
	// PaymentMethods are the ways to pay that a session offers, as Stripe names
	// them, where they can take the sum; empty: cards. Some pay days later, such
	// as "konbini", for yen at a shop's counter.
	PaymentMethods []string
	HTTPClient     *http.Client
	Now            func() time.Time // the clock that webhooks' ages are measured with
}

// Gateway implements payments.Gateway, payments.Finder, payments.Refunder,
// payments.Disputer, payments.FeeReader and payments.WebhookVerifier. It holds its own key and
// connection: two of them, for two accounts, can live side by side. Safe for
// concurrent use.
type Gateway struct {
	backend       stripego.Backend
	key           string
	sessions      session.Client
	refunds       refund.Client
	disputes      dispute.Client
	methods       []string
	webhookSecret string
	now           func() time.Time
}

var (
	_ payments.Gateway         = (*Gateway)(nil)
	_ payments.Finder          = (*Gateway)(nil)
	_ payments.Refunder        = (*Gateway)(nil)
	_ payments.Disputer        = (*Gateway)(nil)
	_ payments.FeeReader       = (*Gateway)(nil)
	_ payments.WebhookVerifier = (*Gateway)(nil)
)

// New returns a gateway for one Stripe account. Without an HTTP client in c
// it uses one that gives up on a call after 20 seconds.
func New(c Config) (*Gateway, error) {
	if c.SecretKey == "" || c.WebhookSecret == "" {
		return nil, errors.New("stripe: both the secret key and the webhook secret are needed")
	}
	if len(c.PaymentMethods) == 0 {
		c.PaymentMethods = []string{methodCard}
	}
	backend := connect(c)
	return &Gateway{
		backend:       backend,
		key:           c.SecretKey,
		sessions:      session.Client{B: backend, Key: c.SecretKey},
		refunds:       refund.Client{B: backend, Key: c.SecretKey},
		disputes:      dispute.Client{B: backend, Key: c.SecretKey},
		methods:       c.PaymentMethods,
		webhookSecret: c.WebhookSecret,
		now:           c.Now,
	}, nil
}

// connect opens the way to Stripe's API that a configuration describes.
func connect(c Config) stripego.Backend {
	if c.APIBase == "" {
		c.APIBase = stripego.APIURL
	}
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Timeout: 20 * time.Second}
	}
	return stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{
		URL:               stripego.String(c.APIBase),
		HTTPClient:        c.HTTPClient,
		MaxNetworkRetries: stripego.Int64(int64(c.MaxRetries)),
		EnableTelemetry:   stripego.Bool(false),
		// Failures are returned; whoever handles them logs them, once.
		LeveledLogger: &stripego.LeveledLogger{Level: stripego.LevelNull},
	})
}

// Provider returns payments.ProviderStripe.
func (g *Gateway) Provider() payments.Provider { return payments.ProviderStripe }

// Accepts checks a sum against Stripe's limits.
func (g *Gateway) Accepts(amount money.Amount) error {
	if _, err := chargeable(amount); err != nil {
		return err
	}
	if len(methodsFor(g.methods, amount)) == 0 {
		return errs.E(errs.Invalid, "stripe: no way to pay takes "+amount.String(), payments.ErrCurrency)
	}
	return nil
}

// Start creates the Checkout Session of an attempt.
func (g *Gateway) Start(ctx context.Context, a payments.Attempt) (payments.Started, error) {
	params, err := g.sessionParams(a)
	if err != nil {
		return payments.Started{}, err
	}
	params.Context = ctx
	params.SetIdempotencyKey(a.IdempotencyKey)
	s, err := g.sessions.New(params)
	if err != nil {
		return payments.Started{}, failure("start", err)
	}
	if s.URL == "" {
		return payments.Started{}, errs.E(errs.Internal, "stripe: session "+s.ID+" has no page to pay on")
	}
	return payments.Started{ProviderRef: s.ID, RedirectURL: s.URL, ExpiresAt: time.Unix(s.ExpiresAt, 0).UTC()}, nil
}

func (g *Gateway) sessionParams(a payments.Attempt) (*stripego.CheckoutSessionParams, error) {
	switch now := g.now(); {
	case a.IdempotencyKey == "":
		return nil, errs.E(errs.Internal, "stripe: an attempt without an idempotency key could be charged twice")
	case !a.ExpiresAt.After(now):
		return nil, errs.E(errs.Gone, "stripe: the attempt has expired")
	case a.ExpiresAt.Sub(now) > maxLifetime:
		return nil, errs.E(errs.Invalid, "stripe: the attempt expires more than 24 hours from now")
	}
	items, err := lineItems(a)
	if err != nil {
		return nil, err
	}
	// On the session for the events about it, on the payment for the events
	// about that: either leads back to our row.
	ids := map[string]string{
		metaOrder:     strconv.FormatInt(a.OrderID, 10),
		metaPayment:   strconv.FormatInt(a.PaymentID, 10),
		metaReference: a.Reference,
	}
	params := &stripego.CheckoutSessionParams{
		Mode:               stripego.String(string(stripego.CheckoutSessionModePayment)),
		PaymentMethodTypes: stripego.StringSlice(methodsFor(g.methods, a.Amount)),
		ClientReferenceID:  stripego.String(a.Reference),
		Metadata:           ids,
		PaymentIntentData: &stripego.CheckoutSessionPaymentIntentDataParams{
			Description: stripego.String(a.Reference),
			Metadata:    ids,
		},
		LineItems:  items,
		Locale:     stripego.String(locale(a.Lang)),
		SuccessURL: stripego.String(a.SuccessURL),
		CancelURL:  stripego.String(a.CancelURL),
		ExpiresAt:  stripego.Int64(a.ExpiresAt.Unix()),
	}
	if a.Email != "" {
		params.CustomerEmail = stripego.String(a.Email)
	}
	return params, nil
}

// Metadata keys: where our own numbers travel.
const (
	metaOrder     = "order_id"
	metaPayment   = "payment_id"
	metaReference = "order_reference"
	metaRefund    = "refund_id"
)

// lineItems lists what is bought as Stripe wants it. Stripe adds the lines up
// itself, so an attempt whose lines do not make its amount is refused here
// rather than charged differently from what the buyer was shown. More lines
// than Stripe takes become one, named by the order's reference.
func lineItems(a payments.Attempt) ([]*stripego.CheckoutSessionLineItemParams, error) {
	if _, err := chargeable(a.Amount); err != nil {
		return nil, err
	}
	total := money.Zero(a.Amount.Currency)
	for _, item := range a.Items {
		line, err := item.Unit.Mul(item.Quantity)
		if err == nil {
			total, err = total.Add(line)
		}
		if err != nil {
			return nil, errs.E(errs.Internal, "stripe: sum of the lines", err)
		}
	}
	if total != a.Amount {
		return nil, errs.E(errs.Internal, "stripe: the lines make "+total.String()+", the attempt "+a.Amount.String())
	}
	items := a.Items
	if len(items) > maxLineItems {
		items = []payments.Item{{Name: a.Reference, Unit: a.Amount, Quantity: 1}}
	}
	lines := make([]*stripego.CheckoutSessionLineItemParams, 0, len(items))
	for _, item := range items {
		unit, err := Units(item.Unit)
		if err != nil {
			return nil, err
		}
		lines = append(lines, &stripego.CheckoutSessionLineItemParams{
			Quantity: stripego.Int64(item.Quantity),
			PriceData: &stripego.CheckoutSessionLineItemPriceDataParams{
				Currency:    stripego.String(code(item.Unit.Currency)),
				UnitAmount:  stripego.Int64(unit),
				ProductData: &stripego.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripego.String(item.Name)},
			},
		})
	}
	return lines, nil
}

// locale picks the language of Stripe's page. Stripe has neither Uzbek nor
// Karakalpak nor Kyrgyz; their readers are offered Russian. (List: Stripe's
// API reference, Checkout Session, locale, as of version 2023-10-16.)
func locale(lang i18n.Lang) string {
	switch lang {
	case i18n.JA:
		return "ja"
	case i18n.RU, i18n.UZ, i18n.KAA, i18n.KY:
		return "ru"
	}
	return "en"
}

// Lookup reads a Checkout Session with its payment.
func (g *Gateway) Lookup(ctx context.Context, providerRef string) (payments.Outcome, error) {
	params := &stripego.CheckoutSessionParams{}
	params.Context = ctx
	params.AddExpand("payment_intent")
	s, err := g.sessions.Get(providerRef, params)
	if err != nil {
		return payments.Outcome{}, failure("look up", err)
	}
	return outcome(s)
}

// Expire closes an open Checkout Session.
func (g *Gateway) Expire(ctx context.Context, providerRef string) error {
	params := &stripego.CheckoutSessionExpireParams{}
	params.Context = ctx
	params.SetIdempotencyKey("expire:" + providerRef)
	_, err := g.sessions.Expire(providerRef, params)
	if err == nil {
		return nil
	}
	var refused *stripego.Error
	if !errors.As(err, &refused) || refused.HTTPStatusCode != http.StatusBadRequest {
		return failure("expire", err)
	}
	// Only an open session can be expired; what it is instead decides.
	now, lookErr := g.Lookup(ctx, providerRef)
	switch {
	case lookErr != nil:
		return lookErr
	case now.Status == payments.StatusExpired:
		return nil
	case now.Status == payments.StatusOpen:
		return failure("expire", err)
	}
	return errs.E(errs.Conflict, "stripe: session "+providerRef+" is "+string(now.Status)+" and cannot be expired")
}
