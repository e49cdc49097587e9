package standin

import (
	"encoding/json"
	"slices"
	"time"

	"awil/internal/money"
	"awil/internal/platform/stripe"
)

// charge is a payment that went through.
type charge struct {
	ID                   string            `json:"id"`
	Object               string            `json:"object"`
	Amount               int64             `json:"amount"`
	AmountCaptured       int64             `json:"amount_captured"`
	AmountRefunded       int64             `json:"amount_refunded"`
	BalanceTransaction   *string           `json:"balance_transaction"`
	Captured             bool              `json:"captured"`
	Created              int64             `json:"created"`
	Currency             string            `json:"currency"`
	Description          *string           `json:"description"`
	Disputed             bool              `json:"disputed"`
	Livemode             bool              `json:"livemode"`
	Metadata             map[string]string `json:"metadata"`
	Paid                 bool              `json:"paid"`
	PaymentIntent        string            `json:"payment_intent"`
	PaymentMethodDetails map[string]any    `json:"payment_method_details"`
	Refunded             bool              `json:"refunded"`
	Status               string            `json:"status"`
}

// movement is a balance transaction: what moved our balance, and the fee.
type movement struct {
	ID                string       `json:"id"`
	Object            string       `json:"object"`
	Amount            int64        `json:"amount"`
	AvailableOn       int64        `json:"available_on"`
	Created           int64        `json:"created"`
	Currency          string       `json:"currency"`
	Description       *string      `json:"description"`
	ExchangeRate      *json.Number `json:"exchange_rate"`
	Fee               int64        `json:"fee"`
	Net               int64        `json:"net"`
	ReportingCategory string       `json:"reporting_category"`
	Source            string       `json:"source"`
	Status            string       `json:"status"`
	Type              string       `json:"type"`
}

// Fees of the stand-in. They are its own figures, near what Stripe asks in
// Japan: so many basis points of a payment, so many units for a dispute, given
// back when it is won. A refund gives no fee back.
const (
	feeBasisPoints = 360
	feeDispute     = 1500
)

// availableAfter is how long after it came money can be paid out.
const availableAfter = 4 * 24 * time.Hour

// settlement is the currency that one currency's money is settled in.
type settlement struct {
	To   string `json:"to"`
	Rate string `json:"rate"` // units of To's major for one of the other's
}

// SettleIn lets payments in a currency be settled in another from now on, as
// Stripe does for an account without a balance in it. rate is how much of it
// one unit buys, "0.0064" from yen to dollars. An empty to ends it.
func (s *Standin) SettleIn(currency, to, rate string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.save()
	if to == "" {
		delete(s.state.Settlements, currency)
		return nil
	}
	if _, err := money.ParseRate(rate); err != nil {
		return err
	}
	s.state.Settlements[currency] = settlement{To: to, Rate: rate}
	return nil
}

// HoldFees keeps the balance transactions of payments back, which Stripe may
// work out only after the payment, until ReleaseFees.
func (s *Standin) HoldFees() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holdFees = true
}

// ReleaseFees works out the balance transactions kept back and tells of each.
func (s *Standin) ReleaseFees() {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.save()
	s.holdFees = false
	for _, id := range s.state.Order {
		if c := s.chargeOf(s.state.Sessions[id]); c != nil && c.BalanceTransaction == nil {
			s.bookCharge(c)
			s.emit("charge.updated", id, c)
		}
	}
}

// chargeOf is the charge of a session, nil before it is paid.
func (s *Standin) chargeOf(r *record) *charge {
	if r.Session.PaymentIntent == nil {
		return nil
	}
	if i := s.state.Intents[*r.Session.PaymentIntent]; i.LatestCharge != nil {
		return s.state.Charges[*i.LatestCharge]
	}
	return nil
}

// charge writes down that a payment went through.
func (s *Standin) charge(i *intent, details map[string]any) {
	c := &charge{
		ID: newID("ch_"), Object: "charge", Amount: i.Amount, AmountCaptured: i.Amount, Captured: true,
		Created: s.now(), Currency: i.Currency, Description: i.Description, Metadata: i.Metadata, Paid: true,
		PaymentIntent: i.ID, PaymentMethodDetails: details, Status: "succeeded",
	}
	s.state.Charges[c.ID] = c
	i.Status, i.AmountReceived, i.LatestCharge, i.LastPaymentError = "succeeded", i.Amount, &c.ID, nil
	if !s.holdFees {
		s.bookCharge(c)
	}
}

func (s *Standin) bookCharge(c *charge) {
	kind := "charge"
	if c.PaymentMethodDetails["type"] != "card" {
		kind = "payment" // what Stripe calls a charge that is not of a card
	}
	m := s.book(c, c.Amount, kind, "charge", c.ID, func(gross money.Amount) (money.Amount, error) {
		return gross.Portion(feeBasisPoints, money.HalfUp)
	})
	c.BalanceTransaction = &m.ID
}

