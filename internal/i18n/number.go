package i18n

import (
	"strconv"
	"strings"
)

// nbsp keeps a number and what belongs to it on one line.
const nbsp = "\u00a0"

// numberFormat is how a language writes numbers: CLDR 48, except Karakalpak,
// for which it has only the root locale and which writes them as Uzbek does.
type numberFormat struct {
	decimal, group string
	percent        string // with the space before it, if any
	and            string // between the last two of a list
	comma          string // between the others
	gap            string // between a number and its unit
}

func numberFormatOf(l Lang) numberFormat {
	f := numberFormat{decimal: ",", group: nbsp, percent: "%", comma: ", ", gap: nbsp}
	switch l {
	case RU:
		f.percent, f.and = nbsp+"%", " и "
	case UZ:
		f.and = " va "
	case KAA:
		f.and = " hám "
	case KY:
		f.and = " жана "
	case JA:
		return numberFormat{decimal: ".", group: ",", percent: "%", comma: "、", and: "、"}
	default:
		return numberFormat{decimal: ".", group: ",", percent: "%", comma: ", ", and: " and ", gap: nbsp}
	}
	return f
}

// Number writes a whole number with its thousands grouped.
func (l *Localizer) Number(n int64) string {
	var space [32]byte
	return string(l.appendNumber(space[:0], n))
}

func (l *Localizer) appendNumber(buf []byte, n int64) []byte {
	var space [20]byte
	digits := strconv.AppendInt(space[:0], n, 10)
	if digits[0] == '-' {
		buf, digits = append(buf, '-'), digits[1:]
	}
	return appendGrouped(buf, digits, l.numbers.group)
}

// appendGrouped writes digits in groups of three from the right.
func appendGrouped(buf, digits []byte, group string) []byte {
	for i, d := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 {
			buf = append(buf, group...)
		}
		buf = append(buf, d)
	}
	return buf
}

// appendDecimal writes n / 10^places without trailing zeros.
func (l *Localizer) appendDecimal(buf []byte, n int64, places int) []byte {
	scale := int64(1)
	for range places {
		scale *= 10
	}
	if n < 0 && n > -scale {
		buf = append(buf, '-')
	}
	buf = l.appendNumber(buf, n/scale)
	rest := n % scale
	if rest < 0 {
		rest = -rest
	}
	if rest == 0 {
		return buf
	}
	buf = append(buf, l.numbers.decimal...)
	for rest > 0 {
		scale /= 10
		buf = append(buf, byte('0'+rest/scale))
		rest %= scale
	}
	return buf
}

// Percent writes basis points as a percentage: 1050 is "10.5%" in English and
// "10,5 %" in Russian.
func (l *Localizer) Percent(basisPoints int) string {
	return string(append(l.appendDecimal(nil, int64(basisPoints), 2), l.numbers.percent...))
}

// Weight writes grams as a label does: in grams below a kilogram, else in
// kilograms with as many decimals as it takes.
func (l *Localizer) Weight(grams int) string {
	return l.Quantity(grams, "g")
}

// Quantity writes how much a package holds in one of the catalogue's units: g,
// ml or piece. From a thousand on, grams become kilograms and millilitres
// litres.
func (l *Localizer) Quantity(n int, unit string) string {
	switch {
	case unit == "piece":
		return l.T("terms.unit.piece", "n", n)
	case unit == "g" && n >= 1000:
		return l.measure(int64(n), 3, "terms.unit.kg")
	case unit == "ml" && n >= 1000:
		return l.measure(int64(n), 3, "terms.unit.l")
	case unit == "ml":
		return l.measure(int64(n), 0, "terms.unit.ml")
	}
	return l.measure(int64(n), 0, "terms.unit.g")
}

func (l *Localizer) measure(n int64, places int, unit string) string {
	var space [32]byte
	buf := l.appendDecimal(space[:0], n, places)
	buf = append(buf, l.numbers.gap...)
	return string(append(buf, l.T(unit)...))
}

// List joins items as a sentence does: "a, b and c".
func (l *Localizer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return strings.Join(items[:last], l.numbers.comma) + l.numbers.and + items[last]
}
