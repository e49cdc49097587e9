package money

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// maxText bounds what Parse looks at; no sum a person means is longer.
const maxText = 64

// Parse reads a sum the way people type it into a form, in any of our
// languages: "56 000", "56000,50", "1,234.50", "56 000 so'm", "¥1,480",
// with full-width digits too. It never guesses a sum away: anything that does
// not read as one non-negative number in cur is ErrSyntax, more decimals than
// cur has is ErrDecimals, too large a sum ErrOverflow.
//
// A single point or comma before exactly three digits groups thousands
// ("56.000" soʻm), except where the currency itself has three decimals.
func Parse(text string, cur Currency) (Amount, error) {
	if !cur.Known() {
		return Amount{}, fmt.Errorf("parse in %q: %w", string(cur), ErrCurrency)
	}
	if len(text) > maxText {
		return Amount{}, fmt.Errorf("%d bytes: %w", len(text), ErrSyntax)
	}
	number := stripMark(strings.TrimSpace(strings.Map(narrow, text)), cur)
	whole, decimals, err := splitNumber(number, cur.Digits())
	if err != nil {
		return Amount{}, fmt.Errorf("%q: %w", text, err)
	}
	padding := strings.Repeat("0", cur.Digits()-len(decimals))
	minor, err := strconv.ParseInt(whole+decimals+padding, 10, 64)
	if err != nil { // only digits are left: it can only be too long
		return Amount{}, fmt.Errorf("%q: %w", text, ErrOverflow)
	}
	return New(minor, cur), nil
}

// narrow maps full-width forms to ASCII, every space to a plain one and every
// apostrophe that Uzbek is typed with to the straight one.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case unicode.IsSpace(r):
		return ' '
	}
	switch r {
	case '．':
		return '.'
	case '，':
		return ','
	case '￥':
		return '¥'
	case '‘', '’', 'ʻ', 'ʼ', '`', '´':
		return '\''
	}
	return unicode.ToLower(r)
}

// marks lists what people write beside a number in a currency, besides its
// code, in lower case; longer before shorter.
var marks = map[Currency][]string{
	UZS: {"so'm", "soum", "sum", "som", "сўм", "сум", "сом"},
	KGS: {"сом", "som", "⃀", "с"},
	JPY: {"jp¥", "yen", "円", "¥"},
	USD: {"us$", "$"},
	EUR: {"€"},
	GBP: {"£"},
	KRW: {"₩", "원"},
	KZT: {"тенге", "тг", "₸"},
	RUB: {"руб.", "руб", "р.", "₽"},
	AED: {"dh", "د.إ"},
}

// stripMark removes the currency's own mark before or after the number, once.
func stripMark(text string, cur Currency) string {
	for _, mark := range append([]string{strings.ToLower(string(cur))}, marks[cur]...) {
		if rest, ok := strings.CutSuffix(text, mark); ok {
			return strings.TrimSpace(rest)
		}
		if rest, ok := strings.CutPrefix(text, mark); ok {
			return strings.TrimSpace(rest)
		}
	}
	return text
}
