package money

import (
	"database/sql/driver"
	"fmt"
	"math/big"
	"strings"
)

// Rate is an exact positive factor: how many major units of one currency one
// major unit of another buys, or what a margin multiplies a price by. The zero
// Rate is no rate and converts nothing. Compare with Equal, not ==.
type Rate struct {
	exact *big.Rat // nil in the zero Rate; never changed once set
}

// maxRate bounds the length of a rate's text; numeric(24, 12) needs 25.
const maxRate = 40

// inexactDigits is how many decimals String writes of a rate that no finite
// decimal expresses, such as an inverse.
const inexactDigits = 18

// ParseRate reads a positive decimal such as "0.0128" or "12650". It refuses
// signs, exponents and fractions with ErrRate.
func ParseRate(text string) (Rate, error) {
	whole, fraction, point := strings.Cut(text, ".")
	if len(text) > maxRate || !allDigits(whole) || point && !allDigits(fraction) {
		return Rate{}, fmt.Errorf("%q: %w", text, ErrRate)
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok || exact.Sign() <= 0 {
		return Rate{}, fmt.Errorf("%q: %w", text, ErrRate)
	}
	return Rate{exact}, nil
}

func allDigits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
}

// IsZero reports whether r is the zero Rate.
func (r Rate) IsZero() bool { return r.exact == nil }

// Equal reports whether two rates are the same number.
func (r Rate) Equal(other Rate) bool {
	if r.IsZero() || other.IsZero() {
		return r.IsZero() && other.IsZero()
	}
	return r.exact.Cmp(other.exact) == 0
}

// Times chains two rates: soʻm to dollars, then dollars to yen. The zero Rate
// times anything stays zero.
func (r Rate) Times(other Rate) Rate {
	if r.IsZero() || other.IsZero() {
		return Rate{}
	}
	return Rate{new(big.Rat).Mul(r.exact, other.exact)}
}

// Inverse returns the rate of the way back, exactly.
func (r Rate) Inverse() Rate {
	if r.IsZero() {
		return Rate{}
	}
	return Rate{new(big.Rat).Inv(r.exact)}
}

// PlusBasisPoints returns the rate with a margin on it: 2500 adds a quarter.
// A margin of −100 % or less leaves no rate.
func (r Rate) PlusBasisPoints(margin int64) Rate {
	factor := new(big.Rat).Add(big.NewRat(margin, basisPoints), big.NewRat(1, 1))
	if r.IsZero() || factor.Sign() <= 0 {
		return Rate{}
	}
	return Rate{factor.Mul(factor, r.exact)}
}

// String writes the rate as a decimal: exactly if a finite one exists, else
// with 18 decimals. The zero Rate is "".
func (r Rate) String() string {
	if r.IsZero() {
		return ""
	}
	digits, exact := r.exact.FloatPrec()
	if !exact {
		digits = inexactDigits
	}
	return r.exact.FloatString(digits)
}

// MarshalText writes the rate as String does.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (r *Rate) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Rate{}
		return nil
	}
	parsed, err := ParseRate(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}

// Scan reads a numeric column, which drivers hand over as text; null is the
// zero Rate.
func (r *Rate) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*r = Rate{}
		return nil
	case string:
		return r.UnmarshalText([]byte(v))
	case []byte:
		return r.UnmarshalText(v)
	}
	return fmt.Errorf("scan %T: %w", src, ErrRate)
}

// Value stores the rate as text for a numeric column, the zero Rate as null.
func (r Rate) Value() (driver.Value, error) {
	if r.IsZero() {
		return nil, nil
	}
	return r.String(), nil
}
