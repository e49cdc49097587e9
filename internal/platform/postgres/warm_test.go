package postgres_test

import (
	"context"
	"errors"
	"testing"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// TestWarmReachesConnections: each of them has settled for a plan of what is
// asked, and all are given back.
func TestWarmReachesConnections(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const sql, conns = `/* warm */ select $1::int + 1`, 3
	backends := map[int]int64{}
	err := postgres.Warm(t.Context(), pool, conns, func(ctx context.Context, db postgres.DB) error {
		var two, backend int
		if err := db.QueryRow(ctx, sql, 1).Scan(&two); err != nil {
			return err
		}
		var plans int64
		err := db.QueryRow(ctx, `select pg_backend_pid(), coalesce(sum(generic_plans), 0)::bigint from pg_prepared_statements where statement = $1`, sql).Scan(&backend, &plans)
		backends[backend] = plans
		return err
	})
	if err != nil || len(backends) != conns {
		t.Fatalf("%d connections, %v", len(backends), err)
	}
	for backend, plans := range backends {
		if plans == 0 {
			t.Errorf("connection %d plans anew each time", backend)
		}
	}
	broken := errors.New("broken")
	if err := postgres.Warm(t.Context(), pool, conns, func(context.Context, postgres.DB) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if n := pool.Stat().AcquiredConns(); n != 0 {
		t.Errorf("%d connections were not given back", n)
	}
}
