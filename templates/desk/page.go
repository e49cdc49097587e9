// Package desk holds the pages of the programme's staff: what waits, reviewing a listing, the home pages, collections,
// invitations, people, orders, the audit trail.
package desk

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/photos"
	"awil/templates/layout"
	"awil/templates/part"
)

// Page is what every page of the desk knows.
type Page struct {
	layout.Base
	Zone *time.Location // of the programme: every time is shown in it
	Now  time.Time
	// What waits: for staff, and for finance where the viewer is that.
	Care    orders.Care
	Matters payments.OpenMatters
	Batches int // of payouts, that wait for a second person
}

// When writes a day and a time.
func (p Page) When(t time.Time) string { return p.DateTime(t.In(p.Zone)) }

// Day writes a day as tables do.
func (p Page) Day(t time.Time) string { return p.DateShort(t.In(p.Zone)) }

// DayOr writes a day, or a word where there is none.
func (p Page) DayOr(t *time.Time, word string) string {
	if t == nil {
		return word
	}
	return p.Day(*t)
}

// Age writes how long ago something was, in hours and from two days on in days.
func (p Page) Age(t time.Time) string {
	hours := int(p.Now.Sub(t).Hours())
	if hours < 48 {
		return p.T("desk.age.hours", "n", max(0, hours))
	}
	return p.T("desk.age.days", "n", days(p.Now.Sub(t)))
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// localTime is how the input of a day and a time writes its value.
const localTime = "2006-01-02T15:04"

// Local writes a moment as an input of day and time holds it, in the programme's zone.
func (p Page) Local(t time.Time) string { return t.In(p.Zone).Format(localTime) }

// LocalOr is Local, empty where there is no moment.
func (p Page) LocalOr(t *time.Time) string {
	if t == nil {
		return ""
	}
	return p.Local(*t)
}

// ZoneName is the programme's zone as labels name it: "Tashkent, UTC+5".
func (p Page) ZoneName() string { return p.T("desk.zone", "offset", p.Now.In(p.Zone).Format("-07")) }

// With returns the address of this page with one parameter of its query changed; an empty value takes it away.
func (p Page) With(name, value string) string {
	q, err := url.ParseQuery(p.Query)
	if err != nil {
		q = url.Values{}
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return p.Path
	}
	return p.Path + "?" + q.Encode()
}

// Export returns the address under which the list of this page, filtered as it is, comes as a table file.
func (p Page) Export() string {
	if p.Query == "" {
		return p.Path + ".csv"
	}
	return p.Path + ".csv?" + p.Query
}

// Tab is one of several views of a page.
type Tab struct {
	Href    string
	Text    string
	Lang    string // BCP 47, where the text is not in the page's language
	Title   string // in words, where the text is an abbreviation
	Count   int
	Current bool
	State   string // class of a state that stands before the text; empty: none
}

// Langs are tabs of all six languages; state says how each stands, as a class and a word.
func (p Page) Langs(current i18n.Lang, state func(i18n.Lang) (class, word string)) []Tab {
	var tabs []Tab
	for _, lang := range i18n.Langs() {
		class, word := state(lang)
		tabs = append(tabs, Tab{Href: p.With("lang", string(lang)), Text: string(lang), Title: p.Language(lang) + ", " + word,
			Current: lang == current, State: class})
	}
	return tabs
}

// picture is a stored photo as the parts draw it; the words stand beside it where alt is empty.
func picture(ph photos.Photo, alt string) part.Picture {
	return part.Picture{Key: ph.Key, Widths: ph.Widths, Width: ph.Width, Height: ph.Height, AVIF: ph.AVIF, Alt: alt,
		Color: ph.Color, Placeholder: ph.Placeholder}
}

// langTag is the BCP 47 tag for a lang attribute, empty where the text is in the page's own language.
func (p Page) langTag(lang i18n.Lang) string {
	if lang == p.Lang() || lang == "" {
		return ""
	}
	return lang.Tag()
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

func path(segments ...string) string { return "/desk/" + strings.Join(segments, "/") }

// queryOf is the query of an address.
func queryOf(address string) string {
	_, query, _ := strings.Cut(address, "?")
	return query
}

// numberOr writes a number that stands for something, and nothing for 0.
func numberOr(n int64) string {
	if n == 0 {
		return ""
	}
	return id(n)
}

// upperList writes market codes as people know them: "UZ JP".
func upperList(codes []string) string { return strings.ToUpper(strings.Join(codes, " ")) }
