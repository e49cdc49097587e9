package catalog

import (
	"context"

	"awil/internal/markets"
	"awil/internal/money"
)

// Prices are the rules and rates of a moment, for whoever prices more goods than can be refreshed one by one.
type Prices struct{ terms terms }

// Prices reads the rules and rates that hold now.
func (s *Service) Prices(ctx context.Context) (Prices, error) {
	t, err := readTerms(ctx, markets.New(s.db, s.clock), s.now())
	return Prices{t}, err
}

// Offer is what something costs in a market that its producer asks base for: what Refresh writes where no price was set by
// hand. It is false where the market has no price for it.
func (p Prices) Offer(market string, base money.Amount) (Offer, bool, error) {
	return p.terms.offer(asked{Market: market, BaseMinor: base.Minor, Base: base.Currency})
}
