package standin

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
)

// locales are the languages Stripe's page has (API version 2023-10-16).
var locales = strings.Fields(`auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv
	ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW`)

// Limits of a Checkout Session (stripe-go v76.25.0, CheckoutSessionParams).
const (
	maxLines     = 100
	shortestLife = 30 * time.Minute
	longestLife  = 24 * time.Hour
)

func (s *Standin) createSession(c *call) (any, *apiError) {
	r := s.readSession(c.params)
	expand := c.expansions(sessionExpands...)
	if e := c.params.done(); e != nil {
		return nil, e
	}
	s.add(r)
	return s.expanded(s.view(r), expand), nil
}

// readSession takes a new session out of the parameters, in the order Stripe
// documents them; its faults are in p.
func (s *Standin) readSession(p *params) *record {
	now := s.cfg.Now()
	r := &record{}
	r.Session = session{
		ID:                newID("cs_test_"),
		Object:            "checkout.session",
		Mode:              p.required("mode"),
		ClientReferenceID: p.atMost("client_reference_id", 200),
		CustomerEmail:     p.email("customer_email"),
		Locale:            p.oneOf("locale", locales...),
		CancelURL:         p.httpURL("cancel_url"),
		Metadata:          p.metadata("metadata"),
		Created:           now.Unix(),
		ExpiresAt:         now.Add(longestLife).Unix(),
		PaymentStatus:     "unpaid",
		Status:            sessionOpen,
	}
	if r.Session.Mode != "payment" {
		p.fail("", "mode", "Invalid mode: the stand-in knows only payment")
	}
	if success := p.httpURL("success_url"); success != nil {
		r.Session.SuccessURL = *success
	} else {
		p.fail("parameter_missing", "success_url", "Missing required param: success_url.")
	}
	r.Session.PaymentMethodTypes = p.list("payment_method_types")
	if slices.ContainsFunc(r.Session.PaymentMethodTypes, func(t string) bool { return t != "card" && t != konbini }) {
		p.fail("", "payment_method_types", "Invalid payment_method_types: the stand-in knows only card and konbini")
	}
	r.IntentDescription = p.atMost("payment_intent_data[description]", 1000)
	r.IntentMetadata = p.metadata("payment_intent_data[metadata]")
	if p.values.Has("expires_at") {
		r.Session.ExpiresAt = p.integer("expires_at", 1)
		life := time.Unix(r.Session.ExpiresAt, 0).Sub(now.Truncate(time.Second))
		if life < shortestLife || life > longestLife {
			p.fail("", "expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.")
		}
	}
	s.readLines(p, r)
	return r
}

func (s *Standin) readLines(p *params, r *record) {
	indices := p.indices("line_items")
	if len(indices) == 0 {
		p.fail("parameter_missing", "line_items", "You must provide `line_items` in payment mode.")
		return
	}
	if len(indices) > maxLines {
		p.fail("", "line_items", "You can pass at most %d line items.", maxLines)
	}
	for _, i := range indices {
		at := fmt.Sprintf("line_items[%d]", i)
		l := line{
			Name:       p.required(at + "[price_data][product_data][name]"),
			UnitAmount: p.integer(at+"[price_data][unit_amount]", 0),
			Quantity:   p.integer(at+"[quantity]", 1),
		}
		currency := p.required(at + "[price_data][currency]")
		if r.Session.Currency == "" {
			r.Session.Currency = currency
		}
		if currency != r.Session.Currency {
			p.fail("", at+"[price_data][currency]", "You cannot combine currencies in one session.")
		}
		if l.UnitAmount > 0 && l.Quantity > (math.MaxInt64-r.Session.AmountTotal)/l.UnitAmount {
			p.fail("amount_too_large", at, "Amount too large.")
			return
		}
		r.Session.AmountTotal += l.UnitAmount * l.Quantity
		r.Lines = append(r.Lines, l)
	}
	r.Session.AmountSubtotal = r.Session.AmountTotal
	if slices.Contains(r.Session.PaymentMethodTypes, konbini) && r.Session.Currency != "jpy" {
		p.fail("", "payment_method_types", "The payment method `konbini` cannot be used with the currency `%s`.", r.Session.Currency)
	}
	checkTotal(p, r.Session)
}

