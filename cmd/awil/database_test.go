package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
	"awil/internal/platform/postgres/pgtest"
)

// privateData is a data folder whose database runs, as beneath a running program.
func privateData(t *testing.T) (Config, *localpg.Server) {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil { // the server may run as another user
			t.Fatal(err)
		}
	}
	c := Config{DataDir: dir, DatabaseConns: 2}
	server, err := localpg.Start(t.Context(), localpg.Config{Dir: c.privateDatabase()})
	if errors.Is(err, localpg.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	return c, server
}

// TestMigrateBesideARunningProgram: nothing is migrated beneath a program that works, neither by the command nor by a tool.
func TestMigrateBesideARunningProgram(t *testing.T) {
	t.Parallel()
	c, server := privateData(t)
	if _, err := openDatabase(t.Context(), c); !errors.Is(err, localpg.ErrBusy) || !strings.Contains(err.Error(), "stop that one") {
		t.Errorf("migrate: %v", err)
	}
	nothing := func(*postgres.Pool) error { return nil }
	if err := withPool(t.Context(), c, nothing); err == nil || !strings.Contains(err.Error(), "awil migrate") {
		t.Errorf("a tool: %v", err)
	}
	if m := schemaOf(t, server.URL()); m.Applied != 0 {
		t.Errorf("the schema went to %d", m.Applied)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := withPool(t.Context(), c, nothing); err != nil { // it has the server to itself
		t.Fatal(err)
	}
	again, err := localpg.Start(t.Context(), localpg.Config{Dir: c.privateDatabase()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Stop() })
	if !schemaOf(t, again.URL()).Current() {
		t.Error("a tool alone did not migrate")
	}
	if err := withPool(t.Context(), c, nothing); err != nil {
		t.Errorf("a tool beside a program of this version: %v", err)
	}
}

// TestMigrateIsTheOperators: a tool leaves the operator's database as it is.
func TestMigrateIsTheOperators(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	c := Config{DatabaseURL: pool.Config().ConnString(), DatabaseConns: 2}
	if _, err := pool.Exec(t.Context(), `delete from goose_db_version where version_id > 11`); err != nil {
		t.Fatal(err)
	}
	err := withPool(t.Context(), c, func(*postgres.Pool) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "awil migrate") {
		t.Errorf("a tool: %v", err)
	}
}

func schemaOf(t *testing.T, url string) postgres.Migrations {
	t.Helper()
	pool, err := postgres.Open(context.WithoutCancel(t.Context()), url, postgres.Options{ApplicationName: "test", MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	m, err := postgres.Status(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
