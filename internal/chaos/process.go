package chaos

import (
	"log/slog"
	"time"

	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/payouts"
	"awil/internal/platform/payme"
)

// process is one running awil: its services, and what they keep in memory.
type process struct {
	name  string
	lives int            // how often it was started
	jobs  map[int64]bool // it works on

	checkout *checkout.Service
	orders   *orders.Service
	cart     *cart.Service
	inbox    *payments.Service
	payouts  *payouts.Service
}

// restart gives a process the empty memory of one just started.
func (p *process) restart(l *lab, card payments.Gateway, clock func() time.Time) error {
	db := database{l.pool}
	p.lives++
	p.jobs = map[int64]bool{}
	p.orders = orders.New(db, l.queue, clock)
	p.cart = cart.New(db, clock)
	p.inbox = payments.New(db, l.queue, clock)
	link, err := payme.New(payme.Config{MerchantID: "chaos", Key: "chaos", Attempts: p.inbox, Now: clock})
	if err != nil {
		return err
	}
	p.checkout = checkout.New(checkout.Config{
		DB: db, Queue: l.queue, Clock: clock, Markets: markets.New(db, clock), Catalog: catalog.New(db, clock, nil),
		Gateways: payments.NewGateways(card, link),
		Providers: map[markets.Method]payments.Provider{
			markets.Card: payments.ProviderStripe, markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank,
			markets.Payme: payments.ProviderPayme,
		},
		BaseURL: "https://awil.test", Log: slog.New(slog.DiscardHandler),
	})
	p.payouts = payouts.New(payouts.Config{DB: db, Clock: clock, Release: p.checkout.ReleaseEarnings})
	return nil
}
