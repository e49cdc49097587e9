package i18n

import (
	"strconv"
	"time"
)

// months are the names of the months in the form dates use.
type months [12]string

// dateFormat is how a language writes dates. Layouts hold one letter for each
// part: D day, M month's name, A its first three letters (of ASCII), Y year; d
// and m are two-digit day and month.
type dateFormat struct {
	months      months
	long, short string
}

// dateFormatOf follows CLDR 48 for the long form, with Karakalpak ours. The
// short form differs: CLDR's is ambiguous in English (is 3/9/26 in March?), and
// Uzbek and Kyrgyz readers write 09.03.2026 whatever it says.
func dateFormatOf(l Lang) dateFormat {
	const dotted = "d.m.Y"
	switch l {
	case RU:
		return dateFormat{months{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
			"сентября", "октября", "ноября", "декабря"}, "D M Y г.", dotted}
	case UZ:
		return dateFormat{months{"yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avgust",
			"sentabr", "oktabr", "noyabr", "dekabr"}, "D-M, Y", dotted}
	case KAA:
		return dateFormat{months{"yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avgust",
			"sentyabr", "oktyabr", "noyabr", "dekabr"}, "Y-jıl D-M", dotted}
	case KY:
		return dateFormat{months{"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август",
			"сентябрь", "октябрь", "ноябрь", "декабрь"}, "Y-ж., D-M", dotted}
	case JA:
		return dateFormat{months{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月",
			"9月", "10月", "11月", "12月"}, "Y年MD日", "Y/m/d"}
	}
	return dateFormat{months{"January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December"}, "M D, Y", "D A Y"}
}

// Date writes a day in full, in t's own location: "9 марта 2026 г.".
func (l *Localizer) Date(t time.Time) string {
	var space [48]byte
	return string(l.appendDate(space[:0], t))
}

func (l *Localizer) appendDate(buf []byte, t time.Time) []byte {
	return l.appendLayout(buf, l.dates.long, t)
}

// DateShort writes a day for tables, in t's own location: "09.03.2026".
func (l *Localizer) DateShort(t time.Time) string {
	var space [32]byte
	return string(l.appendLayout(space[:0], l.dates.short, t))
}

// DateTime writes a day in full and the time by the 24-hour clock, in t's own
// location.
func (l *Localizer) DateTime(t time.Time) string {
	var space [64]byte
	buf := l.appendDate(space[:0], t)
	if l.lang == JA {
		buf = append(buf, ' ')
	} else {
		buf = append(buf, ", "...)
	}
	return string(t.AppendFormat(buf, "15:04"))
}

func (l *Localizer) appendLayout(buf []byte, layout string, t time.Time) []byte {
	for i := range len(layout) {
		switch layout[i] {
		case 'D':
			buf = strconv.AppendInt(buf, int64(t.Day()), 10)
		case 'M':
			buf = append(buf, l.dates.months[t.Month()-1]...)
		case 'A':
			buf = append(buf, l.dates.months[t.Month()-1][:3]...)
		case 'Y':
			buf = strconv.AppendInt(buf, int64(t.Year()), 10)
		case 'd':
			buf = t.AppendFormat(buf, "02")
		case 'm':
			buf = t.AppendFormat(buf, "01")
		default:
			buf = append(buf, layout[i])
		}
	}
	return buf
}
