package stripe

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/form"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// pageSize is the most that one page of a list holds.
const pageSize = 100

// movement is a balance transaction. stripe-go reads the exchange rate as a
// floating point number; here it stays the text that Stripe sent.
type movement struct {
	ID           string      `json:"id"`
	Amount       int64       `json:"amount"`
	Currency     string      `json:"currency"`
	Fee          int64       `json:"fee"`
	ExchangeRate json.Number `json:"exchange_rate"`
	Created      int64       `json:"created"`
	Category     string      `json:"reporting_category"`
}

// source is a charge, refund or dispute with what it moved.
type source struct {
	ID       string    `json:"id"`
	Amount   int64     `json:"amount"`
	Currency string    `json:"currency"`
	Moved    *movement `json:"balance_transaction"`
	Failed   *movement `json:"failure_balance_transaction"`
	// Disputes list theirs.
	All []*movement `json:"balance_transactions"`
}

// Charges lists what a Checkout Session's payment, its refunds and its
// disputes moved, the oldest first. What Stripe has not worked out yet is not
// among it; charge.updated says when to ask again.
func (g *Gateway) Charges(ctx context.Context, paymentRef string) ([]payments.ProviderCharge, error) {
	params := &stripego.CheckoutSessionParams{}
	params.Context = ctx
	s, err := g.sessions.Get(paymentRef, params)
	if err != nil {
		return nil, failure("look up", err)
	}
	if s.PaymentIntent == nil {
		return nil, nil
	}
	var all []payments.ProviderCharge
	for _, from := range []struct {
		path   string
		expand []string
		kind   payments.ChargeKind
	}{
		{"/v1/charges", []string{"data.balance_transaction"}, payments.ChargePayment},
		{"/v1/refunds", []string{"data.balance_transaction", "data.failure_balance_transaction"}, payments.ChargeRefund},
		{"/v1/disputes", nil, payments.ChargeDispute},
	} {
		sources, err := g.sources(ctx, from.path, s.PaymentIntent.ID, from.expand)
		if err != nil {
			return nil, err
		}
		for _, one := range sources {
			charges, err := one.charges(from.kind)
			if err != nil {
				return nil, err
			}
			all = append(all, charges...)
		}
	}
	slices.SortStableFunc(all, func(a, b payments.ProviderCharge) int { return a.At.Compare(b.At) })
	return all, nil
}

// sources lists the objects at a path that belong to a payment.
func (g *Gateway) sources(ctx context.Context, path, intent string, expand []string) ([]source, error) {
	var all []source
	for after := ""; ; {
		params := &sourceParams{PaymentIntent: &intent}
		params.Context = ctx
		for _, property := range expand {
			params.Expand = append(params.Expand, stripego.String(property))
		}
		params.Limit = stripego.Int64(pageSize)
		if after != "" {
			params.StartingAfter = &after
		}
		var page sourcePage
		var query form.Values
		form.AppendTo(&query, params)
		if err := g.backend.CallRaw(http.MethodGet, path, g.key, &query, params.GetParams(), &page); err != nil {
			return nil, failure("list "+path, err)
		}
		all = append(all, page.Data...)
		if !page.HasMore || len(page.Data) == 0 {
			return all, nil
		}
		after = page.Data[len(page.Data)-1].ID
	}
}

type sourceParams struct {
	stripego.ListParams `form:"*"`
	PaymentIntent       *string   `form:"payment_intent"`
	Expand              []*string `form:"expand"`
}

type sourcePage struct {
	stripego.APIResource
	HasMore bool     `json:"has_more"`
	Data    []source `json:"data"`
}

func (s source) charges(kind payments.ChargeKind) ([]payments.ProviderCharge, error) {
	paid, err := Amount(s.Amount, s.Currency)
	if err != nil {
		return nil, err
	}
	var all []payments.ProviderCharge
	for _, m := range append([]*movement{s.Moved, s.Failed}, s.All...) {
		if m == nil || m.ID == "" {
			continue
		}
		c, err := m.charge(kind, paid)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", m.ID, s.ID, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func (m movement) charge(kind payments.ChargeKind, paid money.Amount) (payments.ProviderCharge, error) {
	if kind == payments.ChargeDispute && (m.Category == "dispute_reversal" || m.Category == "" && m.Amount > 0) {
		kind = payments.ChargeDisputeReversed
	}
	c := payments.ProviderCharge{Ref: m.ID, Kind: kind, At: time.Unix(m.Created, 0).UTC()}
	var err error
	if c.Gross, err = Amount(m.Amount, m.Currency); err != nil {
		return c, err
	}
	if c.Fee, err = Amount(m.Fee, m.Currency); err != nil {
		return c, err
	}
	if c.Of = paid; m.Amount < 0 {
		c.Of.Minor = -paid.Minor
	}
	c.Rate, err = m.rate(paid, c.Gross)
	return c, err
}

// rate turns the payment's currency into the one Stripe settles in. Stripe
// says that the amount times the rate is the amount in the other currency, but
// not whether in its units or in the currencies' own, which differ between yen
// and dollars; the sums themselves tell.
func (m movement) rate(paid, gross money.Amount) (*money.Rate, error) {
	if paid.Currency == gross.Currency {
		return nil, nil
	}
	exact, ok := new(big.Rat).SetString(m.ExchangeRate.String())
	if !ok || exact.Sign() <= 0 {
		return nil, errs.E(errs.Internal, fmt.Sprintf("stripe: %v became %v at a rate of %q", paid, gross, m.ExchangeRate))
	}
	shift := decimalsOf(paid.Currency) - decimalsOf(gross.Currency)
	for _, places := range []int{0, shift} {
		rate, err := rateOf(moved(exact, places))
		if err != nil {
			return nil, err
		}
		if explains(rate, paid, gross) {
			return &rate, nil
		}
	}
	return nil, errs.E(errs.Internal, fmt.Sprintf("stripe: %v times %s is not %v", paid, m.ExchangeRate, gross))
}

// rateOf writes a number without an exponent, which JSON may have.
func rateOf(exact *big.Rat) (money.Rate, error) {
	digits, _ := exact.FloatPrec()
	return money.ParseRate(exact.FloatString(digits))
}

// moved shifts the decimal point of a number.
func moved(n *big.Rat, places int) *big.Rat {
	ten := big.NewRat(10, 1)
	out := new(big.Rat).Set(n)
	for ; places > 0; places-- {
		out.Mul(out, ten)
	}
	for ; places < 0; places++ {
		out.Quo(out, ten)
	}
	return out
}

// explains reports whether a rate leads from one sum to the other, but for
// rounding and for the few decimals a rate is sent with: within a unit or a
// hundredth, where a wrong place would be off by tenfold at least. Which way
// the money went does not matter.
func explains(rate money.Rate, paid, gross money.Amount) bool {
	if paid.Sign() < 0 {
		paid.Minor = -paid.Minor
	}
	if gross.Sign() < 0 {
		gross.Minor = -gross.Minor
	}
	want, err := paid.Convert(rate, gross.Currency, money.HalfUp)
	if err != nil {
		return false
	}
	near, err := gross.Portion(100, money.Up)
	if err != nil {
		return false
	}
	off := want.Minor - gross.Minor
	return max(off, -off) <= max(near.Minor, 1)
}
