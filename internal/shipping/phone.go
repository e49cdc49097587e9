package shipping

import (
	"github.com/nyaruka/phonenumbers"

	"awil/internal/errs"
)

// checkPhone turns a telephone number, written as people of the country do or
// with its country code, into E.164.
func checkPhone(phone *string, country string, bad *errs.Fields) {
	number, err := phonenumbers.Parse(*phone, country)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		bad.Add(FieldPhone, "checkout.errors.phone", "example", examplePhone(country))
		return
	}
	*phone = phonenumbers.Format(number, phonenumbers.E164)
}

// FormatPhone writes an E.164 number with spaces, as people read it.
func FormatPhone(e164 string) string {
	number, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

func examplePhone(country string) string {
	example := phonenumbers.GetExampleNumberForType(country, phonenumbers.MOBILE)
	if example == nil {
		return "+998 90 123 45 67"
	}
	return phonenumbers.Format(example, phonenumbers.INTERNATIONAL)
}
