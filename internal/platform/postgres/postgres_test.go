package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

func TestOpenSettings(t *testing.T) {
	t.Parallel()
	pool, err := postgres.Open(t.Context(), pgtest.URL(t), postgres.Options{
		ApplicationName:  "awil worker",
		StatementTimeout: 2500 * time.Millisecond,
		LockTimeout:      -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	want := map[string]string{
		"application_name":                    "awil worker",
		"statement_timeout":                   "2500ms",
		"lock_timeout":                        "0",
		"idle_in_transaction_session_timeout": "30s",
		"TimeZone":                            "UTC",
	}
	for name, value := range want {
		var got string
		if err := pool.QueryRow(t.Context(), "select current_setting($1)", name).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	var now time.Time
	if err := pool.QueryRow(t.Context(), "select now()").Scan(&now); err != nil {
		t.Fatal(err)
	}
	if now.Location() != time.UTC {
		t.Errorf("times are read in %v, want UTC", now.Location())
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, url string
		want      errs.Kind
	}{
		{"malformed", "postgres://user:secret@host:notaport/db", errs.Invalid},
		{"nobody there", "postgres://user:secret@127.0.0.1:1/db", errs.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), tt.url, postgres.Options{})
			if errs.KindOf(err) != tt.want {
				t.Errorf("got %v (%v), want %v", errs.KindOf(err), err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestErr(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	const setUp = `create table jars (
		id int primary key,
		grams int constraint jars_grams_positive check (grams > 0),
		parent int references jars,
		label varchar(3)
	);
	insert into jars values (1, 250)`
	if _, err := pool.Exec(t.Context(), setUp); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, sql string
		want      errs.Kind
	}{
		{"no row", "select id from jars where id = 7", errs.NotFound},
		{"duplicate", "insert into jars values (1, 250) returning id", errs.Conflict},
		{"check", "insert into jars values (2, 0) returning id", errs.Invalid},
		{"missing reference", "insert into jars values (2, 1, 9) returning id", errs.Invalid},
		{"too long", "insert into jars values (2, 1, null, 'long') returning id", errs.Invalid},
		{"out of range", "select 99999999999::bigint::int", errs.Internal},
		{"no such table", "select 1 from pots", errs.Internal},
		{"overdue", "set statement_timeout = 10; select pg_sleep(5)", errs.Unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var n int
			raw := pool.QueryRow(t.Context(), tt.sql, pgx.QueryExecModeSimpleProtocol).Scan(&n)
			err := postgres.Err(raw)
			if got := errs.KindOf(err); got != tt.want {
				t.Errorf("got %v, want %v: %v", got, tt.want, err)
			}
			if !errors.Is(err, raw) {
				t.Errorf("the cause is lost: %v", err)
			}
			if again := postgres.Err(err); again != err { //nolint:errorlint // the very same value
				t.Errorf("mapped twice: %v", again)
			}
		})
	}
	_, err := pool.Exec(t.Context(), "insert into jars values (2, 0)")
	if !postgres.Violates(postgres.Err(err), "jars_grams_positive") || postgres.Violates(err, "jars_pkey") {
		t.Errorf("Violates does not know the constraint of %v", err)
	}
	if postgres.Err(nil) != nil {
		t.Error("nil is an error")
	}
}

func jars(t *testing.T, db postgres.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "select n from jars").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestInTx(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ctx := t.Context()
	if _, err := pool.Exec(ctx, "create table jars as select 0 as n"); err != nil {
		t.Fatal(err)
	}
	add := func(db postgres.DB) error {
		_, err := db.Exec(ctx, "update jars set n = n + 1")
		return err
	}
	failed := errors.New("no")
	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		return errors.Join(add(tx), failed)
	})
	if !errors.Is(err, failed) || jars(t, pool) != 0 {
		t.Errorf("failed transaction: %v, %d jars", err, jars(t, pool))
	}
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		inner := postgres.InTx(ctx, tx, func(tx pgx.Tx) error { return errors.Join(add(tx), failed) })
		if !errors.Is(inner, failed) {
			t.Errorf("inner error is %v", inner)
		}
		return add(tx)
	})
	if err != nil || jars(t, pool) != 1 {
		t.Errorf("failed savepoint in a good transaction: %v, %d jars", err, jars(t, pool))
	}
	func() {
		defer func() { _ = recover() }()
		_ = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
			_ = add(tx)
			panic("bug")
		})
	}()
	if jars(t, pool) != 1 || pool.Stat().AcquiredConns() != 0 {
		t.Errorf("after a panic: %d jars, %d connections out", jars(t, pool), pool.Stat().AcquiredConns())
	}
}

