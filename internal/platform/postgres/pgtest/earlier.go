package pgtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"awil/internal/platform/postgres"
	"awil/migrations"
)

// Earlier returns the connection string of a database whose schema is that of
// an earlier version, dropped when t ends: what postgres.Migrate meets when a
// programme is upgraded.
func Earlier(t testing.TB, version int64) string {
	t.Helper()
	url := empty(t)
	if err := migrateTo(t.Context(), url, version); err != nil {
		t.Fatalf("test database: %v", err)
	}
	return url
}

// empty returns the connection string of a database with nothing in it, dropped
// when t ends.
func empty(t testing.TB) string {
	t.Helper()
	r := joined(t)
	name := r.newName()
	if _, err := r.admin.Exec(t.Context(), "create database "+name+" template template0 encoding 'UTF8'"); err != nil {
		t.Fatalf("test database: %v", err)
	}
	dropAfter(t, r, name)
	return r.url(name)
}

func migrateTo(ctx context.Context, url string, version int64) error {
	pool, err := postgres.Open(ctx, url, postgres.Options{ApplicationName: "awil test", MaxConns: 2})
	if err != nil {
		return err
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err == nil {
		_, err = provider.UpTo(ctx, version)
	}
	return err
}
