package orders

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

const sqlEvent = `/* orders.event */
insert into order_events (order_id, parcel_id, from_status, to_status, actor, account_id, note, fact, at)
values ($1, $2, $3, $4, $5, nullif($6, 0::bigint), $7, $8, $9)`

func queueEvent(b *pgx.Batch, e Event, actor Actor) {
	b.Queue(sqlEvent, e.OrderID, e.ParcelID, e.FromStatus, e.ToStatus, actor.Kind, actor.AccountID, e.Note, e.Fact, e.At)
}

// Tell writes a fact into an order's history without moving it: such an event
// goes from the state it is in to the same.
func (s *Service) Tell(ctx context.Context, o Order, actor Actor, f Fact) error {
	b := &pgx.Batch{}
	at := string(o.Status)
	queueEvent(b, Event{OrderID: o.ID, FromStatus: &at, ToStatus: at, Fact: &f, At: s.clock()}, actor)
	return postgres.Err(s.db.SendBatch(ctx, b).Close())
}

// move is one step of an order and what comes with it.
type move struct {
	to     Status
	number bool // give it its number if it has none
	paid   bool // the money is here
	reason Reason
}

const sqlMove = `/* orders.move */
update orders set status = $3,
    number = case when $4 and number is null then nextval('order_numbers') else number end,
    paid_at = case when $5 then coalesce(paid_at, $6) else paid_at end,
    completes_at = case when $3 = 'delivered'
        then $6 + make_interval(hours => 24 * (select complete_days from programme)) else completes_at end,
    cancel_reason = case when $7 = '' then cancel_reason else $7 end,
    cancelled_as = coalesce(nullif($8, ''), cancelled_as)
where id = $1 and status = $2`

// apply takes a step with a locked order and writes it into the history. A
// step the order cannot take is errs.Conflict.
func (s *Service) apply(ctx context.Context, o *Order, m move, actor Actor) error {
	b := &pgx.Batch{}
	if err := s.queueMove(b, o, m, actor); err != nil {
		return err
	}
	return postgres.Err(s.db.SendBatch(ctx, b).Close())
}

func (s *Service) queueMove(b *pgx.Batch, o *Order, m move, actor Actor) error {
	if !o.Status.Can(m.to) {
		return errs.E(errs.Conflict, fmt.Sprintf("order %d cannot go from %s to %s", o.ID, o.Status, m.to))
	}
	now, from := s.clock(), string(o.Status)
	b.Queue(sqlMove, o.ID, from, m.to, m.number, m.paid, now, m.reason.Words, m.reason.Fact).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() == 0 {
			return errs.E(errs.Conflict, fmt.Sprintf("order %d is no longer %s", o.ID, from))
		}
		return nil
	})
	e := Event{OrderID: o.ID, FromStatus: &from, ToStatus: string(m.to), Note: m.reason.Words, At: now}
	if m.reason.Fact != "" {
		e.Fact = &Fact{Kind: m.reason.Fact}
	}
	queueEvent(b, e, actor)
	o.Status, o.Stored = m.to, m.to
	return nil
}

// QueueConfirm adds to a batch that a paid order stands: it gets its number,
// its goods are sold for good and its parcels are to be packed. It serves an
// order that had expired too; its goods must have been taken again before. An
// order that cannot be paid is errs.Conflict, and nothing is queued.
func (s *Service) QueueConfirm(b *pgx.Batch, o *Order, actor Actor) error {
	if err := s.queueMove(b, o, move{to: Paid, number: true, paid: true}, actor); err != nil {
		return err
	}
	o.PaidAt = ptr(s.clock())
	b.Queue(sqlGoods, o.ID, "sold")
	s.queueParcelMoves(b, o.ID, []ParcelStatus{ParcelWaiting, ParcelCancelled}, ParcelToPack, actor)
	return nil
}

const sqlCashIn = `/* orders.cash_in */
update orders set paid_at = $2 where id = $1 and paid_at is null`

