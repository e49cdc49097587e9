package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// whole is a transaction that InTxAfter began: it holds its connection until it
// has ended, however it does.
type whole struct {
	pgx.Tx
	conn      *pgxpool.Conn
	committed bool // by SendLast
}

// beginWith begins a transaction with a batch. Nothing of a batch that failed
// stays.
func beginWith(ctx context.Context, pool *Pool, queue func(b *pgx.Batch)) (pgx.Tx, error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	b.BeginTx(pgx.TxOptions{})
	queue(b)
	results := conn.SendBatch(ctx, b)
	err = results.Close()
	tx := &whole{Tx: results.Tx(), conn: conn}
	if err == nil {
		return tx, nil
	}
	return nil, errors.Join(err, rollBack(ctx, tx))
}

// Exec, SendBatch and CopyFrom refuse to write once SendLast has committed: by
// itself, it would stay whatever comes after it.
func (w *whole) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if w.committed {
		return pgconn.CommandTag{}, pgx.ErrTxClosed
	}
	return w.Tx.Exec(ctx, sql, args...)
}

// SendBatch is like Exec.
func (w *whole) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if w.committed {
		return closed{}
	}
	return w.Tx.SendBatch(ctx, b)
}

// CopyFrom is like Exec.
func (w *whole) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if w.committed {
		return 0, pgx.ErrTxClosed
	}
	return w.Tx.CopyFrom(ctx, table, columns, rows)
}

// Begin is like Exec: within it, all could be written.
func (w *whole) Begin(ctx context.Context) (pgx.Tx, error) {
	if w.committed {
		return nil, pgx.ErrTxClosed
	}
	return w.Tx.Begin(ctx)
}

// Commit ends it, unless SendLast has.
func (w *whole) Commit(ctx context.Context) error {
	defer w.release()
	if w.committed {
		return nil
	}
	return w.Tx.Commit(ctx)
}

// Rollback ends it; there is nothing to take back of what SendLast committed.
func (w *whole) Rollback(ctx context.Context) error {
	defer w.release()
	if w.committed {
		return pgx.ErrTxClosed
	}
	return w.Tx.Rollback(ctx)
}

// release gives the connection back, once. The pool drops one that is not as
// it was.
func (w *whole) release() {
	if w.conn != nil {
		w.conn.Release()
		w.conn = nil
	}
}

// SendLast sends the batch that ends what InTxAfter's function writes, and the
// commit with it: all of the batch comes to stay, or nothing does, as with
// any other last statement, and one round trip is spared. After that tx belongs to
// no transaction: the function may only read by Query, all else is refused, and an error it returns takes
// nothing back. Where somebody else ends the transaction, it only sends the batch.
func SendLast(ctx context.Context, tx pgx.Tx, b *pgx.Batch) error {
	w, own := tx.(*whole)
	if !own {
		return tx.SendBatch(ctx, b).Close()
	}
	if w.committed {
		return pgx.ErrTxClosed
	}
	tag := ""
	b.Queue("commit").Exec(func(c pgconn.CommandTag) error {
		tag = c.String()
		return nil
	})
	if err := w.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	if tag == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	w.committed = true
	return nil
}
