package cart

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Goods that an overdue order still holds count as free: it takes them with it
// when it expires, which checkout sees to if nobody else has.
const sqlAvailable = `(v.stock + coalesce((select sum(r.quantity) from overdue_holds(v.id, $3) r), 0))::int`

// What can be bought and for how much is read each time; what things are called
// is in names.go.
const sqlLines = `/* cart.lines */
select l.variant_id, v.product_id, p.producer_id, v.net_quantity, v.net_unit, v.weight_grams, p.hs_code, l.quantity,
       l.seen_minor, l.seen_currency, l.added_at, li.product_id is not null as here, ` + sqlAvailable + ` as available,
       coalesce(o.price_minor, 0), coalesce(o.currency, ''), coalesce(o.base_minor, 0), coalesce(o.base, ''), o.rate, o.rate_date
from carts c
join cart_lines l on l.cart_id = c.id
join variants v on v.id = l.variant_id
join products p on p.id = v.product_id
left join (offers o join listings li on li.market = o.market and li.product_id = o.product_id)
    on o.market = $2 and o.variant_id = v.id and v.active
where c.token_hash = $1`

func scanLine(row pgx.CollectableRow) (l Line, err error) {
	if err := row.Scan(&l.VariantID, &l.ProductID, &l.ProducerID, &l.NetQuantity, &l.NetUnit, &l.WeightGrams, &l.HSCode, &l.Quantity,
		&l.SeenMinor, &l.SeenCurrency, &l.addedAt, &l.Here, &l.Available,
		&l.PriceMinor, &l.Currency, &l.BaseMinor, &l.Base, &l.Rate, &l.RateDate); err != nil {
		return l, err
	}
	return l, nil
}

// collectLines reads the lines by producer, in the order they were put in.
func collectLines(rows pgx.Rows) ([]Line, error) {
	lines, err := pgx.CollectRows(rows, scanLine)
	if err != nil || len(lines) < 2 {
		return lines, err
	}
	first := map[int64]time.Time{} // of each producer
	for _, l := range lines {
		if at, known := first[l.ProducerID]; !known || l.addedAt.Before(at) {
			first[l.ProducerID] = l.addedAt
		}
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(first[a.ProducerID].Compare(first[b.ProducerID]), cmp.Compare(a.ProducerID, b.ProducerID),
			a.addedAt.Compare(b.addedAt), cmp.Compare(a.VariantID, b.VariantID))
	})
	return lines, nil
}

// offer is what a variant costs in a market and how many there are.
type offer struct {
	PriceMinor int64
	Currency   money.Currency
	Available  int
	sold       bool // here at all
}

const sqlOffer = `/* cart.offer */` + sqlOffered

const sqlOffered = `
select o.price_minor, o.currency, ` + sqlAvailable + ` as available
from offers o
join variants v on v.id = o.variant_id and v.active
join listings li on li.market = o.market and li.product_id = o.product_id
where o.market = $1 and o.variant_id = $2`

func (s *Service) queueOffer(b *pgx.Batch, market string, variantID int64, into *offer) {
	b.Queue(sqlOffer, market, variantID, s.clock()).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&into.PriceMinor, &into.Currency, &into.Available)
		into.sold = err == nil
		return ignoreNoRows(err)
	})
}

// check says why nothing can be added of an offer.
func (o offer) check() error {
	switch {
	case !o.sold:
		return ErrNotSold
	case o.Available <= 0:
		return ErrSoldOut
	}
	return nil
}

func ignoreNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

const (
	sqlOpen = `/* cart.open */
update carts set updated_at = $2 where token_hash = $1 returning id`
	sqlHas = `/* cart.has */
select coalesce(max(l.quantity) filter (where l.variant_id = $2), 0), count(*), coalesce(sum(l.quantity), 0)::int
from carts c join cart_lines l on l.cart_id = c.id where c.token_hash = $1`
	sqlPut = `/* cart.put */
insert into cart_lines (cart_id, variant_id, quantity, seen_minor, seen_currency, added_at) values ($1, $2, $3, $4, $5, $6)
on conflict (cart_id, variant_id) do update
set quantity = excluded.quantity, seen_minor = excluded.seen_minor, seen_currency = excluded.seen_currency`
	// sqlBegin makes a cart around its first line, no further than there are
	// goods, and none without. Its commit waits for no disk: should the server
	// lose power in the same instant, a visitor puts one thing into a cart again.
	sqlBegin = `/* cart.begin */
with offered as (` + sqlOffered + `
), cart as (
    insert into carts (token_hash, created_at, updated_at) select $4, $3, $3 from offered where available > 0 returning id
), put as (
    insert into cart_lines (cart_id, variant_id, quantity, seen_minor, seen_currency, added_at)
    select cart.id, $2, least($5, available), price_minor, currency, $3 from cart, offered returning quantity
)
select available, coalesce((select quantity from put), 0), set_config('synchronous_commit', 'off', true) from offered`
)

