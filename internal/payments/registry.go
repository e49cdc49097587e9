package payments

import (
	"maps"
	"slices"

	"awil/internal/money"
)

// Gateways are the providers a programme has, by name.
type Gateways struct{ all map[Provider]Gateway }

// NewGateways lists what is available; a provider twice is the later one.
func NewGateways(gateways ...Gateway) Gateways {
	all := make(map[Provider]Gateway, len(gateways))
	for _, g := range gateways {
		all[g.Provider()] = g
	}
	return Gateways{all}
}

// Of returns a provider's gateway; people take the money of one without.
func (g Gateways) Of(p Provider) (Gateway, bool) {
	gateway, online := g.all[p]
	return gateway, online
}

// Providers lists whose gateways there are, in the order of their names.
func (g Gateways) Providers() []Provider { return slices.Sorted(maps.Keys(g.all)) }

// Takes reports whether a provider can take a sum: through its gateway if it
// has one, else only if it is one that needs none.
func (g Gateways) Takes(p Provider, amount money.Amount) bool {
	if gateway, online := g.all[p]; online {
		return gateway.Accepts(amount) == nil
	}
	return p == ProviderCOD || p == ProviderBank
}
