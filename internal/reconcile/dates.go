package reconcile

import (
	"errors"
	"strconv"
	"time"
)

var errDate = errors.New("reconcile: not a day")

// How reports write days and times. Days come before months where points stand.
var dateForms = []string{
	"2006-01-02", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"02.01.2006", "02.01.2006 15:04:05", "02.01.2006 15:04",
}

// moment reads a day or a time in a zone; one with an offset of its own keeps
// it.
func moment(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return sane(t)
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) == 13 {
		return sane(time.UnixMilli(ms))
	}
	for _, form := range dateForms {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return sane(t)
		}
	}
	return time.Time{}, errDate
}

// sane refuses years in which there is no programme.
func sane(t time.Time) (time.Time, error) {
	if t.Year() < 2000 || t.Year() > 2100 {
		return time.Time{}, errDate
	}
	return t.UTC().Truncate(time.Microsecond), nil
}
