package pgtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The advisory locks by which test programs on one server know of each other.
// A session holds its run and its template as long as it lives; what nobody
// holds is left over from a program that was killed.
const (
	lockRun      = 0x6177_6c01 // exclusive, one number a test program
	lockTemplate = 0x6177_6c02 // shared, the template's hash
	lockBuild    = 0x6177_6c03 // exclusive while a template is built
	lockSweep    = 0x6177_6c04 // exclusive while leftovers are dropped
)

const (
	clonePrefix    = "awil_test_"
	templatePrefix = "awil_template_"
)

// run is one test program on the server.
type run struct {
	base     *url.URL
	admin    *pgxpool.Pool
	mu       sync.Mutex // guards locks: one connection, one statement at a time
	locks    *pgx.Conn
	id       int32
	template string
	using    *os.File // open, it keeps the shared server running
	last     atomic.Int64
}

// join registers this program on the server and sees to the template.
func join(ctx context.Context, serverURL string) (*run, error) {
	base, err := url.Parse(serverURL)
	if err != nil || base.Scheme == "" {
		return nil, fmt.Errorf("the test server's address must be a URL: %w", err)
	}
	cfg, err := pgxpool.ParseConfig(serverURL)
	if err != nil {
		return nil, fmt.Errorf("the test server's address: %w", err)
	}
	cfg.MaxConns = 3
	r := &run{base: base, id: rand.Int32()}
	if r.admin, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, err
	}
	if r.locks, err = pgx.ConnectConfig(ctx, cfg.ConnConfig); err != nil {
		return nil, err
	}
	if err := r.hold(ctx, "pg_advisory_lock", lockRun, r.id); err != nil {
		return nil, err
	}
	if err := r.sweep(ctx); err != nil {
		return nil, fmt.Errorf("drop leftovers: %w", err)
	}
	if err := r.makeTemplate(ctx); err != nil {
		return nil, fmt.Errorf("build the template: %w", err)
	}
	return r, nil
}

func (r *run) url(name string) string {
	u := *r.base
	u.Path = "/" + name
	return u.String()
}

// newName makes a database name that says which run it belongs to.
func (r *run) newName() string {
	return fmt.Sprintf("%s%d_%d", clonePrefix, r.id, r.last.Add(1))
}

// clone makes a copy of the template. Copying files beats logging every page
// for a database this small.
func (r *run) clone(ctx context.Context) (string, error) {
	name := r.newName()
	sql := fmt.Sprintf("create database %s template %s strategy file_copy", name, r.template)
	if _, err := r.admin.Exec(ctx, sql); err != nil {
		return "", fmt.Errorf("copy the template: %w", err)
	}
	return name, nil
}

func (r *run) drop(ctx context.Context, name string) error {
	sql := fmt.Sprintf("drop database if exists %s with (force)", name)
	if _, err := r.admin.Exec(ctx, sql); err != nil {
		return fmt.Errorf("drop %s: %w", name, err)
	}
	return nil
}

// hold runs one of the functions that take or leave an advisory lock.
func (r *run) hold(ctx context.Context, function string, class, key int32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.locks.Exec(ctx, "select "+function+"($1, $2)", class, key); err != nil {
		return fmt.Errorf("%s: %w", function, err)
	}
	return nil
}

// try takes an advisory lock if nobody else has it.
func (r *run) try(ctx context.Context, class, key int32) (got bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err = r.locks.QueryRow(ctx, "select pg_try_advisory_lock($1, $2)", class, key).Scan(&got)
	return got, err
}

// sweep drops the databases of test programs that were killed, and templates
// that no running program uses.
func (r *run) sweep(ctx context.Context) error {
	alone, err := r.try(ctx, lockSweep, 0)
	if err != nil || !alone {
		return err
	}
	const list = `select datname::text from pg_database where datname like 'awil\_t%' order by datname`
	rows, err := r.admin.Query(ctx, list)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		class, key, ok := ownerLock(name)
		if !ok || class == lockRun && key == r.id {
			continue
		}
		if err := r.dropUnowned(ctx, name, class, key); err != nil {
			return err
		}
	}
	return r.hold(ctx, "pg_advisory_unlock", lockSweep, 0)
}

func (r *run) dropUnowned(ctx context.Context, name string, class, key int32) error {
	dead, err := r.try(ctx, class, key)
	if err != nil || !dead {
		return err
	}
	if class == lockTemplate {
		if err := r.mark(ctx, name, false); err != nil {
			return err
		}
	}
	if err := r.drop(ctx, name); err != nil {
		return err
	}
	return r.hold(ctx, "pg_advisory_unlock", class, key)
}

// ownerLock reads from a database's name which lock its owner holds.
func ownerLock(name string) (class, key int32, ok bool) {
	if hash, is := strings.CutPrefix(name, templatePrefix); is {
		n, err := strconv.ParseUint(hash, 16, 32)
		return lockTemplate, int32(n), err == nil
	}
	if rest, is := strings.CutPrefix(name, clonePrefix); is {
		id, _, _ := strings.Cut(rest, "_")
		n, err := strconv.ParseInt(id, 10, 32)
		return lockRun, int32(n), err == nil
	}
	return 0, 0, false
}