// book moves the balance by units of a charge's currency, in the currency it
// is settled in.
func (s *Standin) book(c *charge, units int64, kind, category, source string, fee func(gross money.Amount) (money.Amount, error)) *movement {
	now := s.cfg.Now()
	m := &movement{
		ID: newID("txn_"), Object: "balance_transaction", Amount: units, Created: now.Unix(),
		AvailableOn: now.Add(availableAfter).Unix(), Currency: c.Currency, Description: c.Description,
		ReportingCategory: category, Source: source, Status: "pending", Type: kind,
	}
	if err := s.priceIt(m, c, units, fee); err != nil {
		s.cfg.Log.Error("stripe stand-in cannot work out a balance transaction", "source", source, "error", err)
	}
	m.Net = m.Amount - m.Fee
	s.state.Balance = append(s.state.Balance, m)
	return m
}

func (s *Standin) priceIt(m *movement, c *charge, units int64, fee func(gross money.Amount) (money.Amount, error)) error {
	gross, err := stripe.Amount(units, c.Currency)
	if err != nil {
		return err
	}
	if into, ok := s.settlementOf(c); ok {
		rate, err := money.ParseRate(into.Rate)
		if err != nil {
			return err
		}
		to, err := money.ParseCurrency(into.To)
		if err != nil {
			return err
		}
		if gross, err = gross.Convert(rate, to, money.HalfUp); err != nil {
			return err
		}
		text := json.Number(into.Rate)
		m.Currency, m.ExchangeRate = into.To, &text
	}
	if m.Amount, err = stripe.Units(gross); err != nil || fee == nil {
		return err
	}
	kept, err := fee(gross)
	if err != nil {
		return err
	}
	m.Fee, err = stripe.Units(kept)
	return err
}

// settlementOf is how a charge is settled: like the charge itself was, so that
// all of it that comes back has the same rate.
func (s *Standin) settlementOf(c *charge) (settlement, bool) {
	if c.BalanceTransaction == nil {
		into, ok := s.state.Settlements[c.Currency]
		return into, ok
	}
	m := s.movement(*c.BalanceTransaction)
	if m == nil || m.ExchangeRate == nil {
		return settlement{}, false
	}
	return settlement{To: m.Currency, Rate: m.ExchangeRate.String()}, true
}

func (s *Standin) movement(id string) *movement {
	at := slices.IndexFunc(s.state.Balance, func(m *movement) bool { return m.ID == id })
	if at < 0 {
		return nil
	}
	return s.state.Balance[at]
}

// adopt makes the charges that a file written before there were any lacks.
func (s *Standin) adopt() {
	for _, id := range s.state.Order {
		r := s.state.Sessions[id]
		if r.Session.PaymentIntent == nil {
			continue
		}
		i, ok := s.state.Intents[*r.Session.PaymentIntent]
		if !ok || i.LatestCharge == nil || s.state.Charges[*i.LatestCharge] != nil {
			continue
		}
		old := *i.LatestCharge
		s.charge(i, cardDetails())
		c := s.state.Charges[*i.LatestCharge]
		delete(s.state.Charges, c.ID)
		c.ID, c.Created = old, i.Created
		s.state.Charges[old], i.LatestCharge = c, &old
		s.state.Balance[len(s.state.Balance)-1].Source = old
	}
}

func cardDetails() map[string]any {
	return map[string]any{"type": "card", "card": map[string]any{"brand": "visa", "last4": "4242"}}
}

func (s *Standin) listCharges(c *call) (any, *apiError) {
	limit, after := c.paging()
	intent := c.params.text("payment_intent")
	expand := c.expansions("data.balance_transaction", "data.payment_intent")
	if e := c.params.done(); e != nil {
		return nil, e
	}
	var all []*charge
	for _, id := range s.state.Order {
		if one := s.chargeOf(s.state.Sessions[id]); one != nil && (intent == nil || one.PaymentIntent == *intent) {
			all = append(all, one)
		}
	}
	slices.Reverse(all)
	return s.expanded(cut("/v1/charges", all, func(c *charge) string { return c.ID }, limit, after), expand), nil
}

func (s *Standin) getCharge(c *call) (any, *apiError) {
	expand := c.expansions("balance_transaction", "payment_intent")
	if e := c.params.done(); e != nil {
		return nil, e
	}
	one, ok := s.state.Charges[c.id]
	if !ok {
		return nil, missing("charge", c.id)
	}
	return s.expanded(one, expand), nil
}

func (s *Standin) getMovement(c *call) (any, *apiError) {
	if e := c.params.done(); e != nil {
		return nil, e
	}
	if m := s.movement(c.id); m != nil {
		return m, nil
	}
	return nil, missing("balance transaction", c.id)
}
