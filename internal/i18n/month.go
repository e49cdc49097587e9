package i18n

import "time"

// Month writes the name of a month that stands alone, as in "July to September".
func (l *Localizer) Month(m time.Month) string {
	if m < time.January || m > time.December {
		return ""
	}
	if l.lang == RU { // dates decline it
		return months{"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август",
			"сентябрь", "октябрь", "ноябрь", "декабрь"}[m-1]
	}
	return l.dates.months[m-1]
}
