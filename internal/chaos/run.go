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
	"strconv"
	"strings"
	"syscall"
	"time"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
)

// Run plays schedules on a private PostgreSQL of its own, which is gone
// afterwards. It is an error when something did not hold.
func Run(ctx context.Context, cfg Config) (err error) {
	sweep(os.TempDir())
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", folderPrefix, os.Getpid()))
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

// folderPrefix begins the names of runs' folders; the number of the process that runs follows.
const folderPrefix = "awil-chaos-"

// sweep removes the folders of runs that were killed. What cannot be removed is somebody else's.
func sweep(temp string) {
	left, _ := filepath.Glob(filepath.Join(temp, folderPrefix+"*-*")) // fails on a malformed pattern only
	for _, dir := range left {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), folderPrefix), "-")
		n, err := strconv.Atoi(pid)
		if err == nil && n > 1 && errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir)
		}
	}
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
	for _, list := range []struct {
		title  string
		counts map[string]int
	}{{"faults put in", r.Faults}, {"how things ended", r.Outcomes}} {
		fmt.Fprintln(cfg.Out, list.title+":")
		for _, name := range slices.Sorted(maps.Keys(list.counts)) {
			fmt.Fprintf(cfg.Out, "  %-44s %s\n", name, thousands(list.counts[name]))
		}
	}
	for _, f := range r.Failures {
		fmt.Fprintf(cfg.Out, "FAILED %v\n", f)
	}
	fmt.Fprintf(cfg.Out, "\n%s, %s, %s steps, %v\n", counted(r.Played, "schedule"), r.verdict(), thousands(r.Steps), r.Took.Round(time.Second))
}

// verdict is what the last line says.
func (r Report) verdict() string {
	if len(r.Failures) == 0 {
		return "no failure"
	}
	return counted(len(r.Failures), "failure")
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return thousands(n) + " " + what
}

func thousands(n int) string { return i18n.For(i18n.EN).Number(int64(n)) }
