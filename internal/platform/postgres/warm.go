package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// generic is how often a connection runs a statement until the server has
// settled for one plan of it: it plans the first five runs anew.
const generic = 6

// Warm has so many connections of a pool do what visit does, one after another
// and each often enough to know all of its statements: a connection plans for
// itself, which takes many times as long as reading, so that whoever came first
// would wait. They are given back together, so that each is another one; the
// pool should have more, for visitors who are there already.
func Warm(ctx context.Context, pool *Pool, conns int, visit func(ctx context.Context, db DB) error) error {
	var held []*pgxpool.Conn
	defer func() {
		for _, c := range held {
			c.Release()
		}
	}()
	for range conns {
		c, err := pool.Acquire(ctx)
		if err != nil {
			return fmt.Errorf("warm connections: %w", Err(err))
		}
		held = append(held, c)
		for range generic {
			if err := visit(ctx, c); err != nil {
				return fmt.Errorf("warm connections: %w", err)
			}
		}
	}
	return nil
}
