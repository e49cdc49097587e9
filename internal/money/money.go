// Package money counts money exactly: whole minor units with their currency,
// always together, and never a floating-point number.
//
// Every operation that could leave the range of an int64 says so instead of
// wrapping round, and every operation on two amounts checks that they are in
// the same currency.
package money

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"awil/internal/errs"
)

// What can go wrong. Compare with errors.Is. A sum or a text that a person
// can correct is of kind Invalid; mixing currencies is a bug of ours.
var (
	ErrOverflow = errs.E(errs.Invalid, "money: sum out of range")
	ErrCurrency = errs.E(errs.Internal, "money: currencies differ")
	ErrRounding = errs.E(errs.Internal, "money: bad rounding")
	ErrRate     = errs.E(errs.Invalid, "money: not a rate")
	ErrSyntax   = errs.E(errs.Invalid, "money: not a sum")
	ErrDecimals = errs.E(errs.Invalid, "money: more decimals than the currency has")
)

// Amount is a sum in the smallest unit of its currency: yen, tiyin, cents.
// Two amounts are equal when == says so.
type Amount struct {
	Minor    int64    `json:"minor"`
	Currency Currency `json:"currency"`
}

// New returns minor units of a currency.
func New(minor int64, cur Currency) Amount {
	return Amount{Minor: minor, Currency: cur}
}

// Zero returns nothing, in a currency.
func Zero(cur Currency) Amount { return Amount{Currency: cur} }

// Sum adds amounts up, beginning with nothing in cur.
func Sum(cur Currency, amounts ...Amount) (Amount, error) {
	total := Zero(cur)
	for _, a := range amounts {
		var err error
		if total, err = total.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return total, nil
}

// IsZero reports whether there is nothing.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Sign returns -1, 0 or 1.
func (a Amount) Sign() int {
	switch {
	case a.Minor < 0:
		return -1
	case a.Minor > 0:
		return 1
	}
	return 0
}

// Add returns a + b; ErrCurrency or ErrOverflow if there is no such sum.
func (a Amount) Add(b Amount) (Amount, error) {
	if err := a.same(b); err != nil {
		return Amount{}, err
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) && b.Minor != 0 {
		return Amount{}, fmt.Errorf("%v + %v: %w", a, b, ErrOverflow)
	}
	return New(sum, a.Currency), nil
}

// Sub returns a − b; ErrCurrency or ErrOverflow if there is no such sum.
func (a Amount) Sub(b Amount) (Amount, error) {
	if err := a.same(b); err != nil {
		return Amount{}, err
	}
	diff := a.Minor - b.Minor
	if (diff < a.Minor) != (b.Minor > 0) && b.Minor != 0 {
		return Amount{}, fmt.Errorf("%v − %v: %w", a, b, ErrOverflow)
	}
	return New(diff, a.Currency), nil
}

// Mul returns a × n, as for n jars; ErrOverflow if there is no such sum.
func (a Amount) Mul(n int64) (Amount, error) {
	product := new(big.Int).Mul(big.NewInt(a.Minor), big.NewInt(n))
	if !product.IsInt64() {
		return Amount{}, fmt.Errorf("%v × %d: %w", a, n, ErrOverflow)
	}
	return New(product.Int64(), a.Currency), nil
}

// Neg returns −a; ErrOverflow for the one int64 that has no opposite.
func (a Amount) Neg() (Amount, error) {
	return a.Mul(-1)
}

// Cmp returns -1, 0 or 1 as a is less than, equal to or more than b;
// ErrCurrency if they cannot be compared.
func (a Amount) Cmp(b Amount) (int, error) {
	if err := a.same(b); err != nil {
		return 0, err
	}
	switch {
	case a.Minor < b.Minor:
		return -1, nil
	case a.Minor > b.Minor:
		return 1, nil
	}
	return 0, nil
}

func (a Amount) same(b Amount) error {
	if a.Currency != b.Currency {
		return fmt.Errorf("%v and %v: %w", a, b, ErrCurrency)
	}
	return nil
}

// Decimal writes the number in major units with a point and exactly the
// currency's decimals, as machines read it: "1234.50", "1480". It is what
// forms, feeds and structured data carry, and Parse reads it back.
func (a Amount) Decimal() string {
	digits := a.Currency.Digits()
	text := strconv.FormatUint(magnitude(a.Minor), 10)
	if missing := digits + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if digits > 0 {
		cut := len(text) - digits
		text = text[:cut] + "." + text[cut:]
	}
	if a.Minor < 0 {
		return "-" + text
	}
	return text
}

// String is for logs and tests, not for people: "1234.50 KGS".
func (a Amount) String() string {
	return a.Decimal() + " " + string(a.Currency)
}

// magnitude returns |n|, which for the least int64 does not fit an int64.
func magnitude(n int64) uint64 {
	switch {
	case n >= 0:
		return uint64(n)
	case n == math.MinInt64:
		return 1 << 63
	}
	return uint64(-n)
}
