// Package bench measures the program beside its yardsticks: pages beside nginx
// serving the same bytes, orders and cold pages beside pgbench on the same
// database, pictures beside vipsthumbnail, the books beside plain sums of them.
//
// It runs the whole program as a visitor meets it: a process of its own with
// the demo programme, on a private database under a temporary folder. Ours and
// the yardstick take turns, round after round, and the median of the rounds
// counts, so that what else the machine does falls on both.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Area is a part of the measurements that can be asked for alone.
type Area string

// The areas, in the order they are measured.
const (
	Weight   Area = "weight"
	Pages    Area = "pages"
	Storm    Area = "storm"
	Checkout Area = "checkout"
	Memory   Area = "memory"
	Photo    Area = "photo"
	Money    Area = "money"
	Scale    Area = "scale"
)

// Areas lists all areas.
func Areas() []Area { return []Area{Weight, Pages, Storm, Checkout, Memory, Photo, Money, Scale} }

// ParseArea returns the area of a name.
func ParseArea(name string) (Area, error) {
	if slices.Contains(Areas(), Area(name)) {
		return Area(name), nil
	}
	var names []string
	for _, a := range Areas() {
		names = append(names, string(a))
	}
	return "", fmt.Errorf("no area %q: choose from %s, or none for all", name, strings.Join(names, ", "))
}

// Config says what to measure and where to tell about it.
type Config struct {
	// Program is the path of the awil to measure.
	Program string
	// Env is the environment to start programs with. What configures awil in
	// it is left out: the measured one has its own database and sends no mail.
	Env []string
	// Area limits the run to one area; empty is all.
	Area Area
	// Quick makes rounds short, the ledger and the largest shop small: some five minutes instead
	// of some twenty, with figures that are less firm.
	Quick bool
	// JSON prints one line a figure instead of a table.
	JSON bool
	// Out gets the figures, Progress what is being done meanwhile.
	Out, Progress io.Writer
	// Document is the file to write when everything was measured; its older
	// runs are kept. Empty is none.
	Document string
}

// plan is how long the rounds are.
type plan struct {
	rounds   int
	page     time.Duration // a page, and its yardstick
	database time.Duration // pgbench beside cold pages
	checkout time.Duration // orders, and their yardstick
	placed   int           // checkouts prepared for a round
	steady   time.Duration // visitors at a fixed rate
	storm    time.Duration // the same, while things are edited
	photos   int
	starts   int
	crowd    crowd // of entries in the ledger
	// statements is how often a producer asks for hers in a round.
	statements int
	// sizes are how many products there are in the shops that are measured for
	// their size, crawl how many pages are asked for there as fast as they come,
	// everyQuery which of the labelled queries are asked.
	sizes             []int
	crawl, everyQuery int
}

func (c Config) plan() plan {
	if c.Quick {
		return plan{rounds: 3, page: time.Second, database: 2 * time.Second, checkout: 2 * time.Second, placed: 1_000,
			steady: 6 * time.Second, storm: 4 * time.Second, photos: 3, starts: 3,
			crowd: crowd{entries: 100_000, hers: 5_000}, statements: 40,
			sizes: []int{100_000}, crawl: 1_000, everyQuery: 4}
	}
	return plan{rounds: 3, page: 5 * time.Second, database: 5 * time.Second, checkout: 6 * time.Second, placed: 4_000,
		steady: 20 * time.Second, storm: 20 * time.Second, photos: 7, starts: 5,
		crowd: crowd{entries: 1_000_000, hers: 50_000}, statements: 100,
		sizes: []int{100_000, 1_000_000}, crawl: 100_000, everyQuery: 1}
}

// Run measures, prints the figures, and writes the document when all areas were
// measured. A goal that is missed is a figure, not an error.
func Run(ctx context.Context, cfg Config) (err error) {
	began := time.Now()
	busy := busyMachine()
	r, err := newRun(ctx, cfg)
	if err != nil {
		return err
	}
	if busy != "" {
		r.note("%s", busy)
	}
	defer func() { err = errors.Join(err, r.close()) }()
	for _, a := range Areas() {
		if cfg.Area != "" && cfg.Area != a {
			continue
		}
		if err := r.measure(ctx, a); err != nil {
			return fmt.Errorf("measure %s: %w", a, err)
		}
	}
	if err := r.print(); err != nil || cfg.Area != "" || cfg.Document == "" {
		return err
	}
	report := report{When: began, Took: time.Since(began), Quick: cfg.Quick, Machine: r.machine(ctx), Figures: r.figures, Notes: r.notes}
	return report.write(cfg.Document)
}

func (r *run) measure(ctx context.Context, a Area) error {
	switch a {
	case Weight:
		return r.weights(ctx)
	case Pages:
		return errors.Join(r.warmPages(ctx), r.coldPages(ctx))
	case Storm:
		return r.storms(ctx)
	case Checkout:
		return r.checkouts(ctx)
	case Memory:
		return errors.Join(r.memory(ctx), r.starts(ctx))
	case Photo:
		return r.photo(ctx)
	case Money:
		return r.money(ctx)
	case Scale:
		return r.scales(ctx)
	}
	return fmt.Errorf("no area %q", a)
}

func (r *run) print() error {
	if r.cfg.JSON {
		return writeJSON(r.cfg.Out, r.figures)
	}
	if err := writeTable(r.cfg.Out, r.figures); err != nil {
		return err
	}
	for _, note := range r.notes {
		if _, err := fmt.Fprintln(r.cfg.Out, note); err != nil {
			return fmt.Errorf("print notes: %w", err)
		}
	}
	return nil
}

// say tells what is being done.
func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.cfg.Progress, "bench: "+format+"\n", args...)
}

// note tells it, and keeps it for the report.
func (r *run) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.say("%s", text)
	r.notes = append(r.notes, text)
}

func (r *run) add(figures ...Figure) { r.figures = append(r.figures, figures...) }

// tempDir is a folder that the database's user can reach too.
func tempDir() (string, error) {
	dir, err := os.MkdirTemp("", "awil-bench-")
	if err != nil {
		return "", fmt.Errorf("temporary folder: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", fmt.Errorf("temporary folder: %w", err)
	}
	return dir, nil
}
