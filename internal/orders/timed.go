package orders

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

const sqlComplete = `/* orders.complete */
with due as (
    select id from orders where status = 'delivered' and paid_at is not null and completes_at <= $1
    order by id limit $2 for no key update skip locked
), moved as (
    update orders o set status = 'completed' from due where o.id = due.id returning o.id
)
insert into order_events (order_id, from_status, to_status, actor, at)
select id, 'delivered', 'completed', 'clock', $1 from moved order by id`

// Complete writes down that paid orders which stayed delivered for long enough
// are completed, at most so many. It returns how many it was; one that somebody
// is changing just now is left for the next time.
func (s *Service) Complete(ctx context.Context, limit int) (int, error) {
	tag, err := s.db.Exec(ctx, sqlComplete, s.clock(), limit)
	if err != nil {
		return 0, fmt.Errorf("complete orders: %w", postgres.Err(err))
	}
	return int(tag.RowsAffected()), nil
}

// sqlReleasable are the parcels whose producers' earnings are payable at the
// moment $1: what the buyer paid is here, she has kept the goods for long
// enough, and neither she nor her bank wants it back. A request that nobody
// answered in time is over, written down or not.
const sqlReleasable = `
select p.id, p.order_id, p.producer_id
from parcels p join orders o on o.id = p.order_id
where p.status = 'delivered' and p.released_at is null and p.releases_at <= $1
  and case o.payment_method when 'cod' then exists (select from cash_collections c where c.parcel_id = p.id) else o.paid_at is not null end
  and not exists (select from refund_requests q where q.order_id = o.id and q.status = 'open' and q.lapses_at > $1)
  and not exists (select from disputes d where d.order_id = o.id and d.status = 'open')
`

// Releasable is a parcel whose producer's earnings can be made payable.
type Releasable struct{ ID, OrderID, ProducerID int64 }

// Releasable lists parcels whose earnings can be made payable, by id from after
// on.
func (s *Service) Releasable(ctx context.Context, after int64, limit int) ([]Releasable, error) {
	return s.releasable(ctx, `/* orders.releasable */`+sqlReleasable+`and p.id > $2 order by p.id limit $3`, s.clock(), after, limit)
}

// StillReleasable says whether a parcel is, now that its order is locked.
func (s *Service) StillReleasable(ctx context.Context, parcelID int64) (bool, error) {
	list, err := s.releasable(ctx, `/* orders.still_releasable */`+sqlReleasable+`and p.id = $2`, s.clock(), parcelID)
	return len(list) == 1, err
}

func (s *Service) releasable(ctx context.Context, sql string, args ...any) ([]Releasable, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Releasable])
	return list, postgres.Err(err)
}

// QueueReleased adds to a batch that what a producer earned with a parcel has
// been made payable.
func (s *Service) QueueReleased(b *pgx.Batch, parcelID int64) {
	b.Queue(`/* orders.released */ update parcels set released_at = $2 where id = $1 and released_at is null`, parcelID, s.clock())
}
