package demo_test

import (
	"maps"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/books"
	"awil/internal/demo"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// TestRestore: what is in a database comes back from its backup, all of it.
func TestRestore(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db := pgtest.Open(t, url)
	if err := demo.Load(t.Context(), services(t, db)); err != nil {
		t.Fatal(err)
	}
	restored := pgtest.Restored(t, url)
	// It is of this version already, and takes it without a change.
	if err := postgres.Migrate(t.Context(), restored); err != nil {
		t.Fatal(err)
	}
	again := pgtest.Open(t, restored)
	want, got := rows(t, db), rows(t, again)
	if want["public.orders"] == 0 || want["public.payments"] == 0 || want["public.ledger_entries"] == 0 {
		t.Errorf("nothing was sold: %v", want)
	}
	if !maps.Equal(got, want) {
		t.Errorf("restored: %v\nwant: %v", got, want)
	}
	if report, err := books.Check(t.Context(), again, nil); err != nil || !report.OK() {
		t.Errorf("the restored books: %v, %v", report.Sentences(), err)
	}
}

// rows counts those of every table.
func rows(t *testing.T, db *pgxpool.Pool) map[string]int {
	t.Helper()
	found, err := db.Query(t.Context(), `
select n.nspname || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname not like 'pg\_%'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, table := range tables {
		var n int
		if err := db.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}
