package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// proof is one run of awil ledger check that found nothing wrong.
type proof struct {
	entries int
	took    time.Duration
	memory  int64 // the most it held, in bytes
}

const besideRead = "Postgres: sums by account, and every entry read out"

// ledgerChecks measures awil ledger check from its start to its end, beside the
// least that any proof has to do: to add up all entries and to read them.
func (r *run) ledgerChecks(ctx context.Context) error {
	r.say("the books of %s entries", grouped(int64(r.plan.crowd.entries)))
	var ours, theirs, memory []float64
	for range r.plan.rounds {
		p, err := r.checkLedger(ctx)
		if err != nil {
			return err
		}
		if p.entries < r.plan.crowd.entries {
			return fmt.Errorf("%d entries were proven, not %d", p.entries, r.plan.crowd.entries)
		}
		ours, memory = append(ours, p.took.Seconds()), append(memory, megabytes(p.memory))
		took, err := r.readEntries(ctx)
		if err != nil {
			return err
		}
		theirs = append(theirs, took.Seconds())
	}
	name := "ledger check, " + grouped(int64(r.plan.crowd.entries)) + " entries"
	r.add(
		Figure{Name: name, Unit: "s", Ours: median(ours)}.withYardstick(besideRead, median(theirs)),
		Figure{Name: name + ", most memory", Unit: "MB", Ours: median(memory)},
	)
	return nil
}

// readEntries is how long the database takes to add up all entries by account,
// and then to read them out.
func (r *run) readEntries(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	if _, err := r.db.Exec(ctx, `/* bench.balances */ select account_id, currency, sum(amount_minor) from ledger_entries group by 1, 2`); err != nil {
		return 0, fmt.Errorf("add up the entries: %w", err)
	}
	if _, err := r.db.PgConn().CopyTo(ctx, io.Discard, `copy ledger_entries to stdout`); err != nil {
		return 0, fmt.Errorf("read the entries: %w", err)
	}
	return time.Since(began), nil
}

// checkLedger lets the program prove the books. That they are not right is an
// error.
func (r *run) checkLedger(ctx context.Context) (proof, error) {
	p, err := proveLedger(ctx, r.cfg.Program, append(foreign(r.cfg.Env), "AWIL_DATABASE_URL="+r.pg.URL()), r.dir)
	if err != nil {
		return proof{}, fmt.Errorf("awil ledger check: %w", err)
	}
	return p, nil
}

// glance is how often a short program's memory is looked at.
const glance = 10 * time.Millisecond

// proveLedger runs awil ledger check as somebody at a terminal does. That the
// books differ is an error.
func proveLedger(ctx context.Context, program string, env []string, dir string) (p proof, err error) {
	log := filepath.Join(dir, "ledger.log")
	began := time.Now()
	check, err := start(log, env, program, "ledger", "check")
	if err != nil {
		return p, err
	}
	if p.memory, err = check.watch(ctx); err != nil {
		return p, stopAfter(err, check)
	}
	p.took = time.Since(began)
	if !check.cmd.ProcessState.Success() {
		return p, fmt.Errorf("%s: %s", check.cmd.ProcessState, check.complaint())
	}
	said, err := os.ReadFile(log)
	if err != nil {
		return p, fmt.Errorf("read what it said: %w", err)
	}
	p.entries, err = parseProven(string(said))
	return p, err
}

// watch waits until the program ends, and returns the most memory it held.
func (p *process) watch(ctx context.Context) (most int64, err error) {
	for {
		now, err := peak(ctx, p.cmd.Process.Pid)
		most = max(most, now)
		select {
		case <-p.exited:
			return most, nil // it may have been gone when we looked
		case <-ctx.Done():
			return most, ctx.Err()
		case <-time.After(glance):
		}
		if err != nil && !p.over() {
			return most, err
		}
	}
}

func (p *process) over() bool {
	select {
	case <-p.exited:
		return true
	case <-time.After(time.Second): // it may have ended this moment
		return false
	}
}

// peak is the most memory a process has held so far, in bytes; where nobody
// keeps that, what it holds now. What the operating system says of a process
// that has ended is no use: it counts the memory of whoever started it.
func peak(ctx context.Context, pid int) (int64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err == nil {
		return procKilobytes(status, "VmHWM")
	}
	if _, noProc := os.Stat("/proc/self/status"); noProc == nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	return resident(ctx, pid)
}

var provenLine = regexp.MustCompile(`(?m)^The books are proven: ([0-9]+) entries`)

// parseProven reads how many entries awil ledger check has proven.
func parseProven(said string) (entries int, err error) {
	m := provenLine.FindStringSubmatch(said)
	if m == nil {
		return 0, errors.New("it does not say that the books are proven: " + said)
	}
	return strconv.Atoi(m[1])
}
