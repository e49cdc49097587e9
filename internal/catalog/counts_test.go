package catalog_test

import (
	"sync"
	"testing"
	"time"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/watch"
)

// Which villages a shelf has is counted once, whichever of them is looked at, and so are the shelves of a village.
func TestCountsAreShared(t *testing.T) {
	w := newWorld(t)
	shelf(w)
	board := watch.NewBoard()
	board.SetCertain(true)
	s := catalog.New(w.pool, w.clock.now, nil)
	s.Watch(board)
	for _, step := range []struct {
		name    string
		q       catalog.ListQuery
		want    int
		changed watch.Topic
	}{
		{"all", catalog.ListQuery{}, 2, ""},
		{"a village", catalog.ListQuery{Village: w.village}, 1, ""},
		{"a shelf", catalog.ListQuery{Category: w.food}, 1, ""},
		{"both", catalog.ListQuery{Category: w.food, Village: w.village}, 0, ""},
		{"another sort", catalog.ListQuery{Category: w.food, Village: w.village, Sort: catalog.SortPriceUp}, 0, ""},
		{"the month", catalog.ListQuery{Month: time.May}, 1, ""},
		{"in season", catalog.ListQuery{Month: time.May, InSeason: true}, 2, ""},
		{"another month", catalog.ListQuery{Month: time.June}, 1, ""},
		{"a season changed", catalog.ListQuery{Month: time.June}, 1, watch.Seasons("jp")},
		{"a village renamed", catalog.ListQuery{}, 1, watch.Places},
		{"goods came", catalog.ListQuery{}, 2, watch.List("jp")},
	} {
		if step.changed != "" {
			board.Change(step.changed)
		}
		step.q.Market, step.q.Lang = "jp", i18n.EN
		ctx, queries := pgtest.CountQueries(t.Context())
		if _, err := s.Facets(ctx, step.q); err != nil {
			t.Fatal(err)
		}
		if queries.N() != step.want {
			t.Errorf("%s: %d statements, want %d: %q", step.name, queries.N(), step.want, queries.SQL())
		}
	}
}

// Two who move goods between the same markets in opposite directions both succeed: where each waits for a count of the
// other's, one begins again. What is counted is what is listed.
func TestMarketsSetInOppositeDirections(t *testing.T) {
	w := newWorld(t)
	p, _, _ := shelf(w)
	from, to := []string{"jp"}, []string{"uz"}
	w.ok(w.catalog.SetMarkets(t.Context(), w.staff, p[0], from))
	w.ok(w.catalog.SetMarkets(t.Context(), w.staff, p[1], to))
	for range 4 {
		from, to = to, from
		var wg sync.WaitGroup
		for product, market := range map[int64][]string{p[0]: from, p[1]: to} {
			wg.Go(func() {
				if err := w.catalog.SetMarkets(t.Context(), w.staff, product, market); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if wrong := w.id(`select count(*) from listing_counts c where n <> (select count(*) from listings l
        where l.market = c.market and l.category_id = c.category_id and l.village_id = c.village_id)`); wrong != 0 {
		t.Errorf("%d counts are wrong", wrong)
	}
}
