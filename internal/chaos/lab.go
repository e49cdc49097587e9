package chaos

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// lab is one database in which schedules run one after another, each from the
// very same beginning.
type lab struct {
	pool  *postgres.Pool
	look  *postgres.Pool // connections of the stage's own, which nothing goes wrong on
	over  *postgres.Pool // a connection that begins again, on which no rule stands in the way
	queue *jobs.Client
	again []string // statements that bring the beginning back
	used  int      // how often it was brought back
	broke int      // deadlocks the database ever had to break, as of the last look
}

const (
	poolSize = 24 // more than the actors at once, so that none waits for a connection
	lookSize = 2
	// cleanedEvery is after how many schedules what they left is swept out of
	// the tables: a server of our own does not do it by itself.
	cleanedEvery = 250
)

// openLab makes the beginning in an empty, migrated database.
func openLab(ctx context.Context, url string) (*lab, error) {
	l := &lab{}
	for _, p := range []struct {
		pool    **postgres.Pool
		role    string
		options postgres.Options
	}{
		{&l.pool, "", postgres.Options{ApplicationName: "awil chaos", MaxConns: poolSize}},
		{&l.look, "", postgres.Options{ApplicationName: "awil chaos looks", MaxConns: lookSize}},
		{&l.over, "replica", postgres.Options{ApplicationName: "awil chaos begins", MaxConns: 1}},
	} {
		set, err := with(url, p.role)
		if err != nil {
			l.close()
			return nil, err
		}
		if *p.pool, err = postgres.Open(ctx, set, p.options); err != nil {
			l.close()
			return nil, err
		}
	}
	if err := l.begin(ctx); err != nil {
		l.close()
		return nil, fmt.Errorf("prepare the database: %w", err)
	}
	return l, nil
}

// with adds settings of our own to a connection string: one plan a statement
// and connection, as connections are lost all the time here and tables are too
// small for a plan to matter; and what triggers think the session is for.
func with(base, role string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("database url: %w", err)
	}
	q := u.Query()
	q.Set("plan_cache_mode", "force_generic_plan")
	if role != "" {
		q.Set("session_replication_role", role)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// closeTimeout is how long actors that came to no end may keep their connections; the server goes right after.
const closeTimeout = 5 * time.Second

func (l *lab) close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if l.pool != nil {
			l.pool.Close()
		}
	}()
	select {
	case <-closed:
	case <-time.After(closeTimeout):
	}
	for _, own := range []*postgres.Pool{l.look, l.over} {
		if own != nil {
			own.Close()
		}
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
	for _, sql := range []string{sqlMarkSequences, fmt.Sprintf(sqlMakeAgain, strings.Join(l.again, ";\n"))} {
		if _, err := l.pool.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if _, err := l.deadlocks(ctx); err != nil {
		return err
	}
	l.queue, err = jobs.New(l.pool, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
	return err
}

const (
	sqlMarkSequences = `create schema if not exists beginning; create table beginning.sequences as
select format('%I.%I', schemaname, sequencename) as name, coalesce(last_value, start_value) as value, last_value is not null as called
from pg_sequences where schemaname = 'public'`
	sqlMakeAgain = `create function beginning.again() returns void language plpgsql as $f$
begin
%s;
perform setval(name::regclass, value, called) from beginning.sequences;
end $f$`
	sqlAgain = `/* chaos.again */ select beginning.again()`
)

// remember keeps what a table begins with, and how to bring it back.
func (l *lab) remember(ctx context.Context, table string, filled bool) error {
	l.again = append(l.again, "delete from "+table)
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
	l.again = append(l.again, fmt.Sprintf(`insert into %s (%s) overriding system value select %s from beginning.%s`, table, all, all, table))
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

// rewind brings the beginning back. What keeps what was sold would stand in the
// way of that, but for the role of the session.
func (l *lab) rewind(ctx context.Context) error {
	if _, err := l.over.Exec(ctx, sqlAgain); err != nil {
		return fmt.Errorf("bring the beginning back: %w", err)
	}
	if l.used++; l.used%cleanedEvery > 0 {
		return nil
	}
	if _, err := l.over.Exec(ctx, `vacuum`); err != nil {
		return fmt.Errorf("sweep the tables: %w", err)
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

const (
	sqlDeadlocks = `/* chaos.deadlocks */ select deadlocks from pg_stat_database where datname = current_database()`
	sqlCountNow  = `/* chaos.count_now */ select pg_stat_force_next_flush()`
)

// deadlocks is how many the database had to break since the last look. A server
// process reports what it counted when it gets round to it, so each is asked to;
// one whose connection is gone has reported.
func (l *lab) deadlocks(ctx context.Context) (int, error) {
	for _, c := range l.pool.AcquireAllIdle(ctx) {
		_, err := c.Exec(ctx, sqlCountNow)
		c.Release()
		if err != nil && ctx.Err() != nil {
			return 0, fmt.Errorf("look for deadlocks: %w", err)
		}
	}
	before := l.broke
	if err := l.look.QueryRow(ctx, sqlDeadlocks).Scan(&l.broke); err != nil {
		return 0, fmt.Errorf("look for deadlocks: %w", err)
	}
	return l.broke - before, nil
}
