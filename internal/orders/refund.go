package orders

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// RefundableLine is a line of an order and what has gone back of it.
type RefundableLine struct {
	ID           int64
	ParcelID     int64
	ProducerID   int64
	VariantID    int64
	Name         string // in the order's language
	Quantity     int
	Refunded     int // pieces whose money goes back, decided so far
	InStock      int // pieces that went into stock again
	Currency     money.Currency
	UnitMinor    int64
	BaseMinor    int64
	Base         money.Currency
	Rate         money.Rate // Base → Currency
	CommissionBP int
}

// Left is how many pieces have not been refunded.
func (l RefundableLine) Left() int { return l.Quantity - l.Refunded }

// Sold is what of it the books need: what was sold, by whom, at which price.
func (l RefundableLine) Sold() Line {
	return Line{
		ID: l.ID, ParcelID: l.ParcelID, ProducerID: l.ProducerID, VariantID: l.VariantID, Quantity: l.Quantity, Currency: l.Currency,
		UnitMinor: l.UnitMinor, BaseMinor: l.BaseMinor, Base: l.Base, Rate: l.Rate, CommissionBP: l.CommissionBP,
	}
}

// Unit is what one cost the buyer.
func (l RefundableLine) Unit() money.Amount { return money.New(l.UnitMinor, l.Currency) }

// RefundableParcel is a parcel of an order and what has gone back of its shipping.
type RefundableParcel struct {
	ID            int64
	ProducerID    int64
	Status        ParcelStatus
	Currency      money.Currency
	ShippingMinor int64
	RefundedMinor int64 // of its shipping, decided so far
	ReleasedAt    *time.Time
	Collector     string // who took its cash, see ledger.Collector; empty: nobody
	Paid          bool   // the buyer has paid for it
}

// Shipping is what the buyer paid for sending it.
func (p RefundableParcel) Shipping() money.Amount { return money.New(p.ShippingMinor, p.Currency) }

// Refunded is how much of that goes back, decided so far.
func (p RefundableParcel) Refunded() money.Amount { return money.New(p.RefundedMinor, p.Currency) }

// Left is how much of the shipping has not been refunded.
func (p RefundableParcel) Left() money.Amount {
	return money.New(p.ShippingMinor-p.RefundedMinor, p.Currency)
}

// Refundable is what an order sold and what has gone back of it, in the order of
// parcels and lines.
type Refundable struct {
	Kind    shipping.Kind
	Lines   []RefundableLine
	Parcels []RefundableParcel
}

// Parcel returns one of the parcels; the zero value when it is none of them.
func (s Refundable) Parcel(id int64) RefundableParcel {
	for _, p := range s.Parcels {
		if p.ID == id {
			return p
		}
	}
	return RefundableParcel{}
}

// Left is how many pieces of each line have been paid for and not refunded.
func (s Refundable) Left() map[int64]int {
	left := make(map[int64]int, len(s.Lines))
	for _, l := range s.Lines {
		if n := l.Left(); n > 0 && s.Parcel(l.ParcelID).Paid {
			left[l.ID] = n
		}
	}
	return left
}

// Over reports whether nothing of the order is left with the buyer or on its
// way: all that was paid for goes back, the rest has ended unpaid.
func (s Refundable) Over() bool {
	refunded := false
	for _, l := range s.Lines {
		p := s.Parcel(l.ParcelID)
		switch {
		case p.Paid && l.Left() > 0:
			return false
		case !p.Paid && p.Status != ParcelCancelled && p.Status != ParcelReturned:
			return false
		}
		refunded = refunded || l.Refunded > 0
	}
	return refunded
}

const (
	sqlRefundableKind = `/* orders.refundable_kind */
select m.kind from orders o join shipping_methods m on m.id = o.shipping_method_id where o.id = $1`
	sqlRefundableParcels = `/* orders.refundable_parcels */
select p.id, p.producer_id, p.status, o.currency, p.shipping_minor, p.released_at, coalesce(c.collector, '') as collector,
       coalesce((select sum(r.amount_minor) from refund_shipping r where r.parcel_id = p.id), 0)::bigint as refunded_minor,
       case o.payment_method when 'cod' then c.parcel_id is not null else o.paid_at is not null end as paid
from parcels p join orders o on o.id = p.order_id left join cash_taken c on c.parcel_id = p.id
where p.order_id = $1 order by p.id`
	sqlRefundableLines = `/* orders.refundable_lines */
select l.id, l.parcel_id, l.producer_id, l.variant_id, l.name, l.quantity, r.returned as in_stock, l.currency, l.unit_minor,
       l.base_minor, l.base, l.rate, l.commission_bp,
       coalesce((select sum(f.quantity) from refund_lines f where f.line_id = l.id), 0)::int as refunded
from order_lines l join reservations r on r.order_id = l.order_id and r.variant_id = l.variant_id
where l.order_id = $1 order by l.parcel_id, l.id`
)

// Refundable reads what an order sold and what has gone back of it. Whoever decides
// about more has locked the order.
func (s *Service) Refundable(ctx context.Context, orderID int64) (Refundable, error) {
	var r Refundable
	b := &pgx.Batch{}
	b.Queue(sqlRefundableKind, orderID).QueryRow(func(row pgx.Row) error { return row.Scan(&r.Kind) })
	b.Queue(sqlRefundableParcels, orderID).Query(collect(&r.Parcels))
	b.Queue(sqlRefundableLines, orderID).Query(collect(&r.Lines))
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Refundable{}, fmt.Errorf("what order %d sold: %w", orderID, postgres.Err(err))
	}
	return r, nil
}

const sqlPutBack = `/* orders.put_back */
update reservations set returned = returned + $3 where order_id = $1 and variant_id = $2`

// PutBack writes down that goods of a locked order that stood go into stock
// again; the caller puts them there.
func (s *Service) PutBack(ctx context.Context, orderID int64, goods []Held) error {
	b := &pgx.Batch{}
	for _, g := range goods {
		b.Queue(sqlPutBack, orderID, g.VariantID, g.Quantity)
	}
	return postgres.Err(s.db.SendBatch(ctx, b).Close())
}

// Refund moves a locked order and its parcels after money of it was decided to
// go back: a parcel nobody has sent, with nothing left to send, is cancelled,
// and the order is refunded when nothing of it is left.
func (s *Service) Refund(ctx context.Context, o *Order, actor Actor) error {
	r, err := s.Refundable(ctx, o.ID)
	if err != nil {
		return err
	}
	for i, p := range r.Parcels {
		if !p.Status.Can(ParcelCancelled) || !r.empty(p.ID) {
			continue
		}
		if err := s.moveParcel(ctx, *o, p.Status, step{parcelID: p.ID, to: ParcelCancelled, actor: actor}); err != nil {
			return err
		}
		r.Parcels[i].Status = ParcelCancelled
	}
	if !r.Over() {
		return s.catchUp(ctx, o, actor)
	}
	if o.Status == Refunded { // now some shipping as well
		return nil
	}
	return s.apply(ctx, o, move{to: Refunded}, actor)
}

// empty reports whether every line of a parcel goes back.
func (s Refundable) empty(parcelID int64) bool {
	for _, l := range s.Lines {
		if l.ParcelID == parcelID && l.Left() > 0 {
			return false
		}
	}
	return true
}
