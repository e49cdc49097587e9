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
	draft    bool      // of the payout as it is proposed
}

// Since is everything since the last payout.
var Since = Period{}

// Month is the month that t is in, by t's own clock.
func Month(t time.Time) Period {
	return Period{month: time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())}
}

// OfPayout is what a payout pays for.
func OfPayout(id int64) Period { return Period{payoutID: id} }

// DraftOf is what a payout that is proposed would pay for if it were approved
// now: all since the one before. No address of a producer's own pages names it.
func DraftOf(id int64) Period { return Period{payoutID: id, draft: true} }

// Period is what the payout pays for, or would pay for while it is proposed.
func (p Payout) Period() Period {
	if p.Status == Proposed {
		return DraftOf(p.ID)
	}
	return OfPayout(p.ID)
}

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
// "p42", and "p42-draft" for files alone.
func (p Period) Name() string {
	switch {
	case p.draft:
		return "p" + strconv.FormatInt(p.payoutID, 10) + "-draft"
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

// IsDraft reports whether it is of a payout that nobody has approved yet.
func (p Period) IsDraft() bool { return p.draft }

func (p Period) end() time.Time { return p.month.AddDate(0, 1, 0) }
