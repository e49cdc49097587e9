package stripe

import (
	"fmt"
	"math"
	"strings"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// decimals of the amounts in Stripe's API, where they are not two. They are
// Stripe's own and differ from ISO 4217: Malagasy ariary has none here,
// Ugandan shilling and Icelandic króna have none in life but keep two here.
// Source: Stripe documentation, "Supported currencies": zero-decimal,
// three-decimal and special cases (docs.stripe.com/currencies).
var decimals = map[money.Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "MGA": 0,
	"PYG": 0, "RWF": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3,
	"UGX": 2, "ISK": 2,
}

// steps are what amounts must be multiples of, in Stripe's units: whole
// shillings and krónur, and a last digit of nought where there are three
// decimals. Same source.
var steps = map[money.Currency]int64{
	"UGX": 100, "ISK": 100,
	"BHD": 10, "JOD": 10, "KWD": 10, "OMR": 10, "TND": 10,
}

// minimums are the least Stripe charges, in its units. A currency that is not
// here has a minimum of about half a dollar after conversion, which Stripe
// alone can work out. Source: Stripe documentation, "Supported currencies",
// minimum charge amounts (docs.stripe.com/currencies); USD, EUR, GBP and JPY
// are also in stripe-go v76.25.0, PaymentIntentParams.Amount.
var minimums = map[money.Currency]int64{
	"USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50,
	"CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50,
	"JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200,
	"SEK": 300, "SGD": 50, "THB": 1000,
}

// maximum is the largest amount, eight digits whatever the currency
// (stripe-go v76.25.0, PaymentIntentParams.Amount).
const maximum = 99_999_999

// Units returns a sum in the units of Stripe's API. The error matches
// payments.ErrCurrency when Stripe cannot express the sum exactly.
func Units(a money.Amount) (int64, error) {
	if !a.Currency.Known() {
		return 0, errs.E(errs.Invalid, fmt.Sprintf("stripe: currency %q", a.Currency), payments.ErrCurrency)
	}
	units, ok := shift(a.Minor, decimalsOf(a.Currency)-a.Currency.Digits())
	if step, stepped := steps[a.Currency]; ok && stepped {
		ok = units%step == 0
	}
	if !ok {
		return 0, errs.E(errs.Invalid, "stripe: "+a.String()+" cannot be charged exactly", payments.ErrCurrency)
	}
	return units, nil
}

// Amount returns the sum that units of Stripe's API mean, the code in any case.
func Amount(units int64, currency string) (money.Amount, error) {
	cur, err := money.ParseCurrency(currency)
	if err != nil {
		return money.Amount{}, fmt.Errorf("stripe: currency %q: %w", currency, err)
	}
	minor, ok := shift(units, cur.Digits()-decimalsOf(cur))
	if !ok {
		return money.Amount{}, errs.E(errs.Internal, fmt.Sprintf("stripe: %d %s is not a whole sum", units, cur))
	}
	return money.New(minor, cur), nil
}

// chargeable returns a sum in Stripe's units if Stripe can charge it.
func chargeable(a money.Amount) (int64, error) {
	units, err := Units(a)
	if err != nil {
		return 0, err
	}
	if units <= 0 || units < minimums[a.Currency] {
		return 0, errs.E(errs.Invalid, "stripe: "+a.String(), payments.ErrBelowMinimum)
	}
	if units > maximum {
		return 0, errs.E(errs.Invalid, "stripe: "+a.String(), payments.ErrAboveMaximum)
	}
	return units, nil
}

// CheckUnits applies Stripe's limits to units of its API, as Stripe does.
func CheckUnits(units int64, currency string) error {
	a, err := Amount(units, currency)
	if err != nil {
		return err
	}
	_, err = chargeable(a)
	return err
}

func decimalsOf(c money.Currency) int {
	if d, ok := decimals[c]; ok {
		return d
	}
	return 2
}

// shift moves the decimal point by places and reports whether the result is
// whole and in range.
func shift(n int64, places int) (int64, bool) {
	for ; places > 0; places-- {
		if n > math.MaxInt64/10 || n < math.MinInt64/10 {
			return 0, false
		}
		n *= 10
	}
	for ; places < 0; places++ {
		if n%10 != 0 {
			return 0, false
		}
		n /= 10
	}
	return n, true
}

// code is how Stripe spells a currency.
func code(c money.Currency) string { return strings.ToLower(string(c)) }
