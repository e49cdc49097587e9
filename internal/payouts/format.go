package payouts

import (
	"slices"
	"strings"
	"unicode"

	"awil/internal/errs"
	"awil/internal/money"
)

// Kind is a way money reaches a producer.
type Kind string

// The ways, as the table payout_destinations lists them.
const (
	KindBank Kind = "bank"
	KindCard Kind = "card"
	KindCash Kind = "cash"
)

// Kinds lists the ways in the order forms show them.
var Kinds = []Kind{KindCard, KindBank, KindCash}

// Format is how a country's banks write accounts.
type Format struct {
	Country        string // ISO 3166
	Currency       money.Currency
	BankCodeName   string // what people there call the code of a bank
	BankCodeDigits int
	AccountDigits  int
	CardDigits     int
}

// Formats lists the countries producers are paid in.
//
// Uzbekistan: an MFO of 5 digits and an account of 20, as the directory of the
// Central Bank has them (slash.com/routing-numbers/country/uzbekistan).
// Kyrgyzstan: a BIC of 6 digits, as correspondents ask for it; an account of 16
// by the National Bank's instruction on the numbering of settlement accounts,
// resolution 3/5 of 22 February 2005: three digits of the bank, eleven of its
// own, two of control out of the remainder by 97. How the remainder becomes the
// two digits was not verified, so they are not checked here.
// Cards of Uzcard, Humo and Elkart have 16 digits and end in a Luhn digit; that
// all of them do was not verified.
var Formats = []Format{
	{Country: "UZ", Currency: money.UZS, BankCodeName: "MFO", BankCodeDigits: 5, AccountDigits: 20, CardDigits: 16},
	{Country: "KG", Currency: money.KGS, BankCodeName: "BIC", BankCodeDigits: 6, AccountDigits: 16, CardDigits: 16},
}

// FormatOf returns the format of the country whose currency it is.
func FormatOf(cur money.Currency) (Format, bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Currency == cur })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}

// Typed is a destination as it was filled in.
type Typed struct {
	Kind     Kind
	Holder   string
	BankCode string
	Number   string // of the account or the card; spaces and hyphens are nothing
	HandedBy string
}

// checked returns the destination without spaces, or *errs.Fields under the
// names kind, holder, bank_code, number, handed_by. A number left empty is kept
// only where keep says so.
func (f Format) checked(t Typed, keep bool) (Typed, error) {
	var problems errs.Fields
	t.BankCode, t.Number = digitsOnly(t.BankCode), digitsOnly(t.Number)
	t.Holder, t.HandedBy = strings.Join(strings.Fields(t.Holder), " "), strings.Join(strings.Fields(t.HandedBy), " ")
	if !slices.Contains(Kinds, t.Kind) {
		problems.Add("kind", "errors.choose")
		return t, problems.Err()
	}
	name(&problems, "holder", t.Holder)
	switch t.Kind {
	case KindBank:
		exactly(&problems, "bank_code", t.BankCode, f.BankCodeDigits, "money.to.errors.bank_code", "name", f.BankCodeName)
		if t.Number != "" || !keep {
			exactly(&problems, "number", t.Number, f.AccountDigits, "money.to.errors.account")
		}
		t.HandedBy = ""
	case KindCard:
		if t.Number != "" || !keep {
			exactly(&problems, "number", t.Number, f.CardDigits, "money.to.errors.card")
			if !luhn(t.Number) {
				problems.Add("number", "money.to.errors.card_typo")
			}
		}
		t.BankCode, t.HandedBy = "", ""
	case KindCash:
		name(&problems, "handed_by", t.HandedBy)
		t.BankCode, t.Number = "", ""
	}
	return t, problems.Err()
}

// name checks a person's name. It goes into the bank's file and into
// spreadsheets, so it holds nothing but letters, digits and what stands between
// them in names.
func name(problems *errs.Fields, field, text string) {
	if text == "" {
		problems.Add(field, "errors.required")
		return
	}
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && (i == 0 || !unicode.IsDigit(r) && !strings.ContainsRune(" .,'-ʻʼ‘’\"«»()", r)) {
			problems.Add(field, "money.to.errors.name")
			return
		}
	}
}

func exactly(problems *errs.Fields, field, digits string, want int, key string, args ...any) {
	switch {
	case digits == "":
		problems.Add(field, "errors.required")
	case len(digits) != want || strings.Trim(digits, "0123456789") != "":
		problems.Add(field, key, append(args, "n", want)...)
	}
}

// digitsOnly takes away what people put between groups of digits and writes
// full-width digits as plain ones.
func digitsOnly(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '-', r == '.', r == '‑', r == '–':
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, text)
}

// luhn reports whether the last digit of a card's number belongs to the others
// (ISO/IEC 7812-1, annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0 && digits != ""
}
