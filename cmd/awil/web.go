package main

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/alexedwards/scs/pgxstore"

	"awil/assets"
	"awil/internal/payments"
	"awil/internal/web"
	"awil/internal/web/buy"
	"awil/internal/web/desk"
	"awil/internal/web/shop"
	"awil/internal/web/studio"
	"awil/internal/webhook"
)

// pagesBytes is how much memory pages that everybody sees may take.
const pagesBytes = 32 << 20

// newServer puts the pages on the services and limits slow clients.
func newServer(a *app) (*http.Server, error) {
	server, err := newWeb(a)
	if err != nil {
		return nil, err
	}
	registerAll(server, a)
	return server.HTTPServer(a.visitors.counted(a.local.mount(a.card.mount(server.Handler())))), nil
}

func newWeb(a *app) (*web.Server, error) {
	base, err := url.Parse(a.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("AWIL_BASE_URL: %w", err)
	}
	signing, err := secret(a.Config)
	if err != nil {
		return nil, err
	}
	files, err := openAssets(a.options.dev)
	if err != nil {
		return nil, err
	}
	go files.Warm()
	proxies, err := prefixes(a.TrustedProxies)
	if err != nil {
		return nil, err
	}
	s := a.services
	return web.New(web.Config{
		BaseURL: base, Secret: signing, Log: a.log, Clock: s.clock, Assets: files,
		Markets: shop.NewMarkets(s.markets), Accounts: s.accounts, Members: s.producers,
		Nav:      shop.NewNavigation(s.catalog, s.markets),
		Sessions: pgxstore.New(s.pool), Ready: s.ready,
		TrustedProxies: proxies, CountryHeader: a.CountryHeader,
		FormTargets: append(a.card.origins(), a.local.origins()...), Changes: a.changes, PagesBytes: pagesBytes, MetricsToken: a.MetricsToken,
		Demo: a.options.demo, Dev: a.options.dev,
	})
}

func openAssets(dev bool) (*assets.Store, error) {
	if dev {
		return assets.Dev("assets")
	}
	return assets.New()
}

func prefixes(texts []string) ([]netip.Prefix, error) {
	list := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("AWIL_TRUSTED_PROXIES: %w", err)
		}
		list = append(list, p)
	}
	return list, nil
}

// registerAll is the site map by areas.
func registerAll(server *web.Server, a *app) {
	s := a.services
	shop.New(shop.Deps{Catalog: s.catalog, Assessments: s.assessments, Curation: s.curation, Markets: s.markets, Photos: s.photos, Places: s.places,
		Producers: s.producers, Search: s.search, Shipping: s.shipping, Clock: s.clock}).Register(server)
	buy.New(buy.Deps{Accounts: s.accounts, Members: s.producers, Markets: s.markets, Photos: s.photos, Cart: s.cart,
		Orders: s.orders, Checkout: s.checkout, Outbox: a.visibleOutbox(), SharedAccounts: a.options.demo, Clock: s.clock, Log: a.log}).Register(server)
	studio.New(studio.Deps{Accounts: s.accounts, Producers: s.producers, Places: s.places, Photos: s.photos,
		Catalog: s.catalog, Assessments: s.assessments, Markets: s.markets, Orders: s.orders, Checkout: s.checkout, Payouts: s.payouts, Clock: s.clock}).Register(server)
	desk.New(desk.Deps{Accounts: s.accounts, Places: s.places, Markets: s.markets, Producers: s.producers, Photos: s.photos,
		Catalog: s.catalog, Curation: s.curation, Assessments: s.assessments, Orders: s.orders, Payments: s.payments, Checkout: s.checkout,
		Payouts: s.payouts, Ledger: s.ledger, Reconcile: s.reconcile, Clock: s.clock}).Register(server)
	a.local.register(server.Root())
	if a.card.stripe != nil {
		webhook.Register(server.Root(), s.payments, a.log,
			map[payments.Provider]payments.WebhookVerifier{a.card.stripe.Provider(): a.card.stripe})
	}
}
