// Package postgres opens the connection pool, runs transactions, applies
// migrations and turns database errors into the kinds of package errs.
//
// Domain packages take a DB, so that the same service works on the pool and
// inside somebody else's transaction.
package postgres

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/errs"
)

// DB is what a service runs its SQL on: a *pgxpool.Pool or a pgx.Tx. Begin on
// a transaction opens a savepoint.
type DB interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
}

// Pool is a pool of connections, named here so that those who only hand one on
// need not import the driver.
type Pool = pgxpool.Pool

// Options tune a pool. The zero value suits a web process.
type Options struct {
	// ApplicationName is shown in pg_stat_activity; "awil" when empty.
	ApplicationName string
	// MaxConns is the largest number of connections; UsualConns when zero.
	MaxConns int32
	// StatementTimeout ends a statement that runs longer; 15 s when zero, no
	// limit when negative.
	StatementTimeout time.Duration
	// LockTimeout ends a statement that waits longer for a lock; 5 s when
	// zero, no limit when negative.
	LockTimeout time.Duration
	// Tracer sees every statement; none when nil. It must not record
	// arguments: they carry personal data.
	Tracer pgx.QueryTracer
}

const (
	defaultName             = "awil"
	defaultStatementTimeout = 15 * time.Second
	defaultLockTimeout      = 5 * time.Second
	idleInTransaction       = 30 * time.Second
	connectTimeout          = 5 * time.Second
	statementCache          = 512
)

// Open makes a pool for the database at url and waits until one connection
// works. A server that does not answer is errs.Unavailable, a malformed url
// errs.Invalid; neither error repeats a password.
func Open(ctx context.Context, url string, opts Options) (*pgxpool.Pool, error) {
	cfg, err := config(url, opts)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open pool: %w", Err(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, errs.E(errs.Unavailable, "reach the database", err)
	}
	return pool, nil
}

// UsualConns is how many connections a program has that is not told otherwise:
// four a core, and at least eight. Each connection plans all statements for
// itself, and more than are at work only wait there instead of here.
func UsualConns() int32 { return max(8, int32(4*runtime.GOMAXPROCS(0))) }

func config(url string, opts Options) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errs.E(errs.Invalid, "database url", err)
	}
	cfg.MaxConns = opts.MaxConns
	if cfg.MaxConns == 0 {
		cfg.MaxConns = UsualConns()
	}
	cfg.MaxConnLifetime = time.Hour
	cfg.MaxConnLifetimeJitter = 10 * time.Minute
	cfg.MaxConnIdleTime = 10 * time.Minute
	cfg.AfterConnect = scanTimesAsUTC

	conn := cfg.ConnConfig
	conn.Tracer = opts.Tracer
	conn.ConnectTimeout = connectTimeout
	conn.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	conn.StatementCacheCapacity = statementCache
	name := opts.ApplicationName
	if name == "" {
		name = defaultName
	}
	params := conn.RuntimeParams
	params["application_name"] = name
	params["timezone"] = "UTC"
	params["statement_timeout"] = milliseconds(opts.StatementTimeout, defaultStatementTimeout)
	params["lock_timeout"] = milliseconds(opts.LockTimeout, defaultLockTimeout)
	params["idle_in_transaction_session_timeout"] = milliseconds(0, idleInTransaction)
	// Compiling a plan costs more than any of our short queries.
	params["jit"] = "off"
	return cfg, nil
}

// milliseconds writes d as Postgres reads it, where 0 means no limit.
func milliseconds(d, fallback time.Duration) string {
	switch {
	case d < 0:
		return "0"
	case d == 0:
		d = fallback
	}
	return strconv.FormatInt(d.Milliseconds(), 10)
}

// scanTimesAsUTC keeps the machine's time zone out of what is read: pgx would
// otherwise hand out local times.
func scanTimesAsUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name:  "timestamptz",
		OID:   pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}
