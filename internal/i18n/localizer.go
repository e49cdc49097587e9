package i18n

import (
	"fmt"
	"strings"
	"time"

	"awil/internal/money"
)

// Localizer writes for readers of one language. It never changes once made, so
// any number of requests may use it at once.
type Localizer struct {
	lang     Lang
	messages map[string]*message
	numbers  numberFormat
	dates    dateFormat
	money    map[money.Currency]moneyFormat
}

// For returns the localizer of a language, the English one if it is unknown.
// The first call loads the catalogues.
func For(lang Lang) *Localizer {
	all := localizers()
	if l, ok := all[lang]; ok {
		return l
	}
	return all[EN]
}

func newLocalizer(lang Lang) *Localizer {
	return &Localizer{
		lang:     lang,
		messages: map[string]*message{},
		numbers:  numberFormatOf(lang),
		dates:    dateFormatOf(lang),
		money:    moneyFormats(lang),
	}
}

// Lang returns the language.
func (l *Localizer) Lang() Lang { return l.lang }

// Has reports whether there is a message with this key, for keys that are put
// together from data.
func (l *Localizer) Has(key string) bool {
	return l.messages[key] != nil
}

// countArg is the argument that chooses the plural form.
const countArg = "n"

// T returns the message with this key. Arguments come in pairs of name and
// value and fill the placeholders of that name; whole numbers, amounts of
// money and times are written as Number, Money and Date write them, anything
// else as fmt does. A plural message picks its form by the argument n. A key
// that no catalogue has comes back as it is.
func (l *Localizer) T(key string, args ...any) string {
	m := l.messages[key]
	if m == nil {
		return key
	}
	if m.fixed() {
		return m.plain
	}
	f := formOther
	if m.plural {
		f = l.form(args)
	}
	var space [160]byte
	buf := space[:0]
	for _, s := range m.pick(f) {
		if s.arg == "" {
			buf = append(buf, s.text...)
			continue
		}
		buf = l.appendArg(buf, s.arg, args)
	}
	return string(buf)
}

// form returns the plural form for the argument n.
func (l *Localizer) form(args []any) form {
	value, ok := argument(countArg, args)
	if !ok {
		return formOther
	}
	n, ok := whole(value)
	if !ok {
		return formOther
	}
	return pluralForm(l.lang, n)
}

// argument finds a value by its name in name, value, name, value …
func argument(name string, args []any) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// appendArg writes an argument, or the bare placeholder if it was not given,
// which looks wrong enough to be noticed and still reads.
func (l *Localizer) appendArg(buf []byte, name string, args []any) []byte {
	value, ok := argument(name, args)
	if !ok {
		buf = append(buf, '{')
		buf = append(buf, name...)
		return append(buf, '}')
	}
	switch v := value.(type) {
	case string:
		return append(buf, v...)
	case money.Amount:
		return l.appendMoney(buf, v)
	case time.Time:
		return l.appendDate(buf, v)
	}
	if n, ok := whole(value); ok {
		return l.appendNumber(buf, n)
	}
	return fmt.Append(buf, value)
}

// whole returns the value of any of Go's own signed integer types.
func whole(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case int8:
		return int64(v), true
	}
	return 0, false
}

// Language returns the name of a language in this one.
func (l *Localizer) Language(lang Lang) string {
	return l.term("terms.lang.", string(lang))
}

// Country returns the name of a country given by its ISO 3166 code in any
// case, or the code if there is no name.
func (l *Localizer) Country(code string) string {
	return l.term("terms.country.", code)
}

// Allergen returns the name of an allergen given by the programme's code.
func (l *Localizer) Allergen(code string) string {
	return l.term("terms.allergen.", code)
}

func (l *Localizer) term(prefix, code string) string {
	if m := l.messages[prefix+strings.ToLower(code)]; m != nil {
		return m.plain
	}
	return code
}
