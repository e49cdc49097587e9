package catalog

import (
	"sync"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// mostRates is how many rates are remembered: a shop has one for each pair of currencies, and a day in which prices change.
const mostRates = 500

// rates are the exchange rates of offers, each read once: a million offers share a few of them.
type rates struct {
	mu    sync.Mutex
	known map[string]money.Rate
}

// of reads a rate as a text; null is the zero Rate.
func (k *rates) of(r *postgres.Row) money.Rate {
	text := r.Text()
	k.mu.Lock()
	defer k.mu.Unlock()
	rate, ok := k.known[text]
	if ok || text == "" {
		return rate
	}
	if err := rate.UnmarshalText([]byte(text)); err != nil {
		r.Fail(err)
		return rate
	}
	if k.known == nil || len(k.known) >= mostRates {
		k.known = map[string]money.Rate{}
	}
	k.known[text] = rate
	return rate
}
