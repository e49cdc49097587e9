package markets_test

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
)

func rate(t interface{ Fatal(...any) }, text string) money.Rate {
	r, err := money.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPrice(t *testing.T) {
	yen := markets.PriceRule{Currency: money.JPY, MarginBP: 3500, RoundingMinor: 10}
	tests := []struct {
		name string
		rule markets.PriceRule
		base money.Amount
		rate string
		want int64
	}{
		// 45 000 soʻm × 0.0128 = 576 yen, × 1.35 = 777.6
		{"soʻm to yen", yen, money.New(4500000, money.UZS), "0.0128", 780},
		{"already a multiple", markets.PriceRule{Currency: money.JPY, RoundingMinor: 10}, money.New(7800000, money.UZS), "0.01", 780},
		{"a hair above it", markets.PriceRule{Currency: money.JPY, RoundingMinor: 10}, money.New(7800001, money.UZS), "0.01", 790},
		{"som to dollars", markets.PriceRule{Currency: money.USD, MarginBP: 2000, RoundingMinor: 50}, money.New(80000, money.KGS), "0.01145", 1100},
		{"home market", markets.PriceRule{Currency: money.UZS, MarginBP: 1000, RoundingMinor: 100000}, money.New(4500000, money.UZS), "77", 5000000},
		{"som to soʻm", markets.PriceRule{Currency: money.UZS, RoundingMinor: 100}, money.New(100, money.KGS), "145.321", 14600},
		{"never nothing", markets.PriceRule{Currency: money.JPY, RoundingMinor: 1}, money.New(1, money.UZS), "0.0001", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.rule.Price(tt.base, rate(t, tt.rate))
			if err != nil || got != money.New(tt.want, tt.rule.Currency) {
				t.Errorf("got %v, %v; want %d", got, err, tt.want)
			}
		})
	}
}

func TestPriceRefuses(t *testing.T) {
	yen := markets.PriceRule{Currency: money.JPY, RoundingMinor: 10}
	if _, err := yen.Price(money.New(100, money.UZS), money.Rate{}); !errors.Is(err, money.ErrRate) {
		t.Errorf("no rate: %v", err)
	}
	if _, err := yen.Price(money.New(0, money.UZS), rate(t, "1")); errs.KindOf(err) != errs.Invalid {
		t.Errorf("nothing: %v", err)
	}
	if _, err := yen.Price(money.New(1<<62, money.JPY), money.Rate{}); err != nil {
		t.Errorf("same currency needs no rate: %v", err)
	}
	if _, err := yen.Price(money.New(1<<62, money.UZS), rate(t, "100000")); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("too large: %v", err)
	}
}

// The price is the least multiple of the step that is not below price × rate × (1 + margin), worked out here in major
// units with fractions of our own.
func TestPriceIsTheLeastThatCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := money.New(rapid.Int64Range(1, 1e10).Draw(t, "base"), rapid.SampledFrom([]money.Currency{money.UZS, money.KGS, money.JPY}).Draw(t, "from"))
		rule := markets.PriceRule{
			Currency:      rapid.SampledFrom([]money.Currency{money.UZS, money.JPY, money.USD, "KWD"}).Draw(t, "to"),
			MarginBP:      rapid.IntRange(0, 50000).Draw(t, "margin"),
			RoundingMinor: rapid.Int64Range(1, 100000).Draw(t, "step"),
		}
		text := rapid.StringMatching(`[1-9][0-9]{0,4}(\.[0-9]{1,12})?`).Draw(t, "rate")
		got, err := rule.Price(base, rate(t, text))
		if err != nil {
			t.Fatal(err)
		}
		if got.Minor%rule.RoundingMinor != 0 || got.Currency != rule.Currency {
			t.Fatalf("%v is no multiple of %d", got, rule.RoundingMinor)
		}
		exact, _ := new(big.Rat).SetString(text)
		if base.Currency == rule.Currency {
			exact.SetInt64(1)
		}
		exact.Mul(exact, big.NewRat(base.Minor, base.Currency.MinorPerMajor()))
		exact.Mul(exact, big.NewRat(int64(10000+rule.MarginBP), 10000))
		if have := big.NewRat(got.Minor, rule.Currency.MinorPerMajor()); have.Cmp(exact) < 0 {
			t.Fatalf("%v is below %v", got, exact)
		}
		if below := big.NewRat(got.Minor-rule.RoundingMinor, rule.Currency.MinorPerMajor()); below.Cmp(exact) >= 0 {
			t.Fatalf("%v is a step too much above %v", got, exact)
		}
	})
}

// A dearer good, a better rate or a larger margin never makes a lower price.
func TestPriceIsMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := markets.PriceRule{Currency: money.JPY, MarginBP: rapid.IntRange(0, 40000).Draw(t, "margin"), RoundingMinor: rapid.Int64Range(1, 1000).Draw(t, "step")}
		minor := rapid.Int64Range(1, 1e11).Draw(t, "base")
		r := rate(t, rapid.StringMatching(`0\.0[0-9]{0,8}[1-9]`).Draw(t, "rate"))
		low, err := rule.Price(money.New(minor, money.UZS), r)
		if err != nil {
			t.Fatal(err)
		}
		dearer, _ := rule.Price(money.New(minor+rapid.Int64Range(0, 1e9).Draw(t, "more"), money.UZS), r)
		rule.MarginBP += rapid.IntRange(0, 10000).Draw(t, "extra")
		richer, _ := rule.Price(money.New(minor, money.UZS), r)
		if dearer.Minor < low.Minor || richer.Minor < low.Minor {
			t.Fatalf("%v, dearer %v, with more margin %v", low, dearer, richer)
		}
	})
}
