package markets

import (
	"fmt"

	"awil/internal/errs"
	"awil/internal/money"
)

// PriceRule turns a maker's price into a market's: price × rate × (1 + margin), rounded up to a multiple of
// RoundingMinor. It is the only place where a market price is worked out.
type PriceRule struct {
	Currency      money.Currency // of the market
	MarginBP      int            // basis points: 2500 adds a quarter
	RoundingMinor int64          // minor units of Currency
}

// Price returns what base costs in the market. The rate is in major units of the market's currency for one major unit
// of base's; for the same currency it is not looked at. Rounding happens once, at the end, and upwards, so that the
// maker never gets less than she asked. errs.Invalid if base is not positive, the rate is missing or the price is out
// of range.
func (r PriceRule) Price(base money.Amount, rate money.Rate) (money.Amount, error) {
	if base.Sign() <= 0 {
		return money.Amount{}, errs.E(errs.Invalid, "a price must be positive: "+base.String())
	}
	if base.Currency == r.Currency {
		rate = unity()
	}
	// Rounding up twice is rounding up once: the least multiple of n not below ⌈x⌉ is the least not below x.
	exact, err := base.Convert(rate.PlusBasisPoints(int64(r.MarginBP)), r.Currency, money.Up)
	if err != nil {
		return money.Amount{}, fmt.Errorf("price in %s: %w", r.Currency, err)
	}
	price, err := exact.RoundUpTo(r.RoundingMinor)
	if err != nil {
		return money.Amount{}, fmt.Errorf("price in %s: %w", r.Currency, err)
	}
	return price, nil
}

// Covers reports whether a price in a market brings in what the maker is owed of it: base at the rate, up to the minor
// unit that rounding may take. Nothing may be sold that does not. The database's function covers says the same.
func Covers(price, base money.Amount, rate money.Rate) (bool, error) {
	if base.Currency == price.Currency {
		rate = unity()
	}
	owed, err := base.Convert(rate, price.Currency, money.Down)
	if err != nil {
		return false, fmt.Errorf("%v in %s: %w", base, price.Currency, err)
	}
	return owed.Minor <= price.Minor, nil
}

// unity is the rate between a currency and itself.
func unity() money.Rate {
	rate, _ := money.ParseRate("1") // a constant that parses
	return rate
}
