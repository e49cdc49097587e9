package money

import (
	"fmt"
	"math/big"
)

// Rounding says what happens to a fraction of a minor unit.
type Rounding string

// The ways to round.
const (
	HalfUp   Rounding = "half_up"   // to the nearest unit, a half away from zero
	HalfEven Rounding = "half_even" // to the nearest unit, a half to the even one
	Up       Rounding = "up"        // away from zero
	Down     Rounding = "down"      // towards zero
)

// round returns the integer the fraction becomes.
func (r Rounding) round(exact *big.Rat) (*big.Int, error) {
	quotient, remainder := new(big.Int).QuoRem(exact.Num(), exact.Denom(), new(big.Int))
	if remainder.Sign() == 0 {
		return quotient, nil
	}
	twice := new(big.Int).Abs(remainder)
	half := twice.Lsh(twice, 1).Cmp(exact.Denom())
	var away bool
	switch r {
	case HalfUp:
		away = half >= 0
	case HalfEven:
		away = half > 0 || half == 0 && quotient.Bit(0) == 1
	case Up:
		away = true
	case Down:
	default:
		return nil, fmt.Errorf("mode %q: %w", string(r), ErrRounding)
	}
	if away {
		quotient.Add(quotient, big.NewInt(int64(exact.Sign())))
	}
	return quotient, nil
}

// amount rounds an exact number of minor units.
func (r Rounding) amount(exact *big.Rat, cur Currency) (Amount, error) {
	minor, err := r.round(exact)
	if err != nil {
		return Amount{}, err
	}
	if !minor.IsInt64() {
		return Amount{}, fmt.Errorf("%s minor units of %s: %w", minor, cur, ErrOverflow)
	}
	return New(minor.Int64(), cur), nil
}

// RoundUpTo returns the least multiple of step minor units that is not less
// than a: a market that prices in tens of yen has step 10. ErrRounding if step
// is not positive, ErrOverflow if there is no such sum.
func (a Amount) RoundUpTo(step int64) (Amount, error) {
	if step <= 0 {
		return Amount{}, fmt.Errorf("step %d: %w", step, ErrRounding)
	}
	rest := a.Minor % step
	if rest < 0 {
		rest += step
	}
	if rest == 0 {
		return a, nil
	}
	return a.Add(New(step-rest, a.Currency))
}
