package stripe

import (
	"slices"

	"awil/internal/money"
)

// Ways to pay, as Stripe names them.
const (
	methodCard    = "card"
	methodKonbini = "konbini"
)

// ranges are the sums that a way to pay takes, where they are narrower than
// Stripe's: one currency, and units of it from least to most. Source: Stripe
// documentation, "Konbini payments" (docs.stripe.com/payments/konbini).
var ranges = map[string]struct {
	currency    money.Currency
	least, most int64
}{
	methodKonbini: {money.JPY, 120, 300_000},
}

// methodsFor picks those of the configured ways to pay that take a sum. Stripe
// refuses a session with one that does not.
func methodsFor(configured []string, amount money.Amount) []string {
	return slices.DeleteFunc(slices.Clone(configured), func(method string) bool {
		r, narrow := ranges[method]
		return narrow && (amount.Currency != r.currency || amount.Minor < r.least || amount.Minor > r.most)
	})
}

// askForAccount are the ways to pay that cannot take money back by themselves:
// Stripe writes to the buyer and asks for a bank account
// (stripe-go v76.25.0, RefundParams.InstructionsEmail).
var askForAccount = []string{methodKonbini, "promptpay"}
