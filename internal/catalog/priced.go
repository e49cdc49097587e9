package catalog

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"awil/internal/markets"
	"awil/internal/platform/postgres"
)

// pricing is of the way prices are worked out: one higher whenever the same rules and rates come to others.
const pricing = 1

// sum is the same for rules and rates that make the same prices.
func (t terms) sum() []byte {
	h := sha256.New()
	fmt.Fprintln(h, pricing)
	for _, market := range slices.Sorted(maps.Keys(t.rules)) {
		fmt.Fprintln(h, market, t.rules[market])
	}
	for _, r := range t.rates.List() {
		fmt.Fprintln(h, r.Base, r.Quote, r.Rate, cmp.Or(r.ValidFrom, &time.Time{}).Unix())
	}
	return h.Sum(nil)
}

const (
	sqlPriced        = `/* catalog.priced */ select terms, under_way, after from priced`
	sqlPricedSoFar   = `/* catalog.priced_so_far */ update priced set under_way = $1, after = $2`
	sqlPricedThrough = `/* catalog.priced_through */ update priced set terms = $1, under_way = null, after = 0`
)

// Reprice refreshes every product that has been approved, unless all were by the rules and rates that hold now: those of a
// product that changes are refreshed with it. It goes on where it stopped, for as long as it may, and says whether some
// are left.
func (s *Service) Reprice(ctx context.Context, may time.Duration) (left bool, err error) {
	t, err := readTerms(ctx, markets.New(s.db, s.clock), s.now())
	if err != nil {
		return false, err
	}
	var done, underWay []byte
	var after int64
	if err := s.db.QueryRow(ctx, sqlPriced).Scan(&done, &underWay, &after); err != nil {
		return false, postgres.Err(err)
	}
	now := t.sum()
	if bytes.Equal(done, now) {
		return false, nil
	}
	if !bytes.Equal(underWay, now) {
		after = 0
	}
	_, next, err := s.RefreshFrom(ctx, after, may)
	if err != nil {
		return false, err
	}
	if next == 0 {
		return false, Prices{t}.HoldForAll(ctx, s.db)
	}
	_, err = s.db.Exec(ctx, sqlPricedSoFar, now, next)
	return true, postgres.Err(err)
}

// HoldForAll notes that all goods are priced by these rules and rates.
func (p Prices) HoldForAll(ctx context.Context, db postgres.DB) error {
	_, err := db.Exec(ctx, sqlPricedThrough, p.terms.sum())
	return postgres.Err(err)
}
