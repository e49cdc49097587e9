package chaos

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// transaction is one of an actor, at whose statements and commit it hands
// control back.
type transaction struct {
	pgx.Tx
	link *link
	over bool
}

// close lets the connection go once the transaction is over.
func (t *transaction) close() {
	if t.over {
		return
	}
	t.over = true
	t.link.actor.open--
	t.link.release()
}

// Commit commits, unless something is to go wrong about it.
func (t *transaction) Commit(ctx context.Context) error {
	if t.over || t.link.ended {
		return pgx.ErrTxClosed
	}
	a := t.link.actor
	f := a.park(atCommit, "")
	err := t.commit(ctx, f)
	t.close()
	if f == killedAfter {
		a.die()
	}
	a.park(atEnd, "committed")
	return err
}

func (t *transaction) commit(ctx context.Context, f fault) error {
	l := t.link
	switch f {
	case cutAfter:
		// Deferred constraints speak at the commit; then nothing is lost but
		// the connection.
		if err := l.tell("commit"); err != nil {
			return err
		}
		l.cut()
	case cut, clash:
		if err := l.hurt(f); err != nil {
			return err
		}
	}
	if l.actor.stage.lies() {
		return t.Tx.Rollback(ctx)
	}
	l.actor.working(l.pid)
	defer l.actor.worked()
	return t.Tx.Commit(ctx)
}

// Rollback ends the transaction without a trace.
func (t *transaction) Rollback(ctx context.Context) error {
	if t.over || t.link.ended {
		return pgx.ErrTxClosed
	}
	err := t.Tx.Rollback(ctx)
	t.close()
	if a := t.link.actor; !a.doomed {
		a.park(atEnd, "rolled back")
	}
	return err
}

// statement parks before a statement and runs it.
func (t *transaction) statement(what string, run func() error) error {
	if t.over || t.link.ended {
		return pgx.ErrTxClosed
	}
	if passing(what) {
		return run()
	}
	a := t.link.actor
	if err := t.link.hurt(a.park(atStatement, what)); err != nil {
		return err
	}
	a.working(t.link.pid)
	err := run()
	a.worked()
	return err
}

// Exec runs a statement.
func (t *transaction) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	err = t.statement(name(sql), func() (err error) {
		tag, err = t.Tx.Exec(ctx, sql, args...)
		return err
	})
	return tag, err
}

// Query runs a statement and reads all it answers.
func (t *transaction) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	var rows *answer
	err := t.statement(name(sql), func() error {
		rows = read(t.Tx.Query(ctx, sql, args...))
		return rows.err
	})
	if err != nil {
		rows = &answer{err: err, done: true}
	}
	return rows, err
}

// QueryRow runs a statement of which one row is wanted.
func (t *transaction) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, _ := t.Query(ctx, sql, args...) // the row has the error
	return oneRow{rows}
}

// CopyFrom writes many rows.
func (t *transaction) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, from pgx.CopyFromSource) (n int64, err error) {
	err = t.statement("copy "+table.Sanitize(), func() (err error) {
		n, err = t.Tx.CopyFrom(ctx, table, columns, from)
		return err
	})
	return n, err
}

// SendBatch sends several statements, which the server runs while their
// answers are read.
func (t *transaction) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if t.over || t.link.ended {
		return pgx.FailedBatchResults(b, pgx.ErrTxClosed)
	}
	a := t.link.actor
	what := ""
	if len(b.QueuedQueries) > 0 {
		what = name(b.QueuedQueries[0].SQL)
	}
	if err := t.link.hurt(a.park(atStatement, "batch of "+what)); err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	a.working(t.link.pid)
	return &results{BatchResults: t.Tx.SendBatch(ctx, b), actor: a}
}

// results are those of a batch; it is answered when they are closed.
type results struct {
	pgx.BatchResults
	actor  *actor
	free   func() // gives a connection of the batch's own back
	closed bool
}

// Close reads what is left.
func (r *results) Close() error {
	err := r.BatchResults.Close()
	if !r.closed {
		r.closed = true
		if r.free != nil {
			r.free()
		}
		r.actor.worked()
	}
	return err
}

// Begin opens a savepoint.
func (t *transaction) Begin(ctx context.Context) (pgx.Tx, error) {
	if t.over || t.link.ended {
		return nil, pgx.ErrTxClosed
	}
	tx, err := t.Tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &savepoint{transaction{Tx: tx, link: t.link}}, nil
}

// savepoint is a transaction inside another: its end is no commit.
type savepoint struct{ transaction }

// Commit keeps what was done since.
func (s *savepoint) Commit(ctx context.Context) error { return s.end(ctx, s.Tx.Commit) }

// Rollback undoes it.
func (s *savepoint) Rollback(ctx context.Context) error { return s.end(ctx, s.Tx.Rollback) }

func (s *savepoint) end(ctx context.Context, how func(context.Context) error) error {
	if s.over || s.link.ended {
		return pgx.ErrTxClosed
	}
	s.over = true
	return how(ctx)
}

// Begin opens another savepoint within.
func (s *savepoint) Begin(ctx context.Context) (pgx.Tx, error) { return s.transaction.Begin(ctx) }

var errNotModelled = errors.New("chaos: large objects are not modelled")

// LargeObjects are not used by the program.
func (t *transaction) LargeObjects() pgx.LargeObjects { panic(errNotModelled) }
