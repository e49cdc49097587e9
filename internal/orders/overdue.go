package orders

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

const sqlOverdue = `/* orders.overdue */
select id from orders where status = 'placed' and expires_at <= $1 and id > $2 order by id limit $3`

// Overdue lists unpaid orders whose time is over, by id from after on.
func (s *Service) Overdue(ctx context.Context, after int64, limit int) ([]int64, error) {
	return s.ids(ctx, sqlOverdue, s.clock(), after, limit)
}

const sqlOverdueHolding = `/* orders.overdue_holding */
select distinct r.order_id from reservations r
where r.variant_id = any ($1) and r.state = 'held' and r.expires_at <= $2 order by r.order_id limit $3`

// OverdueHolding lists overdue orders that still hold some of these variants.
func (s *Service) OverdueHolding(ctx context.Context, variants []int64, limit int) ([]int64, error) {
	return s.ids(ctx, sqlOverdueHolding, variants, s.clock(), limit)
}

func (s *Service) ids(ctx context.Context, sql string, args ...any) ([]int64, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, postgres.Err(err)
}
