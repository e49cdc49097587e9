package i18n

import (
	"strconv"
	"strings"

	"github.com/bojanz/currency"

	"awil/internal/money"
)

// moneyFormat is how a language writes sums in one currency: what stands
// before and after the number, and how many decimals it has.
type moneyFormat struct {
	prefix, suffix string
	digits         int
	wholeOnly      bool // decimals are shown only when they are not zero
}

// symbols are where we do not follow CLDR: it leaves soʻm a bare code outside
// Uzbek, and makes readers of a shop that sells in yen and dollars look at JP¥
// and US$. The Kyrgyz som stays KGS where it would read like the Uzbek soʻm.
func symbols(l Lang) map[string]string {
	s := map[string]string{"USD": "$", "JPY": "¥", "UZS": "soʻm"}
	switch l {
	case RU, KY:
		s["UZS"], s["KGS"] = "сум", "сом"
	case JA:
		s["JPY"], s["UZS"], s["KGS"] = "円", "スム", "ソム"
	}
	return s
}

// moneyFormats prepares every currency of ISO 4217, so that writing a sum is
// only copying.
func moneyFormats(l Lang) map[money.Currency]moneyFormat {
	formats := map[money.Currency]moneyFormat{}
	f := currency.NewFormatter(currency.NewLocale(moneyLocale(l)))
	f.SymbolMap = symbols(l)
	f.MinDigits, f.MaxDigits = 0, 0
	for _, code := range currency.GetCurrencyCodes() {
		cur := money.Currency(code)
		formats[cur] = moneyFormatOf(l, cur, f)
	}
	return formats
}

// moneyLocale is the CLDR locale a language's sums follow. CLDR has none for
// Karakalpak and would fall back to English.
func moneyLocale(l Lang) string {
	if l == KAA {
		return string(UZ)
	}
	return string(l)
}

func moneyFormatOf(l Lang, cur money.Currency, f *currency.Formatter) moneyFormat {
	out := moneyFormat{digits: cur.Digits(), wholeOnly: cur == money.UZS}
	if symbol, ours := f.SymbolMap[string(cur)]; ours && wordAfter(l, cur) {
		out.suffix = symbol
		if l == EN {
			out.suffix = nbsp + symbol
		}
		return out
	}
	sample, err := currency.NewAmount("7", string(cur))
	if err != nil {
		out.suffix = nbsp + string(cur)
		return out
	}
	out.prefix, out.suffix, _ = strings.Cut(f.Format(sample), "7")
	return out
}

// wordAfter reports whether a currency's symbol is a word that follows the
// number in a language whose other symbols precede it: 1,480円, 56,000 soʻm.
func wordAfter(l Lang, cur money.Currency) bool {
	switch l {
	case JA:
		return cur == money.JPY || cur == money.UZS || cur == money.KGS
	case EN:
		return cur == money.UZS
	}
	return false
}

// minus stands before a sum below nothing: as wide as a digit, never broken off
// at the end of a line, and no dash.
const minus = "\u2212"

// Money writes a sum with its currency: "¥1,480" in English, "1,480円" in
// Japanese, "1 234,50 сом" in Kyrgyz. Soʻm are shown without decimals unless
// there are tiyin in the sum: what is shown is always what is charged.
func (l *Localizer) Money(a money.Amount) string {
	var space [64]byte
	return string(l.appendMoney(space[:0], a))
}

func (l *Localizer) appendMoney(buf []byte, a money.Amount) []byte {
	f, ok := l.money[a.Currency]
	if !ok {
		return append(buf, a.String()...)
	}
	var space [24]byte
	digits := strconv.AppendInt(space[:0], a.Minor, 10)
	if digits[0] == '-' {
		buf, digits = append(buf, minus...), digits[1:]
	}
	buf = append(buf, f.prefix...)
	buf = l.appendSum(buf, digits, f)
	return append(buf, f.suffix...)
}

// appendSum writes minor units, given as digits, in major ones.
func (l *Localizer) appendSum(buf, digits []byte, f moneyFormat) []byte {
	cut := len(digits) - f.digits
	if cut <= 0 {
		buf = append(buf, '0')
	} else {
		buf = appendGrouped(buf, digits[:cut], l.numbers.group)
	}
	if f.digits == 0 || f.wholeOnly && allZero(digits[max(cut, 0):]) {
		return buf
	}
	buf = append(buf, l.numbers.decimal...)
	for range -cut {
		buf = append(buf, '0')
	}
	return append(buf, digits[max(cut, 0):]...)
}

func allZero(digits []byte) bool {
	for _, d := range digits {
		if d != '0' {
			return false
		}
	}
	return true
}
