package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"awil/internal/books"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
	"awil/internal/search"
)

// database is where the data is: a server of the operator's, or the program's own.
type database struct {
	url   string
	local *localpg.Server // nil: the operator's
}

// opener brings up the private server: localpg.Start for the program itself, whose own it is, and localpg.Open for a tool,
// which joins one that runs already.
type opener func(context.Context, localpg.Config) (*localpg.Server, error)

// openDatabase opens the private server where the environment names no other, and brings the schema up to date. A private
// server that another program runs is localpg.ErrBusy: nothing is migrated or adopted beneath a program that works with it.
// What search finds is brought up to date by whoever works, in the background, or by awil migrate.
func openDatabase(ctx context.Context, c Config) (*database, error) {
	d, err := reachDatabase(ctx, c, localpg.Start)
	if err != nil {
		return nil, err
	}
	if err := d.prepare(ctx); err != nil {
		return nil, closeAfter(err, d)
	}
	return d, nil
}

// openForTool is openDatabase beside a program that may be running: only a private server that this tool started itself, and
// so has to itself, is brought up to date. One that runs already, and the operator's, must be at this version.
func openForTool(ctx context.Context, c Config) (*database, error) {
	d, err := reachDatabase(ctx, c, localpg.Open)
	if err != nil {
		return nil, err
	}
	if d.local != nil && !d.local.Joined() {
		err = d.prepare(ctx)
	} else {
		err = d.upToDate(ctx)
	}
	if err != nil {
		return nil, closeAfter(err, d)
	}
	return d, nil
}

func (d *database) prepare(ctx context.Context) error {
	if err := postgres.Migrate(ctx, d.url); err != nil {
		return err
	}
	return d.adopt(ctx)
}

// index brings what search finds up to date with how this program writes it, as fast as the machine can.
func (d *database) index(ctx context.Context) error {
	hands := runtime.GOMAXPROCS(0)
	pool, err := d.pool(ctx, "awil index", hands+1, -1)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, _, err = search.UpToDate(ctx, pool, search.Pace{Hands: hands, Rush: true})
	return err
}

func (d *database) upToDate(ctx context.Context) error {
	pool, err := d.pool(ctx, "awil-tool", 1, 0)
	if err != nil {
		return err
	}
	defer pool.Close()
	return upToDate(ctx, pool)
}

// reachDatabase is the database as it is: nothing in it changes.
func reachDatabase(ctx context.Context, c Config, open opener) (*database, error) {
	d := &database{url: c.DatabaseURL}
	if d.url == "" {
		local, err := open(ctx, localpg.Config{Dir: c.privateDatabase()})
		if err != nil {
			return nil, err
		}
		d.local, d.url = local, local.URL()
	}
	return d, nil
}

// adopt books the money of the time before there were books. Nothing that works with money may begin before: neither pages
// nor jobs do, for whoever opens the database comes through here.
func (d *database) adopt(ctx context.Context) error {
	pool, err := d.pool(ctx, "awil adopt", 2, -1)
	if err != nil {
		return err
	}
	defer pool.Close()
	n, err := books.Adopt(ctx, pool, time.Now, func(a books.Adopted) {
		fmt.Fprintf(os.Stderr, "\rbooking what came before the books: %d of %d", a.Events, a.Of)
	})
	if n > 0 {
		fmt.Fprintln(os.Stderr)
	}
	return err
}

// pool opens connections for one kind of work.
func (d *database) pool(ctx context.Context, name string, conns int, statement time.Duration) (*postgres.Pool, error) {
	return postgres.Open(ctx, d.url, postgres.Options{ApplicationName: name, MaxConns: int32(conns), StatementTimeout: statement})
}

// Close stops the private server if it is ours; another program's and the operator's are left alone.
func (d *database) Close() error {
	if d.local == nil {
		return nil
	}
	return d.local.Stop()
}

type closer interface{ Close() error }

// closeAfter gives back what was opened before err came up. The first error is the one to tell.
func closeAfter(err error, c closer) error {
	_ = c.Close()
	return err
}

// withPool runs a tool on the database: opened, closed again.
func withPool(ctx context.Context, c Config, run func(pool *postgres.Pool) error) error {
	db, err := openForTool(ctx, c)
	if err != nil {
		return err
	}
	return db.use(ctx, c, run)
}

// use runs a tool on the database and closes it.
func (d *database) use(ctx context.Context, c Config, run func(pool *postgres.Pool) error) (err error) {
	defer func() {
		if e := d.Close(); err == nil {
			err = e
		}
	}()
	pool, err := d.pool(ctx, "awil-tool", c.DatabaseConns, 0)
	if err != nil {
		return err
	}
	defer pool.Close()
	return run(pool)
}

// migrate brings the database to this version, what search finds as well, with the private server to itself.
func migrate(ctx context.Context, _ []string) error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(db.index(ctx), db.Close())
}
