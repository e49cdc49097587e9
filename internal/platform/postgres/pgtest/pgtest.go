// Package pgtest gives each test a migrated PostgreSQL database of its own.
//
// All test programs of a user share one server, started by the first that
// needs it and stopped when none has needed it for a while; a database is a
// copy of a template that is built once for a set of migrations. To use
// another server, set AWIL_TEST_DATABASE_URL to a superuser's URL there.
package pgtest

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
)

const (
	poolSize   = 12
	closeLimit = 10 * time.Second
)

// session is this program's hold on the server, made by the first test that
// asks. It lasts until the program ends; the server notices by itself.
var session = sync.OnceValues(func() (*run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if url := os.Getenv("AWIL_TEST_DATABASE_URL"); url != "" {
		return join(ctx, url)
	}
	url, using, err := sharedServer()
	if err != nil {
		return nil, err
	}
	r, err := join(ctx, url)
	if err != nil {
		return nil, err
	}
	r.using = using
	return r, nil
})

// URL returns the connection string of a fresh, migrated database, dropped
// when t ends. Where PostgreSQL is missing the test is skipped, or fails when
// the environment says CI=true.
func URL(t testing.TB) string {
	t.Helper()
	r := joined(t)
	name, err := r.clone(t.Context())
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	dropAfter(t, r, name)
	return r.url(name)
}

// joined is this program's hold on the server, or the end of the test.
func joined(t testing.TB) *run {
	t.Helper()
	r, err := session()
	if errors.Is(err, localpg.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skipf("SKIPPED, no database: %v", err)
	}
	if err != nil {
		t.Fatalf("test database server: %v", err)
	}
	return r
}

func dropAfter(t testing.TB, r *run, name string) {
	t.Cleanup(func() {
		if err := r.drop(context.Background(), name); err != nil {
			t.Errorf("test database: %v", err)
		}
	})
}

// New returns a pool on a fresh, migrated database; both go when t ends. A
// connection the test forgot to give back (rows not closed, transaction not
// ended) fails it.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return Open(t, URL(t))
}

// Open returns another pool on a database got from URL. The pool's queries
// can be counted with CountQueries and CountPool.
func Open(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(t.Context(), url, postgres.Options{
		ApplicationName: "awil test",
		MaxConns:        poolSize,
		Tracer:          &tracer{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closePool(t, pool) })
	return pool
}

func closePool(t testing.TB, pool *pgxpool.Pool) {
	closed := make(chan struct{})
	go func() {
		pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(closeLimit):
		t.Errorf("%d database connections were never given back", pool.Stat().AcquiredConns())
	}
}
