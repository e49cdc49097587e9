package catalog_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// The database and the program agree which months lie in a season, over the turn of the year too.
func TestSeasonsInTheDatabase(t *testing.T) {
	w := newWorld(t)
	for from := time.January; from <= time.December; from++ {
		for to := time.January; to <= time.December; to++ {
			var bits int
			w.ok(w.pool.QueryRow(t.Context(), `select season_months($1, $2)`, int(from), int(to)).Scan(&bits))
			for m := time.January; m <= time.December; m++ {
				if in := bits&(1<<(m-1)) != 0; in != (catalog.Season{From: from, To: to}).Holds(m) {
					t.Errorf("%s to %s, %s: %v in the database", from, to, m, in)
				}
			}
		}
	}
	id, _ := w.selling(w.maker, "Qawın")
	for _, wrong := range []string{"season_from = 7, season_to = null", "season_from = null, season_to = 7", "season_from = 0, season_to = 3",
		"season_from = 4, season_to = 13", "season_from = 1, season_to = 12", "season_from = 7, season_to = 6"} {
		if _, err := w.pool.Exec(t.Context(), `update products set `+wrong+` where id = $1`, id); postgres.Err(err) == nil {
			t.Errorf("kept: %s", wrong)
		}
	}
}

func TestSeason(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	melon, _ := w.selling(w.maker, "Qawın")
	walnut, _ := w.selling(w.maker, "Ǵoz")
	felt, _ := w.selling(w.maker, "Kiyiz")
	w.ok(w.catalog.SetSeason(ctx, w.maker, melon, catalog.Season{From: time.August, To: time.October}))
	w.ok(w.catalog.SetSeason(ctx, w.maker, walnut, catalog.Season{From: time.October, To: time.February}))
	w.ok(w.catalog.SetSeason(ctx, w.maker, felt, catalog.Season{From: time.March, To: time.February})) // all year

	for month, want := range map[time.Month][]int64{time.September: {melon}, time.October: {walnut, melon}, time.January: {walnut}, time.May: nil} {
		q := catalog.ListQuery{Market: "jp", Lang: i18n.EN, Month: month, InSeason: true, Page: paging.Page{Limit: 9}}
		list, _, err := w.catalog.Listing(ctx, q)
		w.ok(err)
		var got []int64
		for _, c := range list {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", month, got, want)
		}
		for _, within := range []catalog.ListQuery{{}, {Category: w.outer}, {Village: w.village}} {
			within.Market, within.Lang, within.Month = "jp", i18n.EN, month
			f, err := w.catalog.Facets(ctx, within)
			w.ok(err)
			if f.InSeason != len(want) {
				t.Errorf("%s within %+v: %d in season, want %d", month, within, f.InSeason, len(want))
			}
		}
	}
	if p := w.mine(w.maker, felt); !p.Season().All() {
		t.Errorf("twelve months are %+v", p.Season())
	}
	if p := w.mine(w.maker, melon); p.State != catalog.Approved || p.Season() != (catalog.Season{From: time.August, To: time.October}) {
		t.Errorf("%s, %+v", p.State, p.Season())
	}
	page, err := w.catalog.ProductByID(ctx, "jp", i18n.EN, walnut)
	w.ok(err)
	if page.Season != (catalog.Season{From: time.October, To: time.February}) {
		t.Errorf("buyers read %+v", page.Season)
	}
}

func hasField(err error, name string) bool {
	var f *errs.Fields
	if !errors.As(err, &f) {
		return false
	}
	_, has := f.Get(name)
	return has
}

func TestSeasonsThatAreNone(t *testing.T) {
	w := newWorld(t)
	id, _ := w.selling(w.maker, "Qawın")
	for _, s := range []catalog.Season{{From: time.March}, {To: time.March}, {From: 13, To: time.May}, {From: -1, To: time.May}} {
		if err := w.catalog.SetSeason(t.Context(), w.maker, id, s); !hasField(err, "season_from") {
			t.Errorf("%+v: %v", s, err)
		}
		if err := w.catalog.ChangeSeason(t.Context(), w.staff, id, s); !hasField(err, "season_from") {
			t.Errorf("staff, %+v: %v", s, err)
		}
	}
	if err := w.catalog.SetSeason(t.Context(), w.other, id, catalog.Season{From: 1, To: 2}); err == nil {
		t.Error("another's product")
	}
	w.ok(w.catalog.ChangeSeason(t.Context(), w.staff, id, catalog.Season{From: time.May, To: time.May}))
	if got := w.mine(w.maker, id).Season(); got != (catalog.Season{From: time.May, To: time.May}) {
		t.Errorf("%+v", got)
	}
}
