package shop

import (
	"context"

	"awil/internal/markets"
	"awil/templates/layout"
)

// Markets tells the web server where the shop sells to.
type Markets struct{ service *markets.Service }

// NewMarkets returns the destinations as web.Markets wants them.
func NewMarkets(service *markets.Service) Markets { return Markets{service} }

// All returns the active markets in their order, the programme's default one
// marked.
func (m Markets) All(ctx context.Context) ([]layout.Market, error) {
	list, err := m.service.All(ctx)
	if err != nil {
		return nil, err
	}
	programme, err := m.service.Programme(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]layout.Market, len(list))
	for i, one := range list {
		out[i] = layout.Market{Code: one.Code, Currency: one.Currency, Countries: one.Countries, DefaultLang: one.DefaultLang,
			Langs: one.Langs, Names: one.Names, Default: one.Code == programme.DefaultMarket}
	}
	return out, nil
}