func checkTotal(p *params, s session) {
	if p.err != nil {
		return
	}
	if s.Currency != strings.ToLower(s.Currency) || !money.Currency(strings.ToUpper(s.Currency)).Known() {
		p.fail("", "line_items[0][price_data][currency]", "Invalid currency: %s.", s.Currency)
		return
	}
	err := stripe.CheckUnits(s.AmountTotal, s.Currency)
	switch {
	case errors.Is(err, payments.ErrBelowMinimum):
		p.fail("amount_too_small", "", "The Checkout Session's total amount due is below the minimum charge.")
	case errors.Is(err, payments.ErrAboveMaximum):
		p.fail("amount_too_large", "", "The Checkout Session's total amount due must be no more than 8 digits.")
	case err != nil:
		p.fail("", "line_items", "Invalid amount for this currency.")
	}
}

// sessionExpands are the properties of a session that can be expanded.
var sessionExpands = []string{"payment_intent", "payment_intent.latest_charge", "payment_intent.latest_charge.balance_transaction"}

// sessionView is a session as answered: with the address of its page while
// that can be used, and what is known of the buyer once it cannot.
type sessionView struct {
	session
	URL             *string          `json:"url"`
	CustomerDetails *customerDetails `json:"customer_details"`
}

type customerDetails struct {
	Email *string `json:"email"`
}

func (s *Standin) view(r *record) sessionView {
	v := sessionView{session: r.Session}
	if r.Session.Status == sessionOpen {
		page := s.cfg.PublicURL + "/pay/" + r.Session.ID
		v.URL = &page
	}
	if r.Session.Status == sessionComplete {
		v.CustomerDetails = &customerDetails{Email: r.Session.CustomerEmail}
	}
	return v
}

func (s *Standin) getSession(c *call) (any, *apiError) {
	expand := c.expansions(sessionExpands...)
	if e := c.params.done(); e != nil {
		return nil, e
	}
	r, ok := s.state.Sessions[c.id]
	if !ok {
		return nil, missing("checkout.session", c.id)
	}
	return s.expanded(s.view(r), expand), nil
}

func (s *Standin) expireSession(c *call) (any, *apiError) {
	expand := c.expansions(sessionExpands...)
	if e := c.params.done(); e != nil {
		return nil, e
	}
	r, ok := s.state.Sessions[c.id]
	if !ok {
		return nil, missing("checkout.session", c.id)
	}
	if r.Session.Status != sessionOpen {
		return nil, invalid("", "", "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `"+r.Session.Status+"`.")
	}
	s.expire(r)
	return s.expanded(s.view(r), expand), nil
}

// listSessions answers the newest first.
func (s *Standin) listSessions(c *call) (any, *apiError) {
	limit, after := c.paging()
	pi := c.params.text("payment_intent")
	status := c.params.oneOf("status", sessionOpen, sessionComplete, sessionExpired)
	from, to := c.created()
	if e := c.params.done(); e != nil {
		return nil, e
	}
	ids := newest(s.state.Order, func(id string) bool {
		r := s.state.Sessions[id]
		return (pi == nil || r.Session.PaymentIntent != nil && *r.Session.PaymentIntent == *pi) &&
			(status == nil || r.Session.Status == *status) && r.Session.Created >= from && r.Session.Created <= to
	})
	list := cut("/v1/checkout/sessions", ids, func(id string) string { return id }, limit, after)
	for i, id := range list.Data {
		list.Data[i] = s.view(s.state.Sessions[id.(string)])
	}
	return list, nil
}

func (s *Standin) getIntent(c *call) (any, *apiError) {
	expand := c.expansions("latest_charge", "latest_charge.balance_transaction")
	if e := c.params.done(); e != nil {
		return nil, e
	}
	i, ok := s.state.Intents[c.id]
	if !ok {
		return nil, missing("payment_intent", c.id)
	}
	return s.expanded(i, expand), nil
}