// TestInTxAfter: what is known beforehand goes with the beginning, and is part
// of the transaction like all else.
func TestInTxAfter(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ctx := t.Context()
	if _, err := pool.Exec(ctx, "create table jars as select 0 as n"); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("no")
	n := 0
	count := func(b *pgx.Batch) {
		n = 0
		b.Queue("update jars set n = n + 1 returning n").QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	}
	run := func(db postgres.DB, queue func(*pgx.Batch), f func(pgx.Tx) error) error {
		return postgres.InTxAfter(ctx, db, queue, f)
	}
	if err := run(pool, count, func(pgx.Tx) error { return failed }); !errors.Is(err, failed) || n != 1 || jars(t, pool) != 0 {
		t.Errorf("failed: %v, counted %d, %d jars", err, n, jars(t, pool))
	}
	if err := run(pool, count, func(tx pgx.Tx) error { return run(tx, count, func(pgx.Tx) error { return nil }) }); err != nil || n != 2 || jars(t, pool) != 2 {
		t.Errorf("twice: %v, counted %d, %d jars", err, n, jars(t, pool))
	}
	broken := func(b *pgx.Batch) {
		count(b)
		b.Queue("select 1 / (n - n) from jars")
	}
	began := false
	err := run(pool, broken, func(pgx.Tx) error { began = true; return nil })
	if err == nil || began || jars(t, pool) != 2 || pool.Stat().AcquiredConns() != 0 {
		t.Errorf("broken: %v, %d jars, %d connections out", err, jars(t, pool), pool.Stat().AcquiredConns())
	}
	const raise = `do $$ begin raise exception 'lost' using errcode = '40001'; end $$`
	tries := 0
	err = run(pool, func(b *pgx.Batch) {
		count(b)
		if tries++; tries < 3 {
			b.Queue(raise)
		}
	}, func(pgx.Tx) error { return nil })
	if err != nil || tries != 3 || jars(t, pool) != 3 {
		t.Errorf("lost twice: %v, %d tries, %d jars", err, tries, jars(t, pool))
	}
}

func TestInTxStartsOver(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ctx := t.Context()
	const raise = `do $$ begin raise exception 'lost' using errcode = '40001'; end $$`
	tries := 0
	lose := func(times int) func(pgx.Tx) error {
		tries = 0
		return func(tx pgx.Tx) error {
			tries++
			if tries > times {
				return nil
			}
			_, err := tx.Exec(ctx, raise)
			return err
		}
	}
	if err := postgres.InTx(ctx, pool, lose(2)); err != nil || tries != 3 {
		t.Errorf("lost twice: %d tries, %v", tries, err)
	}
	if err := postgres.InTx(ctx, pool, lose(9)); errs.KindOf(err) != errs.Conflict || tries != 3 {
		t.Errorf("always lost: %d tries, %v", tries, err)
	}
	always := lose(9)
	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		return postgres.InTx(ctx, tx, always)
	})
	if tries != 3 || errs.KindOf(err) != errs.Conflict {
		t.Errorf("a savepoint lost: %d tries, want the outer transaction's 3: %v", tries, err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	err = postgres.InTx(cancelled, pool, func(pgx.Tx) error {
		cancel()
		return cancelled.Err()
	})
	if !errors.Is(err, context.Canceled) || pool.Stat().AcquiredConns() != 0 {
		t.Errorf("cancelled: %v, %d connections out", err, pool.Stat().AcquiredConns())
	}
}

func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ctx := t.Context()
	url := pool.Config().ConnString()
	const empty = `drop schema public cascade; create schema public`
	if _, err := pool.Exec(ctx, empty); err != nil {
		t.Fatal(err)
	}
	before, err := postgres.Status(ctx, pool)
	if err != nil || before.Current() || before.Applied != 0 {
		t.Fatalf("an empty database: %+v, %v", before, err)
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := postgres.Migrate(ctx, url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	after, err := postgres.Status(ctx, pool)
	if err != nil || !after.Current() || after.Applied != after.Known || after.QueueApplied != after.QueueKnown {
		t.Fatalf("after: %+v, %v", after, err)
	}
	counted := pgtest.CountPool(t, pool)
	if err := postgres.Migrate(ctx, url); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Status(ctx, pool); err != nil || counted.N() != 3 {
		t.Errorf("readiness takes %d queries, want 3 (%v)", counted.N(), err)
	}
}

// TestMigrateWhatWasLeftOut: a database that was at a later migration when an
// earlier one came to the program is not up to date, and gets it.
func TestMigrateWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ctx := t.Context()
	const without = `drop table search_words, search_index; delete from goose_db_version where version_id = 21;
create index product_search_names on product_search (names)`
	if _, err := pool.Exec(ctx, without); err != nil {
		t.Fatal(err)
	}
	before, err := postgres.Status(ctx, pool)
	if err != nil || before.Current() || !slices.Equal(before.Missing, []int64{21}) {
		t.Fatalf("without one of them: %+v, %v", before, err)
	}
	if said := before.String(); !strings.HasSuffix(said, ", but without 21") {
		t.Errorf("it says %q", said)
	}
	if err := postgres.Migrate(ctx, pool.Config().ConnString()); err != nil {
		t.Fatal(err)
	}
	after, err := postgres.Status(ctx, pool)
	if err != nil || !after.Current() || len(after.Missing) != 0 || after.Applied != before.Applied {
		t.Errorf("afterwards: %+v, %v", after, err)
	}
	var there bool
	if err := pool.QueryRow(ctx, `select to_regclass('search_words') is not null`).Scan(&there); err != nil || !there {
		t.Errorf("what it makes is not there: %v", err)
	}
}
