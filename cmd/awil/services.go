package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/books"
	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/curation"
	"awil/internal/demo"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/payouts"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/producers"
	"awil/internal/reconcile"
	"awil/internal/search"
	"awil/internal/shipping"
	"awil/internal/watch"
)

// services are the use cases of the whole program on one pool of connections.
type services struct {
	pool  *postgres.Pool
	blobs blob.Store
	queue *jobs.Client // enqueues only
	clock func() time.Time
	log   *slog.Logger

	accounts    *accounts.Service
	places      *places.Service
	markets     *markets.Service
	producers   *producers.Service
	photos      *photos.Service
	catalog     *catalog.Service
	curation    *curation.Service
	assessments *assessments.Service
	search      *search.Service
	shipping    *shipping.Service
	cart        *cart.Service
	orders      *orders.Service
	payments    *payments.Service
	checkout    *checkout.Service
	payouts     *payouts.Service
	ledger      *ledger.Service
	reconcile   *reconcile.Service
}

// newServices builds them. card and local may be nil: then cards, Payme and Click are not offered.
func newServices(ctx context.Context, c Config, pool *postgres.Pool, card payments.Gateway, local *local, log *slog.Logger) (*services, error) {
	blobs, err := blob.Open(ctx, c.PhotosURL)
	if err != nil {
		return nil, fmt.Errorf("photo store: %w", err)
	}
	queue, err := jobs.New(pool, jobs.Config{Logger: log})
	if err != nil {
		return nil, err
	}
	s := &services{pool: pool, blobs: blobs, queue: queue, clock: time.Now, log: log}
	s.accounts = accounts.New(pool, s.clock)
	s.places = places.New(pool)
	s.markets = markets.New(pool, s.clock)
	s.producers = producers.New(pool, s.clock)
	s.photos = photos.New(pool, blobs, photos.NewMaker(), queue)
	s.catalog = catalog.New(pool, s.clock, search.Index)
	s.curation = curation.New(pool, s.clock, s.catalog)
	s.assessments = assessments.New(pool, s.clock)
	s.search = search.New(pool, s.catalog, s.clock)
	s.shipping = shipping.New(pool)
	s.cart = cart.New(pool, s.clock)
	s.orders = orders.New(pool, queue, s.clock)
	s.payments = payments.New(pool, queue, s.clock)
	online, err := local.gateways(s.payments)
	if err != nil {
		return nil, err
	}
	if card != nil {
		online = append(online, card)
	}
	s.checkout = checkout.New(checkout.Config{DB: pool, Queue: queue, Clock: s.clock, Markets: s.markets, Catalog: s.catalog,
		Cart: s.cart, Shipping: s.shipping,
		Gateways: payments.NewGateways(online...), Providers: providers(online), BaseURL: c.BaseURL, Log: log})
	if s.payouts, err = newPayouts(c, s); err != nil {
		return nil, err
	}
	s.ledger = ledger.New(pool)
	s.reconcile = reconcile.New(reconcile.Config{DB: pool, Checkout: s.checkout, Clock: s.clock, Zone: markets.Zone(), Books: s.provenBooks, Log: log})
	return s, local.answer(s.checkout)
}

// watch makes services remember what they read until the board says that it changed.
func (s *services) watch(board *watch.Board) {
	s.catalog.Watch(board)
	s.cart.Watch(board)
	s.curation.Watch(board)
	s.assessments.Watch(board)
	s.markets.Watch(board)
	s.photos.Watch(board, s.clock)
	s.places.Watch(board, s.clock)
	s.producers.Watch(board)
	s.search.Watch(board)
	s.shipping.Watch(board, s.clock)
}

// provenBooks says what does not hold in the books.
func (s *services) provenBooks(ctx context.Context) ([]string, error) {
	report, err := books.Check(ctx, s.pool, nil)
	return report.Sentences(), err
}

