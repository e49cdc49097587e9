package accounts

import (
	"net/mail"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"awil/internal/errs"
	"awil/internal/i18n"
)

// Login is what a person signs in with: exactly one of the two is set.
type Login struct {
	Email string // lower case
	Phone string // E.164
}

// ParseLogin reads an e-mail address or a telephone number as people type them. A number without a country code is
// read as one of the country whose language she uses: Kyrgyzstan for Kyrgyz, Japan for Japanese, else Uzbekistan.
// A text that is neither gives errs.Invalid.
func ParseLogin(text string, lang i18n.Lang) (Login, error) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "@") {
		addr, err := mail.ParseAddress(text)
		if err != nil || addr.Name != "" || len(addr.Address) > 254 {
			return Login{}, errs.E(errs.Invalid, "not an e-mail address", err)
		}
		return Login{Email: strings.ToLower(addr.Address)}, nil
	}
	number, err := phonenumbers.Parse(text, region(lang))
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return Login{}, errs.E(errs.Invalid, "not a telephone number", err)
	}
	return Login{Phone: phonenumbers.Format(number, phonenumbers.E164)}, nil
}

func region(lang i18n.Lang) string {
	switch lang {
	case i18n.KY:
		return "KG"
	case i18n.JA:
		return "JP"
	default:
		return "UZ"
	}
}
