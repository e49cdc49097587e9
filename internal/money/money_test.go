package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"awil/internal/errs"
	"awil/internal/money"
)

func TestDecimalFollowsTheCurrency(t *testing.T) {
	tests := []struct {
		minor int64
		cur   money.Currency
		want  string
	}{
		{1480, money.JPY, "1480"},
		{0, money.JPY, "0"},
		{123450, money.USD, "1234.50"},
		{5, money.EUR, "0.05"},
		{-5, money.EUR, "-0.05"},
		{5600000, money.UZS, "56000.00"},
		{123450, money.KGS, "1234.50"},
		{1234567, "KWD", "1234.567"},
		{7, "KWD", "0.007"},
		{math.MaxInt64, money.USD, "92233720368547758.07"},
		{math.MinInt64, money.USD, "-92233720368547758.08"},
	}
	for _, tt := range tests {
		if got := money.New(tt.minor, tt.cur).Decimal(); got != tt.want {
			t.Errorf("%d minor %s = %q, want %q", tt.minor, tt.cur, got, tt.want)
		}
	}
}

func TestDigits(t *testing.T) {
	want := map[money.Currency]int{"JPY": 0, "KRW": 0, "USD": 2, "EUR": 2, "UZS": 2, "KGS": 2, "KWD": 3, "XYZ": 0}
	for cur, digits := range want {
		if cur.Digits() != digits {
			t.Errorf("%s has %d digits, want %d", cur, cur.Digits(), digits)
		}
	}
	if got := money.Currency("KWD").MinorPerMajor(); got != 1000 {
		t.Errorf("KWD: %d minor units, want 1000", got)
	}
	if cur, err := money.ParseCurrency(" jpy "); err != nil || cur != money.JPY {
		t.Errorf("ParseCurrency(jpy) = %q, %v", cur, err)
	}
	for _, bad := range []string{"", "yen", "XYZ", "US"} {
		if _, err := money.ParseCurrency(bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("ParseCurrency(%q): %v, want Invalid", bad, err)
		}
	}
}

// Every checked operation must agree with unbounded integers, and refuse
// exactly what does not fit.
func TestArithmeticMatchesBigIntegers(t *testing.T) {
	edges := rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1})
	numbers := rapid.OneOf(edges, rapid.Int64())
	rapid.Check(t, func(t *rapid.T) {
		x, y := numbers.Draw(t, "x"), numbers.Draw(t, "y")
		a, b := money.New(x, money.USD), money.New(y, money.USD)
		agrees := func(name string, got money.Amount, err error, want *big.Int) {
			switch {
			case want.IsInt64() && (err != nil || got.Minor != want.Int64()):
				t.Fatalf("%d %s %d = %v, %v; want %s", x, name, y, got, err, want)
			case !want.IsInt64() && !errors.Is(err, money.ErrOverflow):
				t.Fatalf("%d %s %d = %v, %v; want overflow", x, name, y, got, err)
			}
		}
		bx, by := big.NewInt(x), big.NewInt(y)
		sum, err := a.Add(b)
		agrees("+", sum, err, new(big.Int).Add(bx, by))
		diff, err := a.Sub(b)
		agrees("-", diff, err, new(big.Int).Sub(bx, by))
		product, err := a.Mul(y)
		agrees("*", product, err, new(big.Int).Mul(bx, by))
		if order, _ := a.Cmp(b); order != bx.Cmp(by) {
			t.Fatalf("Cmp(%d, %d) = %d", x, y, order)
		}
		if a.Sign() != bx.Sign() || a.IsZero() != (x == 0) {
			t.Fatalf("sign of %d = %d", x, a.Sign())
		}
	})
}

func TestCurrenciesDoNotMix(t *testing.T) {
	yen, dollars := money.New(1, money.JPY), money.New(1, money.USD)
	_, add := yen.Add(dollars)
	_, sub := yen.Sub(dollars)
	_, cmp := yen.Cmp(dollars)
	_, sum := money.Sum(money.JPY, yen, dollars)
	for _, err := range []error{add, sub, cmp, sum} {
		if !errors.Is(err, money.ErrCurrency) || errs.KindOf(err) != errs.Internal {
			t.Errorf("got %v, want ErrCurrency", err)
		}
	}
}

func TestSumAndNeg(t *testing.T) {
	total, err := money.Sum(money.JPY, money.New(1480, money.JPY), money.New(980, money.JPY))
	if err != nil || total != money.New(2460, money.JPY) {
		t.Errorf("sum = %v, %v", total, err)
	}
	if none, err := money.Sum(money.JPY); err != nil || none != money.Zero(money.JPY) {
		t.Errorf("empty sum = %v, %v", none, err)
	}
	if back, err := total.Neg(); err != nil || back.Minor != -2460 {
		t.Errorf("neg = %v, %v", back, err)
	}
	if _, err := money.New(math.MinInt64, money.JPY).Neg(); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("neg of the least amount: %v, want overflow", err)
	}
}