// newPayouts seals producers' account numbers with a key made of the program's secret: whoever loses the secret has to
// ask for them again.
func newPayouts(c Config, s *services) (*payouts.Service, error) {
	signing, err := secret(c)
	if err != nil {
		return nil, err
	}
	vault, err := payouts.NewVault([]byte(derived(signing, "payout accounts"))) // 32 hexadecimal digits
	if err != nil {
		return nil, err
	}
	return payouts.New(payouts.Config{DB: s.pool, Clock: s.clock, Vault: vault, Queue: s.queue, BaseURL: c.BaseURL, Zone: markets.Zone(),
		Release: s.checkout.ReleaseEarnings}), nil
}

// methods says which way to pay goes through which provider.
var methods = map[payments.Provider]markets.Method{
	payments.ProviderStripe: markets.Card, payments.ProviderPayme: markets.Payme, payments.ProviderClick: markets.Click,
}

// providers says who takes the money of each way to pay.
func providers(online []payments.Gateway) map[markets.Method]payments.Provider {
	p := map[markets.Method]payments.Provider{markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank}
	for _, g := range online {
		p[methods[g.Provider()]] = g.Provider()
	}
	return p
}

// demo is what the demo programme is loaded through; without orders its goods alone.
func (s *services) demo(c Config, orders bool) demo.Services {
	all := demo.Services{Accounts: s.accounts, Places: s.places, Markets: s.markets, Producers: s.producers, Photos: s.photos,
		Catalog: s.catalog, Curation: s.curation, Assessments: s.assessments, Shipping: s.shipping, Clock: s.clock, Log: s.log}
	if orders {
		all.Open = func(ctx context.Context, clock func() time.Time, card payments.Gateway) (demo.Shop, error) {
			return s.openShop(ctx, c, clock, card)
		}
	}
	return all
}

// openShop is the same shop at another time, with one gateway. Its Quiet takes back what was enqueued since.
func (s *services) openShop(ctx context.Context, c Config, clock func() time.Time, card payments.Gateway) (shop demo.Shop, err error) {
	began, err := jobs.Latest(ctx, s.pool)
	if err != nil {
		return shop, err
	}
	then := *s
	then.clock = clock
	online := []payments.Gateway{card}
	then.checkout = checkout.New(checkout.Config{DB: s.pool, Queue: s.queue, Clock: clock, Markets: s.markets, Catalog: s.catalog,
		Gateways: payments.NewGateways(online...), Providers: providers(online), BaseURL: c.BaseURL, Log: s.log})
	if shop.Payouts, err = newPayouts(c, &then); err != nil {
		return shop, err
	}
	shop.Cart, shop.Orders, shop.Checkout = cart.New(s.pool, clock), orders.New(s.pool, s.queue, clock), then.checkout
	shop.Reconcile = reconcile.New(reconcile.Config{DB: s.pool, Checkout: then.checkout, Clock: clock, Zone: markets.Zone(), Log: s.log})
	shop.Quiet = func(ctx context.Context) error { return jobs.Forget(ctx, s.pool, began) }
	return shop, nil
}

// ready says what a load balancer wants to know: the database answers with the schema of this version.
func (s *services) ready(ctx context.Context) error {
	status, err := postgres.Status(ctx, s.pool)
	if err != nil {
		return err
	}
	if !status.Current() {
		return errors.New("the database is behind this version: run awil migrate")
	}
	return nil
}

// secret is what cookies are signed with: the operator's, or one made at the first start and kept.
func secret(c Config) ([]byte, error) {
	if c.Secret != "" {
		return []byte(c.Secret), nil
	}
	file := filepath.Join(c.DataDir, "secret")
	kept, err := os.ReadFile(file)
	if err == nil && len(kept) >= 32 {
		return kept, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("secret: %w", err)
	}
	fresh := []byte(hex.EncodeToString(randomBytes(32)))
	if err := os.MkdirAll(c.DataDir, 0o750); err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	if err := os.WriteFile(file, fresh, 0o600); err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	return fresh, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	return b
}