// begin makes a new cart.
func (s *Service) begin(ctx context.Context, db postgres.DB, market string, variantID int64, quantity int) (Added, error) {
	added := Added{Token: newToken()}
	o := offer{sold: true}
	err := db.QueryRow(ctx, sqlBegin, market, variantID, s.clock(), Hash(added.Token), min(quantity, MaxQuantity)).Scan(&o.Available, &added.Quantity, nil)
	if errors.Is(err, pgx.ErrNoRows) {
		return Added{}, ErrNotSold
	}
	if err != nil {
		return Added{}, postgres.Err(err)
	}
	added.Count, added.Capped = added.Quantity, added.Quantity < quantity
	return added, o.check()
}

// opened is a cart that may be there, and what is to be put into it.
type opened struct {
	cartID          int64 // 0: there is no such cart
	offer           offer
	has, lines, all int // of the variant; different things; things
}

// queueOpen adds to a batch the lock on a cart, and what has to be known to put
// something in.
func (s *Service) queueOpen(b *pgx.Batch, token, market string, variantID int64, into *opened) {
	*into = opened{}
	b.Queue(sqlOpen, Hash(token), s.clock()).QueryRow(func(row pgx.Row) error { return ignoreNoRows(row.Scan(&into.cartID)) })
	b.Queue(sqlHas, Hash(token), variantID).QueryRow(func(row pgx.Row) error { return row.Scan(&into.has, &into.lines, &into.all) })
	s.queueOffer(b, market, variantID, &into.offer)
}

// put adds to a line of a locked cart, no further than there are goods.
func (s *Service) put(ctx context.Context, tx pgx.Tx, token string, to opened, variantID int64, more int) (Added, error) {
	if err := to.offer.check(); err != nil {
		return Added{}, err
	}
	if to.has == 0 && to.lines >= maxLines {
		return Added{}, ErrFull
	}
	o := to.offer
	added := Added{Token: token, Quantity: min(to.has+more, MaxQuantity, o.Available)}
	added.Capped = added.Quantity < to.has+more
	added.Count = to.all - to.has + added.Quantity
	_, err := tx.Exec(ctx, sqlPut, to.cartID, variantID, added.Quantity, o.PriceMinor, o.Currency, s.clock())
	return added, postgres.Err(err)
}

const sqlChange = `/* cart.change */
update cart_lines l set quantity = $3, seen_minor = $4, seen_currency = $5
from carts c where c.id = l.cart_id and c.token_hash = $1 and l.variant_id = $2`

func (s *Service) change(ctx context.Context, tx pgx.Tx, token string, variantID int64, quantity int, o offer) error {
	tag, err := tx.Exec(ctx, sqlChange, Hash(token), variantID, quantity, o.PriceMinor, o.Currency)
	if err != nil {
		return postgres.Err(err)
	}
	if tag.RowsAffected() == 0 {
		return errs.E(errs.NotFound, "no such line in the cart")
	}
	return nil
}

const (
	sqlLock = `/* cart.lock */
select id from carts where token_hash = $1 for no key update`
	sqlTakeOut = `/* cart.take_out */
delete from cart_lines where cart_id = $1 and variant_id = any ($2)`
)

// Locked is a cart that a transaction has to itself, for checkout.
type Locked struct {
	ID int64 // 0: there is no such cart
	Cart
}

// QueueLock adds to a batch the lock on a cart and then its lines; into is
// filled when the batch is read, but for what things are called: see Name. Whoever places an order out of the same cart
// meanwhile waits, and then finds it empty.
func (s *Service) QueueLock(b *pgx.Batch, token, market string, into *Locked) {
	*into = Locked{Cart: Cart{Market: market}}
	b.Queue(sqlLock, Hash(token)).QueryRow(func(row pgx.Row) error { return ignoreNoRows(row.Scan(&into.ID)) })
	b.Queue(sqlLines, Hash(token), market, s.clock()).Query(func(rows pgx.Rows) (err error) {
		into.Lines, err = collectLines(rows)
		return err
	})
}

// QueueTakeOut adds to a batch that what was bought leaves the cart. The cart
// itself stays, and so does what this market does not sell.
func QueueTakeOut(b *pgx.Batch, cartID int64, variants []int64) {
	b.Queue(sqlTakeOut, cartID, variants)
}

// AddTakeOut is QueueTakeOut as a part of a statement that does so if the part
// named after has a row.
func AddTakeOut(t *postgres.Together, after string, cartID, variant int64) {
	t.Add("bought", `delete from cart_lines where cart_id = $1 and variant_id = $2 and exists (select from `+after+`)`, cartID, variant)
}
