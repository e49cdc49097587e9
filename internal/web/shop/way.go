package shop

import (
	"context"

	"awil/templates/layout"
	pages "awil/templates/shop"
)

// way tells how goods come to the page's market. From is the village it begins
// in, by name; empty on pages about all goods. Goods of a page about all come
// from several countries, so they cross a border wherever the market is not
// home to all of them.
func (s *Shop) way(ctx context.Context, b layout.Base, from string, countries ...string) (pages.Way, error) {
	methods, err := s.Shipping.Methods(ctx, b.Market.Code, b.Lang())
	if err != nil {
		return pages.Way{}, err
	}
	market, err := s.Markets.ByCode(ctx, b.Market.Code)
	if err != nil {
		return pages.Way{}, err
	}
	if len(countries) == 0 {
		countries = []string{"UZ", "KG"} // where the programme's villages are
	}
	abroad := false
	for _, country := range countries {
		abroad = abroad || !market.ShipsTo(country)
	}
	return pages.WayTo(b, methods, from, abroad), nil
}
