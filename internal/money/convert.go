package money

import (
	"fmt"
	"math/big"
)

const basisPoints = 10_000

// Convert returns what a is worth in another currency at a rate of major units
// of to for one major unit of a's currency, rounded once. ErrRate if the rate
// is the zero Rate, ErrCurrency if a currency is unknown, ErrOverflow if there
// is no such sum.
func (a Amount) Convert(rate Rate, to Currency, how Rounding) (Amount, error) {
	if rate.IsZero() {
		return Amount{}, fmt.Errorf("%v to %s: %w", a, to, ErrRate)
	}
	if !a.Currency.Known() || !to.Known() {
		return Amount{}, fmt.Errorf("%v to %q: unknown: %w", a, string(to), ErrCurrency)
	}
	exact := big.NewRat(a.Minor, a.Currency.MinorPerMajor())
	exact.Mul(exact, rate.exact)
	exact.Mul(exact, big.NewRat(to.MinorPerMajor(), 1))
	return how.amount(exact, to)
}

// Portion returns so many basis points of a (1000 = 10 %), rounded once: a
// commission. What is left is a minus this, so that nothing is lost between
// the two.
func (a Amount) Portion(points int64, how Rounding) (Amount, error) {
	exact := new(big.Rat).SetInt64(a.Minor)
	exact.Mul(exact, big.NewRat(points, basisPoints))
	return how.amount(exact, a.Currency)
}
