package orders

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// sqlStatus is where an order o stands at the moment $1, whether or not a job
// has come by to write it down.
const sqlStatus = `case
    when o.status = 'placed' and o.expires_at <= $1 then 'expired'
    when o.status = 'delivered' and o.paid_at is not null and o.completes_at <= $1 then 'completed'
    else o.status end`

const (
	sqlOrder  = `select ` + sqlStatus + ` as status, ` + sqlOfOrder
	sqlStored = `select o.status, ` + sqlOfOrder
)

const sqlOfOrder = `o.status as stored,
       o.id, o.token, o.reference, o.number, o.account_id, o.market, o.lang, o.currency, o.payment_method, o.email,
       o.name, o.phone, o.country, o.postcode, o.region, o.city, o.line1, o.line2, o.landmark, o.note,
       o.shipping_method_id, m.kind as shipping_kind, o.shipping_name, o.min_days, o.max_days,
       o.goods_minor, o.shipping_minor, o.total_minor, o.placed_at, o.expires_at, o.paid_at, o.completes_at, o.cancel_reason,
       coalesce(o.cancelled_as, '') as cancelled_as
from orders o join shipping_methods m on m.id = o.shipping_method_id
`

const (
	sqlParcels       = `/* orders.parcels */` + sqlParcelsBegin + `$2` + sqlParcelsMiddle + `$2` + sqlParcelsEnd
	sqlParcelsAtHome = `/* orders.parcels_in_its_language */` + sqlParcelsBegin + sqlItsLanguage + sqlParcelsMiddle + sqlItsLanguage + sqlParcelsEnd
	sqlItsLanguage   = `(select lang from orders where id = $1)`
)

const (
	sqlParcelsBegin = `
select p.id, p.order_id, p.producer_id, coalesce(t.name, pr.slug) as producer_name, pr.slug || '-' || pr.id as producer_slug,
       coalesce(vi.name, '') as village_name, p.status, p.shipping_minor, p.carrier, p.tracking_number,
       p.packed_at, p.shipped_at, p.delivered_at, p.returned_at, p.releases_at, p.released_at,
       coalesce(c.collector, '') as collector, c.collected_at
from parcels p
join producers pr on pr.id = p.producer_id
left join cash_taken c on c.parcel_id = p.id
left join lateral (
    select name from producer_texts t where t.producer_id = pr.id and t.state <> 'draft'
    order by t.lang = `
	sqlParcelsMiddle = ` desc, t.lang = 'en' desc, t.state = 'source' desc, t.lang limit 1
) t on true
left join lateral (
    select name from village_texts t where t.village_id = pr.village_id
    order by t.lang = `
	sqlParcelsEnd = ` desc, t.lang = 'en' desc, t.lang limit 1
) vi on true
where p.order_id = $1 order by p.id`
)

const sqlLines = `/* orders.lines */
select l.id, l.order_id, l.parcel_id, l.product_id, p.slug || '-' || p.id as product_slug, ph.photo_id, l.variant_id,
       l.producer_id, l.name, l.variant_label, l.quantity, l.currency, l.unit_minor, l.line_minor, l.base_minor, l.base, l.rate,
       l.commission_bp, l.net_quantity, l.net_unit, l.weight_grams
from order_lines l
join products p on p.id = l.product_id
left join lateral (
    select photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id limit 1
) ph on true
where l.order_id = $1 order by l.parcel_id, l.id`

const sqlEvents = `/* orders.events */
select id, order_id, parcel_id, from_status, to_status, actor, account_id, note, fact, at from order_events where order_id = $1 order by id`

// ByToken returns the order of a private link, with producers' and villages'
// names in a language. A token that opens nothing is errs.NotFound.
func (s *Service) ByToken(ctx context.Context, token string, lang i18n.Lang) (Whole, error) {
	o, err := s.one(ctx, `/* orders.by_token */`+sqlOrder+`where o.token = $2`, s.clock(), token)
	if err != nil {
		return Whole{}, err
	}
	return s.whole(ctx, o, lang)
}

const sqlByID = `/* orders.by_id */` + sqlOrder + `where o.id = $2`

// ByID returns an order for staff, or errs.NotFound.
func (s *Service) ByID(ctx context.Context, id int64, lang i18n.Lang) (Whole, error) {
	o, err := s.one(ctx, sqlByID, s.clock(), id)
	if err != nil {
		return Whole{}, err
	}
	return s.whole(ctx, o, lang)
}

