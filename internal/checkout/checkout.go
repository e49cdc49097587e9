// Package checkout is every action that spans cart, stock, order and payment:
// placing an order, learning that it was paid, letting it expire, cancelling
// it, taking its cash. Each changes all of them, the ledger included, in one
// transaction or none of them, may run twice without harm, and never calls a
// provider of payments inside a transaction.
//
// Whoever changes an order locks it first, then its payments, then stock in
// the order of variants.
package checkout

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// Config is what checkout works with.
type Config struct {
	DB       postgres.DB
	Queue    *jobs.Client
	Clock    func() time.Time
	Markets  *markets.Service
	Catalog  *catalog.Service
	Cart     *cart.Service     // nil: one that remembers nothing
	Shipping *shipping.Service // nil: one that remembers nothing
	Gateways payments.Gateways
	// Providers says who takes the money of each way to pay. A way without an
	// entry, or whose provider is not there, is not offered.
	Providers map[markets.Method]payments.Provider
	BaseURL   string // of the shop, without a final slash: where buyers come back to, and what letters link to
	Log       *slog.Logger
}

// Service holds the use cases. It is safe for concurrent use.
type Service struct{ Config }

// New returns the service.
func New(c Config) *Service {
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.Cart == nil {
		c.Cart = cart.New(c.DB, c.Clock)
	}
	if c.Shipping == nil {
		c.Shipping = shipping.New(c.DB)
	}
	return &Service{c}
}

// parts are the services an action changes, built on one transaction.
type parts struct {
	tx       pgx.Tx
	orders   *orders.Service
	payments *payments.Service
	cart     *cart.Service
	ledger   *ledger.Service
}

// inTx runs f on services of one transaction.
func (s *Service) inTx(ctx context.Context, f func(p parts) error) error {
	return postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error { return f(s.parts(tx)) })
}

func (s *Service) parts(tx pgx.Tx) parts {
	return parts{
		tx:       tx,
		orders:   orders.New(tx, s.Queue, s.Clock),
		payments: payments.New(tx, s.Queue, s.Clock),
		cart:     s.Cart.On(tx),
		ledger:   ledger.New(tx),
	}
}

// now is the moment things are written with, as exact as the database keeps it.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// letter enqueues the letters of an occasion in the transaction that is its
// reason.
func (s *Service) letter(ctx context.Context, p parts, letter orders.Letter, orderID int64) error {
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: letter, OrderID: orderID})
}

// OrderURL is the private link of an order.
func (s *Service) OrderURL(lang i18n.Lang, market, token string) string {
	return fmt.Sprintf("%s/%s-%s/orders/%s", s.BaseURL, lang, market, token)
}
