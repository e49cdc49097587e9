package chaos

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
)

// Run plays schedules on a private PostgreSQL of its own, which is gone
// afterwards. It is an error when something did not hold.
func Run(ctx context.Context, cfg Config) (err error) {
	dir, err := os.MkdirTemp("", "awil-chaos-")
	if err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// The database's user must reach its folder.
	if err := os.Chmod(dir, 0o755); err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	server, err := localpg.Start(ctx, localpg.Config{Dir: filepath.Join(dir, "postgres"), Ephemeral: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	workers := min(runtime.GOMAXPROCS(0), cfg.Schedules)
	urls, err := databases(ctx, server.URL(), workers)
	if err != nil {
		return err
	}
	fmt.Fprintf(cfg.Progress, "chaos: %d schedules from seed %d, %d at a time\n", cfg.Schedules, cfg.Seed, workers)
	report, err := Play(ctx, urls, cfg)
	if err != nil {
		return err
	}
	report.print(cfg)
	if n := len(report.Failures); n > 0 {
		return fmt.Errorf("%d of %d schedules failed; play one again: awil chaos --seed %d --schedules 1 -v",
			n, report.Played, report.Failures[0].Seed)
	}
	return nil
}

// databases makes empty, migrated databases on a server.
func databases(ctx context.Context, server string, n int) ([]string, error) {
	base, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	admin, err := postgres.Open(ctx, server, postgres.Options{ApplicationName: "awil chaos", MaxConns: 2})
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	urls := make([]string, n)
	for i := range urls {
		name := fmt.Sprintf("chaos%d", i+1)
		if _, err := admin.Exec(ctx, "create database "+name); err != nil {
			return nil, fmt.Errorf("create database: %w", postgres.Err(err))
		}
		u := *base
		u.Path = "/" + name
		urls[i] = u.String()
		if err := postgres.Migrate(ctx, urls[i]); err != nil {
			return nil, err
		}
	}
	return urls, nil
}

func (r Report) print(cfg Config) {
	if cfg.Out == nil {
		return
	}
	fmt.Fprintf(cfg.Out, "%d schedules, %d steps, %v\n", r.Played, r.Steps, r.Took.Round(time.Second))
	for _, list := range []struct {
		title  string
		counts map[string]int
	}{{"went wrong", r.Faults}, {"ended", r.Outcomes}} {
		fmt.Fprintln(cfg.Out, list.title+":")
		for _, name := range slices.Sorted(maps.Keys(list.counts)) {
			fmt.Fprintf(cfg.Out, "  %-44s %d\n", name, list.counts[name])
		}
	}
	for _, f := range r.Failures {
		fmt.Fprintf(cfg.Out, "FAILED %v\n", f)
	}
}
