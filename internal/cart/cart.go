// Package cart keeps what a visitor means to buy, over several producers. A
// cart belongs to whoever holds its token; prices and stock are read afresh each
// time, for the market of the page; names are remembered until they change.
package cart

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// MaxQuantity is the most of one thing that a cart takes.
const MaxQuantity = 99

// maxLines bounds a cart; payment providers and parcels have limits too.
const maxLines = 60

// What may stand in the way of putting something in the cart. All are of kind
// Conflict: the page says what to do instead.
var (
	ErrNotSold = errs.E(errs.Conflict, "cart: not sold in this market")
	ErrSoldOut = errs.E(errs.Conflict, "cart: sold out")
	ErrFull    = errs.E(errs.Conflict, "cart: too many different things")
)

// Service holds the use cases of carts, on a pool or inside a transaction.
type Service struct {
	db    postgres.DB
	clock func() time.Time
	names *watch.Memory[nameKey, name]
}

// New returns the service on db; clock is the program's clock.
func New(db postgres.DB, clock func() time.Time) *Service {
	return &Service{db: db, clock: clock, names: newNames(nil, clock)}
}

// newToken makes the value of a cart's cookie: 26 letters and digits, more
// than 128 bits from the system's source of randomness.
func newToken() string { return rand.Text() }

// Hash is what the database keeps of a token, so that a stolen dump opens no
// cart.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Get returns the cart of a token as a market sells it. A token that opens no
// cart gives an empty one: a visitor cannot tell, and need not.
func (s *Service) Get(ctx context.Context, token, market string, lang i18n.Lang) (Cart, error) {
	c := Cart{Market: market}
	if token == "" {
		return c, nil
	}
	rows, err := s.db.Query(ctx, sqlLines, Hash(token), market, s.clock())
	if err != nil {
		return c, postgres.Err(err)
	}
	if c.Lines, err = collectLines(rows); err != nil {
		return c, fmt.Errorf("read cart: %w", postgres.Err(err))
	}
	if err := s.soldIn(ctx, c.Lines); err != nil {
		return c, err
	}
	return c, s.Name(ctx, c, lang)
}

const sqlCount = `/* cart.count */
select coalesce(sum(l.quantity), 0)::int from carts c join cart_lines l on l.cart_id = c.id where c.token_hash = $1`

// Count returns how many things are in the cart, whatever their market.
func (s *Service) Count(ctx context.Context, token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	var n int
	err := s.db.QueryRow(ctx, sqlCount, Hash(token)).Scan(&n)
	return n, postgres.Err(err)
}

// Added is what came of putting something in the cart.
type Added struct {
	Token    string // of the cart; a new one when there was none, to be set as the cookie
	Quantity int    // how many are in the cart now
	Count    int    // how many things of all kinds are
	Capped   bool   // fewer than asked for, because there are no more
}

// Add puts more of a variant in the cart. Without a cart behind the token it
// makes one with a token of its own: one brought along is never adopted, so
// that nobody can be handed a cart another person knows. A quantity outside
// 1 … MaxQuantity is a complaint about the field "quantity"; ErrNotSold,
// ErrSoldOut and ErrFull say why nothing was added.
func (s *Service) Add(ctx context.Context, token, market string, variantID int64, quantity int) (Added, error) {
	if err := checkQuantity(quantity); err != nil {
		return Added{}, err
	}
	if token == "" {
		return s.begin(ctx, s.db, market, variantID, quantity)
	}
	var to opened
	var added Added
	err := postgres.InTxAfter(ctx, s.db, func(b *pgx.Batch) { s.queueOpen(b, token, market, variantID, &to) }, func(tx pgx.Tx) (err error) {
		if to.cartID == 0 {
			added, err = s.begin(ctx, tx, market, variantID, quantity)
		} else {
			added, err = s.put(ctx, tx, token, to, variantID, quantity)
		}
		return err
	})
	return added, err
}

func checkQuantity(quantity int) error {
	var bad errs.Fields
	if quantity < 1 || quantity > MaxQuantity {
		bad.Add("quantity", "checkout.errors.quantity", "max", MaxQuantity)
	}
	return bad.Err()
}

// SetQuantity changes how many of a line are wanted; more than there are
// becomes as many as there are. Nought takes the line out. A line that is not
// in the cart is errs.NotFound.
func (s *Service) SetQuantity(ctx context.Context, token, market string, variantID int64, quantity int) (Added, error) {
	if quantity == 0 {
		return Added{Token: token}, s.Remove(ctx, token, variantID)
	}
	if err := checkQuantity(quantity); err != nil {
		return Added{}, err
	}
	set := Added{Token: token, Quantity: quantity}
	var o offer
	err := postgres.InTxAfter(ctx, s.db, func(b *pgx.Batch) { s.queueOffer(b, market, variantID, &o) }, func(tx pgx.Tx) error {
		if err := o.check(); err != nil {
			return err
		}
		set.Quantity = min(quantity, o.Available)
		set.Capped = set.Quantity < quantity
		return s.change(ctx, tx, token, variantID, set.Quantity, o)
	})
	return set, err
}

const sqlRemove = `/* cart.remove */
delete from cart_lines l using carts c where c.id = l.cart_id and c.token_hash = $1 and l.variant_id = $2`

// Remove takes a line out. One that is not there is fine: it is out.
func (s *Service) Remove(ctx context.Context, token string, variantID int64) error {
	_, err := s.db.Exec(ctx, sqlRemove, Hash(token), variantID)
	return postgres.Err(err)
}
