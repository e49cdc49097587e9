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
	tries := maxTries
	if _, nested := db.(pgx.Tx); nested {
		tries = 1
	}
	var err error
	for try := range tries {
		if err = once(ctx, db, f); err == nil || !lostToAnother(err) && !errors.Is(err, errNotBegun) {
			break
		}
		if try+1 == tries || !pause(ctx, try) {
			break
		}
	}
	return Err(err)
}

func once(ctx context.Context, db DB, f func(tx pgx.Tx) error) (err error) {
	tx, err := db.Begin(ctx)
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
		// The caller's context may be why we are here; the connection must be
		// clean all the same before it goes back to the pool.
		back, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
		defer cancel()
		if rollback := tx.Rollback(back); rollback != nil && !errors.Is(rollback, pgx.ErrTxClosed) {
			err = errors.Join(err, fmt.Errorf("roll back: %w", rollback))
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
