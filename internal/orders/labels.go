package orders

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Labels returns how people call orders, by their ids.
func (s *Service) Labels(ctx context.Context, ids []int64) (map[int64]string, error) {
	rows, err := s.db.Query(ctx, `/* orders.labels */ select id, reference, number from orders where id = any ($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("names of orders: %w", postgres.Err(err))
	}
	labels := map[int64]string{}
	var o Order
	_, err = pgx.ForEachRow(rows, []any{&o.ID, &o.Reference, &o.Number}, func() error {
		labels[o.ID] = o.Label()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("names of orders: %w", postgres.Err(err))
	}
	return labels, nil
}
