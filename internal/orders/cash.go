package orders

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// CashDue reports whether somebody at a parcel's door owes cash for it: it has
// left, and nobody has said who took the cash.
func CashDue(o Order, p Parcel) bool {
	return o.PaymentMethod == markets.COD && p.Collector == "" && (p.Status == ParcelShipped || p.Status == ParcelDelivered)
}

// LockParcel locks the order of a parcel and returns it with its parcels and
// lines, without any names; see Sold. With a producer the parcel must be hers
// and confirmed, else it is errs.NotFound.
func (s *Service) LockParcel(ctx context.Context, parcelID, producerID int64) (Whole, Parcel, error) {
	o, _, err := s.lockParcel(ctx, parcelID, producerID)
	if err != nil {
		return Whole{}, Parcel{}, err
	}
	w, err := s.Sold(ctx, o)
	if err != nil {
		return Whole{}, Parcel{}, err
	}
	for _, p := range w.Parcels {
		if p.ID == parcelID {
			return w, p, nil
		}
	}
	return Whole{}, Parcel{}, errs.E(errs.Internal, fmt.Sprintf("parcel %d is not of order %d", parcelID, o.ID))
}

const (
	sqlSoldParcels = `/* orders.sold_parcels */
select p.id, p.order_id, p.producer_id, '' as producer_name, '' as producer_slug, '' as village_name, p.status, p.shipping_minor,
       p.carrier, p.tracking_number, p.packed_at, p.shipped_at, p.delivered_at, p.returned_at, p.releases_at, p.released_at,
       coalesce(c.collector, '') as collector, c.collected_at
from parcels p left join cash_taken c on c.parcel_id = p.id
where p.order_id = $1 order by p.id`
	sqlSoldLines = `/* orders.sold_lines */
select l.id, l.order_id, l.parcel_id, l.product_id, '' as product_slug, null::bigint as photo_id, l.variant_id,
       l.producer_id, l.name, l.variant_label, l.quantity, l.currency, l.unit_minor, l.line_minor, l.base_minor, l.base, l.rate,
       l.commission_bp, l.net_quantity, l.net_unit, l.weight_grams
from order_lines l where l.order_id = $1 order by l.parcel_id, l.id`
)

// Sold returns an order with its parcels and lines as the books need them: in
// one round trip, without names of producers and villages, pictures and
// history.
func (s *Service) Sold(ctx context.Context, o Order) (Whole, error) {
	w := Whole{Order: o}
	b := &pgx.Batch{}
	b.Queue(sqlSoldParcels, o.ID).Query(collect(&w.Parcels))
	b.Queue(sqlSoldLines, o.ID).Query(collect(&w.Lines))
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Whole{}, fmt.Errorf("read what order %d sold: %w", o.ID, postgres.Err(err))
	}
	return w, nil
}

const sqlCollect = `/* orders.collect */
with taken as (
    insert into cash_collections (parcel_id, order_id, collector, amount_minor, currency, account_id, collected_at)
    values ($1, $2, $3, $4, $5, $6, $7)
)
update parcels set released_at = case when $3 = 'producer' then coalesce(released_at, $7) else released_at end where id = $1`

// QueueCollect adds to a batch that the cash for a parcel of a locked order was
// taken. A producer who has it herself has what she earned: nothing remains to
// be released.
func (s *Service) QueueCollect(b *pgx.Batch, o Order, p Parcel, collector string, amount money.Amount, actor Actor) {
	now, at := s.clock(), string(p.Status)
	b.Queue(sqlCollect, p.ID, o.ID, collector, amount.Minor, amount.Currency, actor.AccountID, now)
	fact := Fact{Kind: FactCashTaken, Amount: &amount, Code: collector}
	queueEvent(b, Event{OrderID: o.ID, ParcelID: &p.ID, FromStatus: &at, ToStatus: at, Fact: &fact, At: now}, actor)
}

const (
	sqlCollectOther = `/* orders.collect_other */
insert into cash_collections (parcel_id, turn, order_id, collector, amount_minor, currency, account_id, collected_at, reason)
select parcel_id, turn + 1, order_id, $2, amount_minor, currency, $3, $4, $5 from cash_taken where parcel_id = $1`
	sqlReleaseAgain = `/* orders.release_again */
update parcels set released_at = case when $2 then coalesce(released_at, $3) end where id = $1`
)

// QueueCollectOther adds to a batch that the cash for a parcel of a locked order
// is not with whom it was said to be, and why. Her earnings are released by it
// if it is hers now, and wait for their time again if it was hers before.
func (s *Service) QueueCollectOther(b *pgx.Batch, o Order, p Parcel, collector, reason string, hers, was bool, actor Actor) {
	now, at := s.clock(), string(p.Status)
	b.Queue(sqlCollectOther, p.ID, collector, actor.AccountID, now, reason)
	if hers != was {
		b.Queue(sqlReleaseAgain, p.ID, hers, now)
	}
	fact := Fact{Kind: FactCashOther, Code: collector, Was: p.Collector, Text: reason}
	queueEvent(b, Event{OrderID: o.ID, ParcelID: &p.ID, FromStatus: &at, ToStatus: at, Fact: &fact, At: now}, actor)
}

// Drop says that a parcel of a locked order, which nobody has packed, will not
// be sent, and why; false, that this was said before.
func (s *Service) Drop(ctx context.Context, o *Order, p Parcel, reason string, actor Actor) (bool, error) {
	return s.take(ctx, o, p.Status, step{parcelID: p.ID, to: ParcelCancelled, note: reason, actor: actor})
}

// Return says that a parcel of a locked order came back; false, that this was
// said before. A parcel that never left is errs.Conflict.
func (s *Service) Return(ctx context.Context, o *Order, p Parcel, actor Actor) (bool, error) {
	return s.take(ctx, o, p.Status, step{parcelID: p.ID, to: ParcelReturned, actor: actor})
}

const sqlRestock = `/* orders.restock */
with back as (
    insert into return_lines (line_id, parcel_id, restocked)
    select id, parcel_id, quantity from order_lines where parcel_id = $1
)
update reservations r set returned = r.returned + l.quantity from order_lines l
where l.parcel_id = $1 and r.order_id = l.order_id and r.variant_id = l.variant_id
returning r.variant_id, l.quantity`

// Restock writes down that the goods of a parcel that came back unpaid, or was
// never sent, can be sold again, and returns them for the caller to give back.
func (s *Service) Restock(ctx context.Context, parcelID int64) ([]Held, error) {
	rows, err := s.db.Query(ctx, sqlRestock, parcelID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	held, err := pgx.CollectRows(rows, pgx.RowToStructByName[Held])
	return held, postgres.Err(err)
}

// Refused ends an order all of whose parcels came back unpaid or were not sent. What became of
// its goods was said with each of them.
func (s *Service) Refused(ctx context.Context, o *Order, reason Reason, actor Actor) error {
	return s.apply(ctx, o, move{to: Cancelled, reason: reason}, actor)
}
