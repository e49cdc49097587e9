package chaos

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"awil/internal/platform/postgres"
)

// database is what the services run their SQL on: the pool, at which an actor
// hands control back before each transaction and each statement, and where
// things go wrong. Outside the stage it is the pool.
type database struct{ *postgres.Pool }

// Begin starts a transaction.
func (d database) Begin(ctx context.Context) (pgx.Tx, error) {
	a := actorOf(ctx)
	if a == nil {
		return d.Pool.Begin(ctx)
	}
	l, err := d.before(ctx, a, atBegin, "")
	if err != nil {
		return nil, err
	}
	tx, err := l.conn.Begin(ctx)
	if err != nil {
		l.release()
		return nil, err
	}
	a.open++
	return &transaction{Tx: tx, link: l}, nil
}

// before parks and then takes a connection, hurt if it is to be.
func (d database) before(ctx context.Context, a *actor, at place, what string) (*link, error) {
	f := a.park(at, what)
	l, err := hold(ctx, d.Pool, a)
	if err != nil {
		return nil, err
	}
	if err := l.hurt(f); err != nil {
		l.release()
		return nil, err
	}
	return l, nil
}

// name is what a statement calls itself.
func name(sql string) string {
	if _, after, found := strings.Cut(sql, "/*"); found {
		if own, _, found := strings.Cut(after, "*/"); found {
			return strings.TrimSpace(own)
		}
	}
	sql = strings.Join(strings.Fields(sql), " ")
	return sql[:min(len(sql), 40)]
}

// passing reports whether a statement is no place to stop at. What is read once
// for all pages is read under a lock in the memory of its process, where nobody
// may be kept waiting; and whether the queue wakes its workers depends on when
// it did last, by the clock of the machine.
func passing(what string) bool {
	return strings.HasPrefix(what, "markets.") || strings.HasPrefix(what, "-- name: PGNotify")
}

// lone runs one statement outside any transaction.
func (d database) lone(ctx context.Context, sql string, run func(on *pgx.Conn) error) error {
	a := actorOf(ctx)
	f := none
	if what := name(sql); !passing(what) {
		f = a.park(atLone, what)
	}
	l, err := hold(ctx, d.Pool, a)
	if err != nil {
		return err
	}
	defer l.release()
	if f != killedAfter && f != cutAfter {
		if err := l.hurt(f); err != nil {
			return err
		}
	}
	a.working(l.pid)
	err = run(l.conn)
	a.worked()
	switch f {
	case killedAfter:
		a.die()
	case cutAfter:
		l.cut()
		err = l.tell("select 1")
	}
	return err
}

// Exec runs a statement.
func (d database) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	if actorOf(ctx) == nil {
		return d.Pool.Exec(ctx, sql, args...)
	}
	err = d.lone(ctx, sql, func(on *pgx.Conn) (err error) {
		tag, err = on.Exec(ctx, sql, args...)
		return err
	})
	return tag, err
}

// Query runs a statement and reads all it answers.
func (d database) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if actorOf(ctx) == nil {
		return d.Pool.Query(ctx, sql, args...)
	}
	var rows *answer
	err := d.lone(ctx, sql, func(on *pgx.Conn) error {
		rows = read(on.Query(ctx, sql, args...))
		return rows.err
	})
	if err != nil {
		rows = &answer{err: err, done: true}
	}
	return rows, err
}

// QueryRow runs a statement of which one row is wanted.
func (d database) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if actorOf(ctx) == nil {
		return d.Pool.QueryRow(ctx, sql, args...)
	}
	rows, _ := d.Query(ctx, sql, args...) // the row has the error
	return oneRow{rows}
}

// SendBatch runs several statements as one transaction of the server's own.
func (d database) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	a := actorOf(ctx)
	if a == nil {
		return d.Pool.SendBatch(ctx, b)
	}
	what := ""
	if len(b.QueuedQueries) > 0 {
		what = name(b.QueuedQueries[0].SQL)
	}
	l, err := d.before(ctx, a, atBegin, "batch of "+what)
	if err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	a.working(l.pid)
	return &results{BatchResults: l.conn.SendBatch(ctx, b), actor: a, free: l.release}
}
