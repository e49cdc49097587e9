package payouts

import (
	"strconv"
	"strings"
	"time"

	"awil/internal/errs"
)

// Period is what a statement is about: a month, what a payout pays for, or all
// since the last payout.
type Period struct {
	month    time.Time // first moment of a month; zero: none
	payoutID int64     // 0: none
}

// Since is everything since the last payout.
var Since = Period{}

// Month is the month that t is in, by t's own clock.
func Month(t time.Time) Period {
	return Period{month: time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())}
}

// OfPayout is what a payout pays for.
func OfPayout(id int64) Period { return Period{payoutID: id} }

const (
	sinceName = "now"
	monthName = "2006-01"
)

// ParsePeriod reads a period as Name writes it; months are of the zone.
// Anything else is errs.NotFound, as periods stand in addresses.
func ParsePeriod(text string, zone *time.Location) (Period, error) {
	if text == sinceName {
		return Since, nil
	}
	if digits, ok := strings.CutPrefix(text, "p"); ok {
		if id, err := strconv.ParseInt(digits, 10, 64); err == nil && id > 0 {
			return OfPayout(id), nil
		}
	}
	month, err := time.ParseInLocation(monthName, text, zone)
	if err != nil || month.Year() < 2000 {
		return Period{}, errs.E(errs.NotFound, "payouts: no period "+strconv.Quote(text))
	}
	return Period{month: month}, nil
}

// Name is the period as addresses and file names have it: "now", "2026-11",
// "p42".
func (p Period) Name() string {
	switch {
	case p.payoutID != 0:
		return "p" + strconv.FormatInt(p.payoutID, 10)
	case !p.month.IsZero():
		return p.month.Format(monthName)
	}
	return sinceName
}

// IsMonth reports whether it is a month, and gives its first day.
func (p Period) IsMonth() (time.Time, bool) { return p.month, !p.month.IsZero() }

// PayoutID is the payout the period is of, or 0.
func (p Period) PayoutID() int64 { return p.payoutID }

func (p Period) end() time.Time { return p.month.AddDate(0, 1, 0) }
