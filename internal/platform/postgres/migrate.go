package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"awil/migrations"
)

// Migrate brings the database at url up to the schema this binary was built
// with: our own migrations, then those of the job queue. It does nothing when
// all is applied. A migration that came to the program after later ones is
// applied all the same: each stands on what it needs, or fails as a whole.
// Processes that start together take turns, by a lock in the
// database. A database that is ahead of the binary is left alone.
func Migrate(ctx context.Context, url string) error {
	// An index on a full table may take minutes.
	pool, err := Open(ctx, url, Options{
		ApplicationName:  "awil migrate",
		MaxConns:         4,
		StatementTimeout: -1,
		LockTimeout:      -1,
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	if now, err := Status(ctx, pool); err != nil {
		return err
	} else if now.Current() {
		return nil
	}
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	return locked(ctx, db, func() error {
		if err := migrateSchema(ctx, db); err != nil {
			return err
		}
		return migrateQueue(ctx, pool)
	})
}

// locked holds the migration lock while f runs. One lock covers both sets.
func locked(ctx context.Context, db *sql.DB, f func() error) (err error) {
	const everySecond, tries = 1, 600
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(everySecond, tries))
	if err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	defer conn.Close()
	if err := locker.SessionLock(ctx, conn); err != nil {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	defer func() {
		if unlock := locker.SessionUnlock(context.WithoutCancel(ctx), conn); unlock != nil {
			err = errors.Join(err, fmt.Errorf("release migration lock: %w", unlock))
		}
	}()
	return f()
}

func migrateSchema(ctx context.Context, db *sql.DB) error {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func migrateQueue(ctx context.Context, pool *pgxpool.Pool) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("read job queue migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	if _, err := pool.Exec(ctx, sqlLeanQueue); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	return nil
}

// The queue comes with indexes over all that jobs carry, for whoever looks for
// a job by a piece of it. Nobody here does, and each letter would be taken
// apart three times over: when it is enqueued, taken up and done.
const sqlLeanQueue = `/* postgres.lean_queue */
drop index if exists river_job_args_index, river_job_metadata_index`

// Migrations says how far a database is; versions are the files' numbers, 0
// before the first.
type Migrations struct {
	Applied, Known           int64   // our own schema
	Missing                  []int64 // of our own, whatever later ones are applied
	QueueApplied, QueueKnown int64   // the job queue's
}

// String says how far it is, for whoever has to migrate it.
func (m Migrations) String() string {
	if len(m.Missing) > 0 && m.Applied > m.Missing[0] {
		return fmt.Sprintf("at migration %d of %d, but without %s", m.Applied, m.Known, numbers(m.Missing))
	}
	return fmt.Sprintf("at migration %d of %d", m.Applied, m.Known)
}

func numbers(versions []int64) string {
	words := make([]string, len(versions))
	for i, v := range versions {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}

// Current reports whether every migration this binary knows is applied. A
// database that a newer binary has migrated further counts as current, so that
// old and new can run side by side during an upgrade.
func (m Migrations) Current() bool {
	return len(m.Missing) == 0 && m.QueueApplied >= m.QueueKnown
}

// Status reads how far the database is, with queries cheap enough for a
// readiness check.
func Status(ctx context.Context, db DB) (Migrations, error) {
	m, err := Known()
	if err != nil {
		return m, err
	}
	var schema, queue bool
	const exist = `/* postgres.Status */
select to_regclass('goose_db_version') is not null, to_regclass('river_migration') is not null`
	if err := db.QueryRow(ctx, exist).Scan(&schema, &queue); err != nil {
		return m, fmt.Errorf("migration status: %w", Err(err))
	}
	if schema {
		const all = `select coalesce(array_agg(distinct version_id), '{}') from goose_db_version where is_applied`
		var applied []int64
		if err := db.QueryRow(ctx, all).Scan(&applied); err != nil {
			return m, fmt.Errorf("migration status: %w", Err(err))
		}
		m.Applied = slices.Max(append(applied, 0))
		m.Missing = slices.DeleteFunc(m.Missing, func(v int64) bool { return slices.Contains(applied, v) })
	}
	if queue {
		const latest = `select coalesce(max(version), 0) from river_migration where line = 'main'`
		if err := db.QueryRow(ctx, latest).Scan(&m.QueueApplied); err != nil {
			return m, fmt.Errorf("migration status: %w", Err(err))
		}
	}
	return m, nil
}

// Known returns the newest migration of each set in this binary, with nothing
// applied and so every one missing.
func Known() (Migrations, error) {
	var m Migrations
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return m, fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range files {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return m, fmt.Errorf("migration %s: %w", name, err)
		}
		m.Known, m.Missing = max(m.Known, version), append(m.Missing, version)
	}
	slices.Sort(m.Missing)
	migrator, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return m, fmt.Errorf("read job queue migrations: %w", err)
	}
	for _, migration := range migrator.AllVersions() {
		m.QueueKnown = max(m.QueueKnown, int64(migration.Version))
	}
	return m, nil
}
