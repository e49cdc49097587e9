package bench

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// yardstickDatabase is pgbench's own, on the server the shop uses.
	yardstickDatabase = "awil_yardstick"
	// yardstickScale is pgbench's number of branches. With fewer than there
	// are clients, those wait for each other's row and flatter us.
	yardstickScale = 16
	// databaseClients is how many ask at once where the page goal says so.
	databaseClients = 16
)

// script is one of pgbench's own.
type script string

const (
	selectOnly script = "select-only"
	tpcB       script = "tpcb-like"
)

func findPgbench() (string, error) {
	return find("pgbench", "/usr/lib/postgresql/*/bin/pgbench", "/usr/pgsql-*/bin/pgbench", "/opt/homebrew/opt/postgresql@*/bin/pgbench")
}

// yardstickURL is the address of pgbench's database.
func (r *run) yardstickURL() (string, error) {
	u, err := url.Parse(r.pg.URL())
	if err != nil {
		return "", fmt.Errorf("address of the private PostgreSQL: %w", err)
	}
	u.Path = "/" + yardstickDatabase
	return u.String(), nil
}

// prepareYardstick makes pgbench's tables, once.
func (r *run) prepareYardstick(ctx context.Context) error {
	program, err := findPgbench()
	if err != nil || r.yardstickReady {
		return err
	}
	r.say("filling pgbench's tables")
	if _, err := r.db.Exec(ctx, "create database "+pgx.Identifier{yardstickDatabase}.Sanitize()); err != nil {
		return fmt.Errorf("make pgbench's database: %w", err)
	}
	if _, err := r.pgbench(ctx, program, "--initialize", "--quiet", "--scale="+strconv.Itoa(yardstickScale)); err != nil {
		return err
	}
	r.yardstickReady = true
	return nil
}

// transactions is how many of its transactions a second pgbench gets out of
// the server, prepared, with so many clients.
func (r *run) transactions(ctx context.Context, s script, clients int, span time.Duration) (float64, error) {
	program, err := findPgbench()
	if err != nil {
		return 0, err
	}
	seconds := max(1, int(span.Round(time.Second).Seconds()))
	out, err := r.pgbench(ctx, program, "--no-vacuum", "--protocol=prepared", "--builtin="+string(s),
		"--client="+strconv.Itoa(clients), "--jobs="+strconv.Itoa(min(clients, 2)), "--time="+strconv.Itoa(seconds))
	if err != nil {
		return 0, err
	}
	return parseTPS(out)
}

func (r *run) pgbench(ctx context.Context, program string, args ...string) (string, error) {
	address, err := r.yardstickURL()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, program, append(args, address)...)
	cmd.Env = append(foreign(r.cfg.Env), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

var (
	tpsLine    = regexp.MustCompile(`(?m)^tps = ([0-9.]+) \((?:without initial connection time|excluding connections establishing)\)`)
	failedLine = regexp.MustCompile(`(?m)^number of failed transactions: ([0-9]+)`)
)

// parseTPS reads pgbench's report: transactions a second without the time it
// took to connect.
func parseTPS(report string) (float64, error) {
	if m := failedLine.FindStringSubmatch(report); m != nil && m[1] != "0" {
		return 0, fmt.Errorf("pgbench: %s transactions failed", m[1])
	}
	m := tpsLine.FindStringSubmatch(report)
	if m == nil {
		return 0, fmt.Errorf("pgbench reports no transactions: %s", report)
	}
	tps, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w", err)
	}
	return tps, nil
}
