package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	maxTries   = 3
	retryPause = 10 * time.Millisecond
)

// InTx runs f in a transaction and commits when f returns nil. A transaction
// that lost to another one (serialization failure, deadlock) is run again from
// the start, three times in all, so f must have no effects outside it; after
// that the error is errs.Conflict. So is one that could not begin because the
// pool's connection was dead, as all are after the server was started again.
// On a pgx.Tx, InTx is a savepoint and never
// retries: only the outermost transaction can start over. Errors of f come
// back mapped by Err.
func InTx(ctx context.Context, db DB, f func(tx pgx.Tx) error) error {
	return inTx(ctx, db, func() (pgx.Tx, error) { return db.Begin(ctx) }, f)
}

// InTxAfter is InTx whose first statements are known before anything is read:
// queue fills the batch of each try, and it goes to the database together with
// the beginning of the transaction. f runs when all of it has been done.
func InTxAfter(ctx context.Context, db DB, queue func(b *pgx.Batch), f func(tx pgx.Tx) error) error {
	if pool, ok := db.(*Pool); ok {
		return inTx(ctx, db, func() (pgx.Tx, error) { return beginWith(ctx, pool, queue) }, f)
	}
	return InTx(ctx, db, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		queue(b)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return f(tx)
	})
}

func inTx(ctx context.Context, db DB, begin func() (pgx.Tx, error), f func(tx pgx.Tx) error) error {
	tries := maxTries
	if _, nested := db.(pgx.Tx); nested {
		tries = 1
	}
	var err error
	for try := range tries {
		if err = once(ctx, begin, f); err == nil || !lostToAnother(err) && !errors.Is(err, errNotBegun) {
			break
		}
		if try+1 == tries || !pause(ctx, try) {
			break
		}
	}
	return Err(err)
}

func once(ctx context.Context, begin func() (pgx.Tx, error), f func(tx pgx.Tx) error) (err error) {
	tx, err := begin()
	if err != nil && lost(err) {
		return fmt.Errorf("%w: %w", errNotBegun, err)
	}
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if done {
			return
		}
		if rollback := rollBack(ctx, tx); rollback != nil {
			err = errors.Join(err, rollback)
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(ctx); err != nil {
		done = false
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// rollBack ends a transaction without a trace. The caller's context may be why
// it has to; the connection must be clean all the same before it goes back to
// the pool.
func rollBack(ctx context.Context, tx pgx.Tx) error {
	back, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	if err := tx.Rollback(back); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// errNotBegun says that nothing was done at all.
var errNotBegun = errors.New("begin")

func lostToAnother(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == serializationFailure || pg.Code == deadlockDetected)
}

// pause waits a short, random while before the next try, so that the losers of
// one collision do not collide again. It reports false when ctx ended first.
func pause(ctx context.Context, try int) bool {
	longest := retryPause << try
	timer := time.NewTimer(longest/2 + rand.N(longest))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
