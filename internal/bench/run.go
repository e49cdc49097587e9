package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
)

// run is one run of the measurements: its database, its shop, what it found.
type run struct {
	cfg  Config
	plan plan
	dir  string
	pg   *localpg.Server
	db   *pgx.Conn
	site *site

	yardstickReady bool    // pgbench has its tables
	beside         float64 // rows pgbench reads a second, for a shop with very many goods
	letters        caughtUp
	figures        []Figure
	notes          []string
}

// newRun starts the database and the shop and waits until the demo programme
// is there with all its pictures.
func newRun(ctx context.Context, cfg Config) (*run, error) {
	dir, err := tempDir()
	if err != nil {
		return nil, err
	}
	r := &run{cfg: cfg, plan: cfg.plan(), dir: dir}
	if err := r.setUp(ctx); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *run) setUp(ctx context.Context) error {
	r.say("starting a private PostgreSQL and the shop with its demo programme")
	if err := r.startDatabase(ctx); err != nil {
		return err
	}
	switch r.cfg.Area {
	case Photo: // it needs no shop
		return postgres.Migrate(ctx, r.pg.URL())
	case Scale: // it has shops of its own
		return nil
	}
	if err := r.startSite(ctx); err != nil {
		return err
	}
	r.say("waiting until the last picture of the demo programme is made")
	if err := r.drain(ctx); err != nil {
		return err
	}
	// What loading left in memory is not what a visitor meets.
	return r.restart(ctx)
}

func (r *run) startDatabase(ctx context.Context) (err error) {
	if r.pg, err = localpg.Start(ctx, localpg.Config{Dir: filepath.Join(r.dir, "data", "postgres")}); err != nil {
		return err
	}
	if r.db, err = pgx.Connect(ctx, r.pg.URL()); err != nil {
		return fmt.Errorf("connect to the private PostgreSQL: %w", err)
	}
	return nil
}

// stopDatabase ends it in order, so that somebody else may run it.
func (r *run) stopDatabase() error {
	if r.db != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		_ = r.db.Close(ctx) // the server ends next
		r.db = nil
	}
	if r.pg == nil {
		return nil
	}
	return r.pg.Stop()
}

// startSite runs the program on our database.
func (r *run) startSite(ctx context.Context) (err error) {
	if r.site, err = newSite(r.dir, r.cfg.Program, r.cfg.Env, r.pg.URL()); err != nil {
		return err
	}
	return r.site.ready(ctx)
}

// restart gives a process that has served nobody yet.
func (r *run) restart(ctx context.Context) error {
	if err := r.site.stop(); err != nil {
		return err
	}
	return r.startSite(ctx)
}

// drainLimit is how long the pictures of the demo programme may take, or the
// letters of a round of orders.
const drainLimit = 4 * time.Minute

const sqlOpenJobs = `/* bench.drain */
select count(*) from river_job where state in ('available', 'running', 'retryable')`

// drain waits until no background work is left.
func (r *run) drain(ctx context.Context) error {
	for end := time.Now().Add(drainLimit); ; {
		jobs, err := r.count(ctx, sqlOpenJobs)
		if err != nil {
			return err
		}
		if jobs == 0 {
			return nil
		}
		if time.Now().After(end) {
			r.note("%d background jobs were still open when the measurements went on", jobs)
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second / 10):
		}
	}
}

// close stops what was started and takes its files away.
func (r *run) close() error {
	var err error
	if r.site != nil {
		err = r.site.stop()
	}
	err = errors.Join(err, r.stopDatabase())
	if r.pg != nil {
		err = errors.Join(err, os.RemoveAll(r.pg.Dir()))
	}
	return errors.Join(err, os.RemoveAll(r.dir))
}
