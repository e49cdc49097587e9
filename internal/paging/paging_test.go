package paging_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/paging"
)

func TestParseClamps(t *testing.T) {
	tests := []struct {
		limit string
		want  int
	}{
		{"", 24}, {"10", 10}, {"abc", 24}, {"0", 1}, {"-5", 1}, {"500", 100}, {"99999999999999999999", 24},
	}
	for _, tt := range tests {
		p := paging.Parse("x", tt.limit, 24, 100)
		if p.Limit != tt.want || p.After != "x" || p.Fetch() != tt.want+1 {
			t.Errorf("limit %q: %+v, want %d", tt.limit, p, tt.want)
		}
	}
}

type row struct {
	ID int64
	At time.Time
}

type key struct {
	At time.Time `json:"a"`
	ID int64     `json:"i"`
}

// Leafing through a list shows every row once, in order.
func TestLeafing(t *testing.T) {
	var all []row
	start := time.Date(2026, 11, 21, 12, 0, 0, 123456000, time.UTC)
	for i := range int64(10) {
		all = append(all, row{ID: i, At: start.Add(time.Duration(i/3) * time.Second)})
	}
	list := func(p paging.Page) []row {
		k, err := paging.Key[key](p)
		if err != nil {
			t.Fatal(err)
		}
		from := 0
		if !p.First() {
			from = slices.IndexFunc(all, func(r row) bool { return r.At.Equal(k.At) && r.ID == k.ID }) + 1
		}
		return all[from:min(from+p.Fetch(), len(all))]
	}
	for _, limit := range []int{1, 3, 5, 9, 10, 11} {
		var seen []row
		page := paging.Page{Limit: limit}
		for {
			rows, next, err := paging.Cut(page, list(page), func(r row) key { return key{r.At, r.ID} })
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, rows...)
			if next == "" {
				break
			}
			page.After = next
		}
		if !slices.Equal(seen, all) {
			t.Errorf("by %d: saw %v", limit, seen)
		}
	}
}

func TestBadCursorIsInvalid(t *testing.T) {
	enc := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, bad := range []string{
		"%%%", "e30=", enc(" "), enc("{"), enc(`"x"`), enc(`{"b":1}`), enc(`{"i":"x"}`), enc(`{"i":1}{}`), enc(`{"i":1.5}`),
		strings.Repeat("A", 600),
	} {
		k, err := paging.Key[key](paging.Page{After: bad, Limit: 5})
		if errs.KindOf(err) != errs.Invalid || k != (key{}) {
			t.Errorf("cursor %q: %v, %v; want Invalid", bad, k, err)
		}
	}
}

func TestKeyThatCannotBeWritten(t *testing.T) {
	_, _, err := paging.Cut(paging.Page{Limit: 1}, []int{1, 2}, func(int) any { return func() {} })
	if errs.KindOf(err) != errs.Internal {
		t.Errorf("got %v, want Internal", err)
	}
}

func FuzzKey(f *testing.F) {
	f.Add("eyJpIjoxfQ")
	f.Add("")
	f.Fuzz(func(t *testing.T, after string) {
		if _, err := paging.Key[key](paging.Page{After: after, Limit: 1}); err != nil && errs.KindOf(err) != errs.Invalid {
			t.Fatalf("%q: %v", after, err)
		}
	})
}
