package studio

import (
	"strings"

	"awil/internal/money"
	"awil/templates/layout"
)

// PriceText writes a sum for a field: grouped as the language does, without
// the currency, which stands beside the field.
func PriceText(b layout.Base, a money.Amount) string {
	whole := a.Minor / a.Currency.MinorPerMajor()
	if whole*a.Currency.MinorPerMajor() != a.Minor {
		return a.Decimal()
	}
	return b.Number(whole)
}

// CurrencyName is how a language writes a currency beside a sum, found by
// taking the figure away from one.
func CurrencyName(b layout.Base, cur money.Currency) string {
	one := b.Money(money.New(cur.MinorPerMajor(), cur))
	return strings.TrimFunc(strings.Replace(one, "1", "", 1), func(r rune) bool {
		return r == ' ' || r == '\u00a0' || r == '\u202f' || r == '.' || r == ',' || r == '0'
	})
}
