package cart

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Goods that an overdue order still holds count as free: it takes them with it
// when it expires, which checkout sees to if nobody else has.
const sqlAvailable = `v.stock + coalesce((
    select sum(r.quantity) from reservations r
    where r.variant_id = v.id and r.state = 'held' and r.expires_at <= `

const sqlLines = `/* cart.lines */
select l.variant_id, v.product_id, p.producer_id, coalesce(t.name, p.slug) as name, coalesce(vt.label, '') as variant_label,
       p.slug || '-' || p.id as product_slug, coalesce(pt.name, pr.slug) as producer_name,
       pr.slug || '-' || pr.id as producer_slug, coalesce(vi.name, '') as village_name, ph.photo_id,
       v.net_quantity, v.net_unit, v.weight_grams, p.hs_code, l.quantity, l.seen_minor, l.seen_currency,
       li.product_id is not null as here,
       case when li.product_id is null then array(
           select e.market from offers e join listings x on x.market = e.market and x.product_id = e.product_id
           where e.variant_id = v.id and v.active order by e.market)
       end as sold_in,
       (` + sqlAvailable + `$4), 0))::int as available,
       coalesce(o.price_minor, 0) as price_minor, coalesce(o.currency, '') as currency,
       coalesce(o.base_minor, 0) as base_minor, coalesce(o.base, '') as base, o.rate, o.rate_date
from carts c
join cart_lines l on l.cart_id = c.id
join variants v on v.id = l.variant_id
join products p on p.id = v.product_id
join producers pr on pr.id = p.producer_id
left join listings li on li.market = $2 and li.product_id = p.id and v.active
    and exists (select from offers e where e.market = $2 and e.variant_id = v.id)
left join offers o on o.market = li.market and o.variant_id = v.id
left join lateral (
    select name from product_texts t where t.product_id = p.id and t.state <> 'draft'
    order by t.lang = $3 desc, t.lang = 'en' desc, t.state = 'source' desc, t.lang limit 1
) t on true
left join lateral (
    select label from variant_texts t where t.variant_id = v.id order by t.lang = $3 desc, t.lang = 'en' desc, t.lang limit 1
) vt on true
left join lateral (
    select name from producer_texts t where t.producer_id = pr.id and t.state <> 'draft'
    order by t.lang = $3 desc, t.lang = 'en' desc, t.state = 'source' desc, t.lang limit 1
) pt on true
left join lateral (
    select name from village_texts t where t.village_id = pr.village_id
    order by t.lang = $3 desc, t.lang = 'en' desc, t.lang limit 1
) vi on true
left join lateral (
    select photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id limit 1
) ph on true
where c.token_hash = $1
order by min(l.added_at) over (partition by p.producer_id), p.producer_id, l.added_at, l.variant_id`

// offer is what a variant costs in a market and how many there are.
type offer struct {
	PriceMinor int64
	Currency   money.Currency
	Available  int
}

const sqlOffer = `/* cart.offer */
select o.price_minor, o.currency, (` + sqlAvailable + `$3), 0))::int as available
from offers o
join variants v on v.id = o.variant_id and v.active
join listings li on li.market = o.market and li.product_id = o.product_id
where o.market = $1 and o.variant_id = $2`

func (s *Service) offer(ctx context.Context, tx pgx.Tx, market string, variantID int64) (offer, error) {
	rows, err := tx.Query(ctx, sqlOffer, market, variantID, s.clock())
	if err != nil {
		return offer{}, postgres.Err(err)
	}
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[offer])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return offer{}, ErrNotSold
	case err != nil:
		return offer{}, postgres.Err(err)
	case o.Available <= 0:
		return offer{}, ErrSoldOut
	}
	return o, nil
}

const (
	sqlOpen = `/* cart.open */
update carts set updated_at = $2 where token_hash = $1 returning id`
	sqlCreate = `/* cart.create */
insert into carts (token_hash, created_at, updated_at) values ($1, $2, $2) returning id`
)

// open locks the cart of a token, or makes a new one.
func (s *Service) open(ctx context.Context, tx pgx.Tx, token string) (id int64, usedToken string, err error) {
	if token != "" {
		err = tx.QueryRow(ctx, sqlOpen, Hash(token), s.clock()).Scan(&id)
		if !errors.Is(err, pgx.ErrNoRows) {
			return id, token, postgres.Err(err)
		}
	}
	token = newToken()
	err = tx.QueryRow(ctx, sqlCreate, Hash(token), s.clock()).Scan(&id)
	return id, token, postgres.Err(err)
}

const (
	sqlHas = `/* cart.has */
select coalesce(max(quantity) filter (where variant_id = $2), 0), count(*) from cart_lines where cart_id = $1`
	sqlPut = `/* cart.put */
insert into cart_lines (cart_id, variant_id, quantity, seen_minor, seen_currency, added_at) values ($1, $2, $3, $4, $5, $6)
on conflict (cart_id, variant_id) do update
set quantity = excluded.quantity, seen_minor = excluded.seen_minor, seen_currency = excluded.seen_currency`
)

// put adds to a line of a locked cart, no further than there are goods.
func (s *Service) put(ctx context.Context, tx pgx.Tx, cartID, variantID int64, more int, o offer) (quantity int, capped bool, err error) {
	var has, lines int
	if err := tx.QueryRow(ctx, sqlHas, cartID, variantID).Scan(&has, &lines); err != nil {
		return 0, false, postgres.Err(err)
	}
	if has == 0 && lines >= maxLines {
		return 0, false, ErrFull
	}
	quantity = min(has+more, MaxQuantity, o.Available)
	_, err = tx.Exec(ctx, sqlPut, cartID, variantID, quantity, o.PriceMinor, o.Currency, s.clock())
	return quantity, quantity < has+more, postgres.Err(err)
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
// filled when the batch is read. Whoever places an order out of the same cart
// meanwhile waits, and then finds it empty.
func (s *Service) QueueLock(b *pgx.Batch, token, market string, lang i18n.Lang, into *Locked) {
	into.Market = market
	b.Queue(sqlLock, Hash(token)).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&into.ID)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	b.Queue(sqlLines, Hash(token), market, lang, s.clock()).Query(func(rows pgx.Rows) (err error) {
		into.Lines, err = pgx.CollectRows(rows, pgx.RowToStructByName[Line])
		return err
	})
}

// QueueTakeOut adds to a batch that what was bought leaves the cart. The cart
// itself stays, and so does what this market does not sell.
func QueueTakeOut(b *pgx.Batch, cartID int64, variants []int64) {
	b.Queue(sqlTakeOut, cartID, variants)
}