// CashIn says that all cash to be had for a locked order has been taken; its
// state stays, as goods and cash travel apart. It must not be paid yet.
func (s *Service) CashIn(ctx context.Context, o *Order, actor Actor) error {
	now := s.clock()
	tag, err := s.db.Exec(ctx, sqlCashIn, o.ID, now)
	if err != nil {
		return postgres.Err(err)
	}
	if tag.RowsAffected() == 0 {
		return errs.E(errs.Conflict, fmt.Sprintf("order %d is paid", o.ID))
	}
	o.PaidAt = &now
	return s.Tell(ctx, *o, actor, Fact{Kind: FactCashAll})
}

// Expire ends an order that was not paid in time and returns what it held,
// which the caller gives back.
func (s *Service) Expire(ctx context.Context, o *Order) ([]Held, error) {
	return s.end(ctx, o, move{to: Expired}, Actor{Kind: Clock})
}

// Cancel ends an order and returns what it held, which the caller gives back.
func (s *Service) Cancel(ctx context.Context, o *Order, reason Reason, actor Actor) ([]Held, error) {
	return s.end(ctx, o, move{to: Cancelled, reason: reason}, actor)
}

func (s *Service) end(ctx context.Context, o *Order, m move, actor Actor) ([]Held, error) {
	if err := s.apply(ctx, o, m, actor); err != nil {
		return nil, err
	}
	if err := s.moveParcels(ctx, o.ID, []ParcelStatus{ParcelWaiting, ParcelToPack}, ParcelCancelled, actor); err != nil {
		return nil, err
	}
	return s.release(ctx, o.ID)
}

const sqlMoveParcels = `/* orders.move_parcels */
with before as (
    select id, status from parcels where order_id = $1 and status = any ($2) for no key update
), moved as (
    update parcels p set status = $3 from before b where p.id = b.id returning p.id
)
insert into order_events (order_id, parcel_id, from_status, to_status, actor, account_id, at)
select $1, b.id, b.status, $3, $4, nullif($5, 0::bigint), $6 from before b join moved m on m.id = b.id order by b.id`

// moveParcels moves all parcels of an order that are in one of the states.
func (s *Service) moveParcels(ctx context.Context, orderID int64, from []ParcelStatus, to ParcelStatus, actor Actor) error {
	b := &pgx.Batch{}
	s.queueParcelMoves(b, orderID, from, to, actor)
	return postgres.Err(s.db.SendBatch(ctx, b).Close())
}

func (s *Service) queueParcelMoves(b *pgx.Batch, orderID int64, from []ParcelStatus, to ParcelStatus, actor Actor) {
	b.Queue(sqlMoveParcels, orderID, from, to, actor.Kind, actor.AccountID, s.clock())
}

// Held is how many of a variant an order has set aside.
type Held struct {
	VariantID int64
	Quantity  int
}

const (
	sqlRelease = `/* orders.release */
update reservations set state = 'released' where order_id = $1 and state <> 'released' and returned = 0 returning variant_id, quantity`
	sqlGoods = `/* orders.goods */
update reservations set state = $2 where order_id = $1 and state <> $2`
	sqlHeld = `/* orders.held */
select variant_id, quantity from reservations where order_id = $1 order by variant_id`
	sqlExtend = `/* orders.extend */
with o as (update orders set expires_at = $2 where id = $1 and status = 'placed' and expires_at < $2)
update reservations set expires_at = $2 where order_id = $1 and state = 'held' and expires_at < $2`
)

// release takes the hold off an order's goods, once: a second call returns
// nothing. What came back into stock with its parcel is there already.
func (s *Service) release(ctx context.Context, orderID int64) ([]Held, error) {
	rows, err := s.db.Query(ctx, sqlRelease, orderID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	held, err := pgx.CollectRows(rows, pgx.RowToStructByName[Held])
	return held, postgres.Err(err)
}

// Goods lists what an order sets or did set aside, in the order of variants.
func (s *Service) Goods(ctx context.Context, orderID int64) ([]Held, error) {
	rows, err := s.db.Query(ctx, sqlHeld, orderID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	held, err := pgx.CollectRows(rows, pgx.RowToStructByName[Held])
	return held, postgres.Err(err)
}

// Extend keeps the goods of an unpaid order longer; it never shortens.
func (s *Service) Extend(ctx context.Context, orderID int64, until time.Time) error {
	_, err := s.db.Exec(ctx, sqlExtend, orderID, until)
	return postgres.Err(err)
}

func ptr[T any](v T) *T { return &v }
