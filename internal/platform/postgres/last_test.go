package postgres_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// TestSendLast: the last batch of a transaction and its commit are one: what
// it does stays with all that was done before, or nothing does.
func TestSendLast(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	ctx := t.Context()
	// At most nine jars, and never two; that is asked when a transaction commits.
	for _, sql := range []string{
		"create table jars as select 0 as n",
		"alter table jars add check (n <= 9)",
		`create function no_two() returns trigger language plpgsql as $$ begin if new.n = 2 then raise exception 'two' using errcode = 'check_violation'; end if; return null; end $$`,
		"create constraint trigger no_two after update on jars deferrable initially deferred for each row execute function no_two()",
	} {
		if _, err := pool.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	add := func(b *pgx.Batch) { b.Queue("update jars set n = n + 1") }
	last := func(tx pgx.Tx, sql ...string) error {
		b := &pgx.Batch{}
		for _, one := range sql {
			b.Queue(one)
		}
		return postgres.SendLast(ctx, tx, b)
	}
	run := func(f func(pgx.Tx) error) error { return postgres.InTxAfter(ctx, pool, add, f) }
	no := errors.New("no")
	for _, c := range []struct {
		name string
		f    func(pgx.Tx) error
		fail bool
		want int
	}{
		{"a row that breaks a rule", func(tx pgx.Tx) error { return last(tx, "update jars set n = n + 1", "update jars set n = 10") }, true, 0},
		{"a rule that is asked at the end", func(tx pgx.Tx) error { return last(tx, "update jars set n = 2") }, true, 0},
		{"after a statement that failed", func(tx pgx.Tx) error {
			_, _ = tx.Exec(ctx, "select 1 / (n - n) from jars")
			return last(tx)
		}, true, 0},
		{"another error before", func(pgx.Tx) error { return no }, true, 0},
		{"with all of it", func(tx pgx.Tx) error { return last(tx, "update jars set n = n + 2") }, false, 3},
		{"another error after it", func(tx pgx.Tx) error { return errors.Join(last(tx, "update jars set n = 4"), no) }, true, 4},
		{"and something is read", func(tx pgx.Tx) error {
			if err := last(tx, "update jars set n = 0"); err != nil {
				return err
			}
			var n int
			return tx.QueryRow(ctx, "select n from jars").Scan(&n)
		}, false, 0},
		{"and something is written", func(tx pgx.Tx) error { return writeAfter(t, tx, last(tx, "update jars set n = 0")) }, false, 0},
		{"twice", func(tx pgx.Tx) error { return errors.Join(last(tx), last(tx, "update jars set n = 3")) }, true, 1},
		{"within another's", func(tx pgx.Tx) error {
			return postgres.InTxAfter(ctx, tx, func(*pgx.Batch) {}, func(inner pgx.Tx) error { return errors.Join(last(inner, "update jars set n = 3"), no) })
		}, true, 1},
	} {
		if err := run(c.f); (err != nil) != c.fail || jars(t, pool) != c.want || pool.Stat().AcquiredConns() != 0 {
			t.Errorf("%s: %v, %d jars, %d connections out", c.name, err, jars(t, pool), pool.Stat().AcquiredConns())
		}
	}
}

// writeAfter tries to write, each way there is, what would stay by itself.
func writeAfter(t *testing.T, tx pgx.Tx, err error) error {
	t.Helper()
	ctx, b := t.Context(), &pgx.Batch{}
	b.Queue("update jars set n = 7")
	_, exec := tx.Exec(ctx, "update jars set n = 7")
	_, copied := tx.CopyFrom(ctx, pgx.Identifier{"jars"}, []string{"n"}, pgx.CopyFromRows([][]any{{7}}))
	_, begun := tx.Begin(ctx)
	results := tx.SendBatch(ctx, b)
	_, inBatch := results.Exec()
	for way, got := range map[string]error{
		"exec": exec, "copy": copied, "begin": begun, "batch": inBatch, "row of a batch": results.QueryRow().Scan(), "end of a batch": results.Close(),
		"in a savepoint": postgres.InTx(ctx, tx, func(pgx.Tx) error { return nil }),
	} {
		if !errors.Is(got, pgx.ErrTxClosed) {
			t.Errorf("%s after the last batch: %v", way, got)
		}
	}
	return err
}
