package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"awil/internal/search"
	"awil/migrations"
)

// generation is of what a prepared shop holds: one higher when the goods that
// awil demo --products makes become others.
const generation = 1

// prepared is a run on a shop with so many generated goods. Its database is
// kept for later runs, under the user's cache, until schema or goods become
// others.
func (r *run) prepared(ctx context.Context, products int) (*run, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("folder for prepared shops: %w", err)
	}
	big := &run{cfg: r.cfg, plan: r.plan, dir: filepath.Join(cache, "awil", "bench", strconv.Itoa(products))}
	if err := big.fillOnce(ctx, products); err != nil {
		return nil, errors.Join(err, big.leave())
	}
	if err := big.startSite(ctx); err != nil {
		return nil, errors.Join(err, big.leave())
	}
	return big, nil
}

// fillOnce starts the kept database, and makes it first if there is none of
// today's kind.
func (r *run) fillOnce(ctx context.Context, products int) error {
	kind, err := madeOf()
	if err != nil {
		return err
	}
	mark := filepath.Join(r.dir, "made-of")
	if err := os.MkdirAll(filepath.Join(r.dir, "data"), 0o755); err != nil {
		return fmt.Errorf("folder for a prepared shop: %w", err)
	}
	if err := r.startDatabase(ctx); err != nil {
		return err
	}
	if known, err := os.ReadFile(mark); err == nil && string(known) == kind {
		return nil
	}
	place := r.pg.Dir() // the server's user may not reach ours
	if err := errors.Join(r.stopDatabase(), os.RemoveAll(place), os.RemoveAll(r.dir), os.MkdirAll(filepath.Join(r.dir, "data"), 0o755)); err != nil {
		return fmt.Errorf("make room for a prepared shop: %w", err)
	}
	if err := r.startDatabase(ctx); err != nil {
		return err
	}
	if err := r.program(ctx, "migrate"); err != nil {
		return err
	}
	r.say("filling a shop with %s products, which later runs use again", grouped(int64(products)))
	began := time.Now()
	if err := r.program(ctx, "demo", "--products="+strconv.Itoa(products)); err != nil {
		return err
	}
	if _, err := r.db.Exec(ctx, "vacuum analyze"); err != nil {
		return fmt.Errorf("analyse a prepared shop: %w", err)
	}
	r.note("A shop with %s products was filled in %s.", grouped(int64(products)), time.Since(began).Round(time.Second))
	if err := os.WriteFile(mark, []byte(kind), 0o644); err != nil {
		return fmt.Errorf("note what a prepared shop is: %w", err)
	}
	return nil
}

// program runs awil on our database until it is done.
func (r *run) program(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, r.cfg.Program, args...)
	cmd.Env = append(foreign(r.cfg.Env), "AWIL_DATABASE_URL="+r.pg.URL(), "AWIL_DATA_DIR="+filepath.Join(r.dir, "data"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("awil %s: %w: %s", args[0], err, out[max(0, len(out)-500):])
	}
	return nil
}

// leave stops what runs on a prepared shop; its files stay.
func (r *run) leave() error {
	var err error
	if r.site != nil {
		err = r.site.stop()
	}
	return errors.Join(err, r.stopDatabase())
}

// madeOf names the schema, the search index and the goods of today.
func madeOf() (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, generation, search.Version)
	files, err := fs.Glob(migrations.FS, "*.sql") // in order
	if err != nil {
		return "", fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range files {
		sql, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", fmt.Errorf("read migrations: %w", err)
		}
		sum.Write(sql)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
