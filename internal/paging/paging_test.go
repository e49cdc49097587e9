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

// Leafing on to the end and back again shows the same rows; the pages of both
// directions meet, however the list is cut.
func TestLeafingBack(t *testing.T) {
	var all []int64
	for i := range int64(10) {
		all = append(all, i)
	}
	leaf := func(cursor string, limit int) ([]int64, paging.Around) {
		p := paging.Either(cursor, limit)
		k, err := paging.Key[int64](p)
		if err != nil {
			t.Fatal(err)
		}
		var fetched []int64
		switch {
		case p.First():
			fetched = slices.Clone(all)
		case p.Back():
			fetched = slices.Clone(all[:k])
			slices.Reverse(fetched)
		default:
			fetched = slices.Clone(all[k+1:])
		}
		rows, beside, err := paging.Leaf(p, fetched[:min(len(fetched), p.Fetch())], func(id int64) int64 { return id })
		if err != nil {
			t.Fatal(err)
		}
		return rows, beside
	}
	for _, limit := range []int{1, 3, 5, 9, 10, 11} {
		var on [][]int64
		rows, beside := leaf("", limit)
		if beside.Previous != "" {
			t.Errorf("by %d: something lies before the beginning", limit)
		}
		for on = append(on, rows); beside.Next != ""; on = append(on, rows) {
			rows, beside = leaf(beside.Next, limit)
		}
		if !slices.Equal(slices.Concat(on...), all) {
			t.Errorf("by %d: on: %v", limit, on)
		}
		for i := len(on) - 2; i >= 0; i-- {
			if rows, beside = leaf(beside.Previous, limit); !slices.Equal(rows, on[i]) {
				t.Errorf("by %d: back to page %d: %v, went on over %v", limit, i, rows, on[i])
			}
			if again, _ := leaf(beside.Next, limit); !slices.Equal(again, on[i+1]) {
				t.Errorf("by %d: on again from page %d: %v", limit, i, again)
			}
		}
		if len(on) > 1 && beside.Previous != "" {
			t.Errorf("by %d: back at the beginning, something lies before", limit)
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
