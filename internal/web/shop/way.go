package shop

import (
	"context"
	"slices"

	"awil/internal/shipping"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

// way tells how goods come to the page's market by its methods of sending. From
// is the village it begins in, by name; empty on pages about all goods. These
// come from several countries, so they cross a border wherever the market is
// not home to all of them.
func (s *Shop) way(ctx context.Context, b layout.Base, methods []shipping.Method, from string, countries ...string) (pages.Way, error) {
	market, err := s.Markets.ByCode(ctx, b.Market.Code)
	if err != nil {
		return pages.Way{}, err
	}
	if len(countries) == 0 {
		countries = []string{"UZ", "KG"} // where the programme's villages are
	}
	abroad := slices.ContainsFunc(countries, func(country string) bool { return !market.ShipsTo(country) })
	return pages.WayTo(b, methods, from, abroad), nil
}
