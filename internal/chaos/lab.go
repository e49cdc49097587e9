package chaos

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// lab is one database in which schedules run one after another, each from the
// very same beginning.
type lab struct {
	pool  *postgres.Pool
	look  *postgres.Pool // connections of the stage's own, which nothing goes wrong on
	queue *jobs.Client
	reset []string // statements that bring the beginning back
}

const (
	poolSize = 24 // more than the actors at once, so that none waits for a connection
	lookSize = 2
)

// openLab makes the beginning in an empty, migrated database.
func openLab(ctx context.Context, url string) (*lab, error) {
	l := &lab{}
	var err error
	if l.pool, err = postgres.Open(ctx, url, postgres.Options{ApplicationName: "awil chaos", MaxConns: poolSize}); err != nil {
		return nil, err
	}
	if l.look, err = postgres.Open(ctx, url, postgres.Options{ApplicationName: "awil chaos looks", MaxConns: lookSize}); err != nil {
		l.close()
		return nil, err
	}
	if err := l.begin(ctx); err != nil {
		l.close()
		return nil, fmt.Errorf("prepare the database: %w", err)
	}
	return l, nil
}

func (l *lab) close() {
	l.pool.Close()
	if l.look != nil {
		l.look.Close()
	}
}

func (l *lab) begin(ctx context.Context) error {
	fixed, err := l.filled(ctx)
	if err != nil {
		return err
	}
	if _, err := l.pool.Exec(ctx, programme); err != nil {
		return err
	}
	begun, err := l.filled(ctx)
	if err != nil {
		return err
	}
	tables, err := l.names(ctx, `select format('%I', relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if fixed[table] {
			continue
		}
		if err := l.remember(ctx, table, begun[table]); err != nil {
			return err
		}
	}
	l.reset = append(l.reset, sqlRewind)
	if _, err := l.pool.Exec(ctx, sqlMarkSequences); err != nil {
		return err
	}
	l.queue, err = jobs.New(l.pool, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
	return err
}

const (
	sqlMarkSequences = `create schema if not exists beginning; create table beginning.sequences as
select format('%I.%I', schemaname, sequencename) as name, coalesce(last_value, start_value) as value, last_value is not null as called
from pg_sequences where schemaname = 'public'`
	sqlRewind = `select setval(name::regclass, value, called) from beginning.sequences`
)

// remember keeps what a table begins with, and how to bring it back.
func (l *lab) remember(ctx context.Context, table string, filled bool) error {
	l.reset = append(l.reset, "delete from "+table)
	if !filled {
		return nil
	}
	copied := fmt.Sprintf(`create schema if not exists beginning; create table beginning.%s as select * from %s`, table, table)
	if _, err := l.pool.Exec(ctx, copied); err != nil {
		return err
	}
	columns, err := l.names(ctx, fmt.Sprintf(`select format('%%I', attname) from pg_attribute
where attrelid = 'public.%s'::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`, table))
	if err != nil {
		return err
	}
	all := strings.Join(columns, ", ")
	l.reset = append(l.reset, fmt.Sprintf(`insert into %s (%s) overriding system value select %s from beginning.%s`, table, all, all, table))
	return nil
}

// filled says which tables have rows.
func (l *lab) filled(ctx context.Context) (map[string]bool, error) {
	tables, err := l.names(ctx, `select format('%I', relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
and (xpath('//c/text()', query_to_xml(format('select count(*) as c from %I', relname), false, true, '')))[1]::text::int > 0`)
	filled := make(map[string]bool, len(tables))
	for _, table := range tables {
		filled[table] = true
	}
	return filled, err
}

func (l *lab) names(ctx context.Context, sql string) ([]string, error) {
	rows, err := l.pool.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// rewind brings the beginning back: rules that keep what was sold stand in the
// way of that, so they rest meanwhile.
func (l *lab) rewind(ctx context.Context) error {
	err := postgres.InTx(ctx, l.look, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local session_replication_role = replica`); err != nil {
			return err
		}
		b := &pgx.Batch{}
		for _, sql := range l.reset {
			b.Queue(sql)
		}
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return fmt.Errorf("bring the beginning back: %w", err)
	}
	return nil
}

const sqlHolders = `/* chaos.holders */ select coalesce(pg_blocking_pids($1) && $2::int[], false)`

// holders reports whether a server process waits for one of others.
func (l *lab) holders(ctx context.Context) func(uint32, []uint32) (bool, error) {
	return func(pid uint32, parked []uint32) (waits bool, err error) {
		pids := make([]int32, len(parked))
		for i, p := range parked {
			pids[i] = int32(p)
		}
		err = l.look.QueryRow(ctx, sqlHolders, int32(pid), pids).Scan(&waits)
		return waits, err
	}
}
