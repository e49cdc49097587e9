package money

import (
	"fmt"
	"strings"

	"github.com/bojanz/currency"

	"awil/internal/errs"
)

// Currency is an ISO 4217 code in capitals. It scans from and stores as text.
type Currency string

// The currencies the programme's markets and producers use. Any other code of
// ISO 4217 works as well.
const (
	UZS Currency = "UZS" // Uzbek soʻm; two digits, though tiyin are no longer shown
	KGS Currency = "KGS" // Kyrgyz som
	JPY Currency = "JPY"
	USD Currency = "USD"
	EUR Currency = "EUR"
	GBP Currency = "GBP"
	KRW Currency = "KRW"
	KZT Currency = "KZT"
	RUB Currency = "RUB"
	AED Currency = "AED"
)

// ParseCurrency returns the currency of an ISO 4217 code in any case.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(code)))
	if !c.Known() {
		return "", errs.E(errs.Invalid, fmt.Sprintf("money: no currency %q", code))
	}
	return c, nil
}

// Known reports whether ISO 4217 has the currency.
func (c Currency) Known() bool {
	return c != "" && currency.IsValid(string(c))
}

// Digits returns how many decimals the currency has according to ISO 4217:
// 0 for JPY, 2 for USD, UZS and KGS, 3 for KWD. It is about amounts, not about
// what a page shows nor what a payment provider expects. An unknown currency
// has none.
func (c Currency) Digits() int {
	digits, _ := currency.GetDigits(string(c))
	return int(digits)
}

// MinorPerMajor returns how many minor units make one major unit: 1, 100 or 1000.
func (c Currency) MinorPerMajor() int64 {
	n := int64(1)
	for range c.Digits() {
		n *= 10
	}
	return n
}