// InItsLanguage is ByID in the language it was placed in, in one round trip:
// letters are written in it, one after another.
func (s *Service) InItsLanguage(ctx context.Context, id int64) (Whole, error) {
	var found []Order
	var w Whole
	b := &pgx.Batch{}
	b.Queue(sqlByID, s.clock(), id).Query(collect(&found))
	b.Queue(sqlParcelsAtHome, id).Query(collect(&w.Parcels))
	b.Queue(sqlLines, id).Query(collect(&w.Lines))
	b.Queue(sqlEvents, id).Query(collect(&w.Events))
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Whole{}, fmt.Errorf("read order %d: %w", id, postgres.Err(err))
	}
	if len(found) == 0 {
		return Whole{}, fmt.Errorf("read order %d: %w", id, postgres.Err(pgx.ErrNoRows))
	}
	w.Order = found[0]
	sayFacts(w.Events, w.Lang)
	w.asExpired()
	return w, nil
}

// Lock returns an order as it is written down and keeps it from changing until the transaction the
// service was made on ends. Whoever means to change an order, its parcels,
// goods or payments locks it first; so nobody waits in a circle.
func (s *Service) Lock(ctx context.Context, id int64) (Order, error) {
	return s.one(ctx, `/* orders.lock */`+sqlStored+`where o.id = $1 for no key update of o`, id)
}

func (s *Service) one(ctx context.Context, sql string, args ...any) (Order, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return Order{}, postgres.Err(err)
	}
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Order])
	if err != nil {
		return Order{}, fmt.Errorf("read order: %w", postgres.Err(err))
	}
	return o, nil
}

func (s *Service) whole(ctx context.Context, o Order, lang i18n.Lang) (Whole, error) {
	w := Whole{Order: o}
	b := &pgx.Batch{}
	b.Queue(sqlParcels, o.ID, lang).Query(collect(&w.Parcels))
	b.Queue(sqlLines, o.ID).Query(collect(&w.Lines))
	b.Queue(sqlEvents, o.ID).Query(collect(&w.Events))
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Whole{}, fmt.Errorf("read order %d: %w", o.ID, postgres.Err(err))
	}
	sayFacts(w.Events, lang)
	w.asExpired()
	return w, nil
}

// asExpired is what time alone decides of parcels: those of an order that has
// just expired are not sent, whether or not a job has come by to write it down.
func (w *Whole) asExpired() {
	if w.Status != Expired || w.Stored != Placed {
		return
	}
	for i := range w.Parcels {
		w.Parcels[i].Status = ParcelCancelled
	}
}

// collect reads the rows of a queued query into a slice of structs.
func collect[T any](into *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	}
}

const sqlAgain = `/* orders.by_checkout_token */
select nextval('orders_id_seq'), coalesce(o.id, 0), coalesce(o.token, ''), o.cart_hash, o.account_id, coalesce(o.total_minor, 0), coalesce(o.currency, '')
from (values (1)) one left join orders o on o.checkout_token = $1`

// Again is an order that was already placed with the same form.
type Again struct {
	ID         int64
	Token      string
	CartHash   []byte
	AccountID  *int64
	TotalMinor int64
	Currency   money.Currency
}

// Total is what the buyer pays.
func (a Again) Total() money.Amount { return money.New(a.TotalMinor, a.Currency) }

// QueueAgain adds to a batch the look for an order placed with a form's
// one-time token, into stays empty when there is none; and that the id of a new
// order is drawn, so that all its rows can be written in one go.
func QueueAgain(b *pgx.Batch, checkoutToken string, into *Again, fresh *int64) {
	b.Queue(sqlAgain, checkoutToken).QueryRow(func(row pgx.Row) error {
		return row.Scan(fresh, &into.ID, &into.Token, &into.CartHash, &into.AccountID, &into.TotalMinor, &into.Currency)
	})
}

// Mine says whether a parcel belongs to the order of a private link; any other
// is errs.NotFound.
func (s *Service) Mine(ctx context.Context, token string, parcelID int64) error {
	var one int
	err := s.db.QueryRow(ctx, `/* orders.mine */
select 1 from parcels p join orders o on o.id = p.order_id where o.token = $1 and p.id = $2`, token, parcelID).Scan(&one)
	if err != nil {
		return errs.E(errs.KindOf(postgres.Err(err)), "no such parcel in this order", err)
	}
	return nil
}
