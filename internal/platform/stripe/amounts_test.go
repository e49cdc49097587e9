package stripe_test

import (
	"errors"
	"math"
	"testing"

	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
)

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		minor int64
		cur   money.Currency
		units int64
	}{
		{1480, "JPY", 1480}, {12000, "KRW", 12000}, {1599, "USD", 1599}, {1599, "EUR", 1599},
		{5_600_000, "UZS", 5_600_000}, {45_000, "KGS", 45_000}, {1000, "AED", 1000},
		{5, "UGX", 500}, {700, "ISK", 70000}, // no decimals in life, two at Stripe
		{500, "MGA", 5},     // two decimals in ISO 4217, none at Stripe
		{5120, "KWD", 5120}, // three, the last one nought
		{150000, "VND", 150000},
	} {
		a := money.New(c.minor, c.cur)
		units, err := stripe.Units(a)
		if err != nil || units != c.units {
			t.Errorf("%v: got %d, %v; want %d", a, units, err, c.units)
		}
		if back, err := stripe.Amount(units, string(c.cur)); err != nil || back != a {
			t.Errorf("%v came back as %v, %v", a, back, err)
		}
	}
}

func TestUnitsThatCannotBe(t *testing.T) {
	for _, a := range []money.Amount{
		money.New(501, "MGA"), money.New(5124, "KWD"), money.New(math.MaxInt64/10, "UGX"), money.New(100, "XYZ"), money.New(100, ""),
	} {
		if units, err := stripe.Units(a); !errors.Is(err, payments.ErrCurrency) {
			t.Errorf("%v: got %d, %v", a, units, err)
		}
	}
	for _, c := range []struct {
		units int64
		cur   string
	}{{550, "ugx"}, {100, "zzz"}, {math.MaxInt64, "mga"}} {
		if a, err := stripe.Amount(c.units, c.cur); err == nil {
			t.Errorf("%d %s: got %v", c.units, c.cur, a)
		}
	}
}

func TestAccepts(t *testing.T) {
	g := newGateway(t, stripe.Config{})
	for _, c := range []struct {
		minor int64
		cur   money.Currency
		want  error
	}{
		{50, "JPY", nil}, {49, "JPY", payments.ErrBelowMinimum},
		{50, "USD", nil}, {49, "USD", payments.ErrBelowMinimum},
		{30, "GBP", nil}, {29, "GBP", payments.ErrBelowMinimum},
		{200, "AED", nil}, {199, "AED", payments.ErrBelowMinimum},
		{1, "KGS", nil}, {0, "KGS", payments.ErrBelowMinimum}, {-100, "USD", payments.ErrBelowMinimum},
		{99_999_999, "JPY", nil}, {100_000_000, "JPY", payments.ErrAboveMaximum},
		{100, "XYZ", payments.ErrCurrency},
	} {
		if err := g.Accepts(money.New(c.minor, c.cur)); !errors.Is(err, c.want) {
			t.Errorf("%d %s: got %v, want %v", c.minor, c.cur, err, c.want)
		}
	}
}
