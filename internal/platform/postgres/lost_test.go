package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// endOthers ends every connection to a database but the one it is told on.
const endOthers = `
select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`

// TestServerStartedAgain: the connections of the pool are dead then. A
// transaction begins on a new one; a lone statement says what is so.
func TestServerStartedAgain(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	pool, other := pgtest.Open(t, url), pgtest.Open(t, url)
	begun := 0
	for range 3 {
		if err := other.QueryRow(t.Context(), endOthers).Scan(new(int)); err != nil {
			t.Fatal(err)
		}
		err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
			begun++
			_, err := tx.Exec(t.Context(), `select 1`)
			return err
		})
		if err != nil {
			t.Errorf("a transaction after the server ended its connections: %v", err)
		}
	}
	if begun != 3 {
		t.Errorf("%d transactions began, want 3", begun)
	}
	if err := other.QueryRow(t.Context(), endOthers).Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `select 1`); errs.KindOf(postgres.Err(err)) != errs.Unavailable || err == nil {
		t.Errorf("a statement on a dead connection: %v (%v), want Unavailable", err, errs.KindOf(postgres.Err(err)))
	}
}

// TestLostInside: what may have been done is not done again.
func TestLostInside(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	pool, other := pgtest.Open(t, url), pgtest.Open(t, url)
	begun := 0
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		begun++
		if err := other.QueryRow(t.Context(), endOthers).Scan(new(int)); err != nil {
			t.Fatal(err)
		}
		_, err := tx.Exec(t.Context(), `select 1`)
		return err
	})
	if errs.KindOf(err) != errs.Unavailable || err == nil || begun != 1 {
		t.Errorf("got %v (%v) after %d times, want Unavailable after one", err, errs.KindOf(err), begun)
	}
}
