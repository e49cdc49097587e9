package orders

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// How long a parcel may wait for its producer before staff ask her about it.
const (
	PackWithin = 3 * 24 * time.Hour // from the order's confirmation
	SendWithin = 2 * 24 * time.Hour // from packing
)

// LateParcel is a parcel its producer should have packed or sent by now.
type LateParcel struct {
	ParcelID     int64
	OrderID      int64
	Number       int64
	ProducerID   int64
	ProducerName string
	Status       ParcelStatus
	Since        time.Time // when it became hers to pack, or was packed
}

// Label is the order's number as people write it.
func (l LateParcel) Label() string { return NumberLabel(l.Number) }

const sqlLate = `
from parcels p
join orders o on o.id = p.order_id and o.number is not null
where p.status in ('to_pack', 'packed')
  and (p.status = 'to_pack' and coalesce(o.paid_at, o.placed_at) < $1 or p.status = 'packed' and p.packed_at < $2)`

const sqlLateParcels = `/* orders.late_parcels */
select l.*, coalesce(t.name, '') as producer_name from (
    select p.id as parcel_id, p.order_id, o.number, p.producer_id, p.status,
           case p.status when 'packed' then p.packed_at else coalesce(o.paid_at, o.placed_at) end as since` + sqlLate + `
) l left join lateral (
    select name from producer_texts t where t.producer_id = l.producer_id and t.state <> 'draft'
    order by t.lang = $3 desc, t.lang = 'en' desc, t.state = 'source' desc, t.lang limit 1
) t on true
order by l.since, l.parcel_id limit $4`

// LateParcels lists the parcels that have waited too long, the longest first.
func (s *Service) LateParcels(ctx context.Context, lang i18n.Lang, limit int) ([]LateParcel, error) {
	now := s.clock()
	rows, err := s.db.Query(ctx, sqlLateParcels, now.Add(-PackWithin), now.Add(-SendWithin), lang, limit)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[LateParcel])
	return list, postgres.Err(err)
}

// Care is how much there is to look after.
type Care struct {
	Transfers int // orders whose bank transfer is awaited
	Refunds   int // orders with money that must go back and is not on its way
	Late      int // parcels that have waited too long
}

// Total is how many things there are to look after.
func (c Care) Total() int { return c.Transfers + c.Refunds + c.Late }

const sqlCare = `/* orders.care */
select (select count(*) from orders where status = 'placed' and payment_method = 'bank' and expires_at > $3) as transfers,
       (select count(distinct order_id) from (
           select order_id from refunds where status in ('due', 'failed')
           union all
           select order_id from payments y where refund_due and coalesce(received_minor, 1) > 0
               and not exists (select from refunds r where r.payment_id = y.id and r.kind = 'unexpected')) owed) as refunds,
       (select count(*) ` + sqlLate + `) as late`

// Care counts what staff have to look after.
func (s *Service) Care(ctx context.Context) (Care, error) {
	now := s.clock()
	rows, err := s.db.Query(ctx, sqlCare, now.Add(-PackWithin), now.Add(-SendWithin), now)
	if err != nil {
		return Care{}, postgres.Err(err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Care])
	return c, postgres.Err(err)
}
