package bench

import (
	"context"
	"errors"
	"fmt"
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
