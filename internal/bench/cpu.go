package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clockTick is the unit of times in /proc, the same on all of Linux.
const clockTick = 10 * time.Millisecond

// errNoProc means that the system does not say what processes have used.
var errNoProc = errors.New("the system has no /proc")

// used is the processor time a program has taken, its children that still run
// included.
func (p *process) used() (time.Duration, error) {
	pid := p.cmd.Process.Pid
	total, _, err := procTimes(pid)
	if err != nil {
		return 0, err
	}
	files, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	for _, file := range files {
		child, err := strconv.Atoi(filepath.Base(file))
		if err != nil {
			continue
		}
		// One that has just ended says nothing.
		if taken, parent, err := procTimes(child); err == nil && parent == pid {
			total += taken
		}
	}
	return total, nil
}

func procTimes(pid int) (taken time.Duration, parent int, err error) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0, errNoProc
	}
	return parseStat(stat)
}

// parseStat reads parent, user and system time of a line of /proc/PID/stat. The
// program's name in it may hold anything, but stands between brackets.
func parseStat(stat []byte) (taken time.Duration, parent int, err error) {
	const parentField, userField, systemField = 1, 11, 12
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) <= systemField {
		return 0, 0, fmt.Errorf("%q says nothing of its time", stat)
	}
	user, errUser := strconv.Atoi(fields[userField])
	system, errSystem := strconv.Atoi(fields[systemField])
	parent, errParent := strconv.Atoi(fields[parentField])
	if err := errors.Join(errUser, errSystem, errParent); err != nil {
		return 0, 0, fmt.Errorf("times of a process: %w", err)
	}
	return time.Duration(user+system) * clockTick, parent, nil
}

// usedHere is the processor time this program has taken.
func usedHere() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("time of the load generator: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// cost is what a load took of the processors, for one request.
type cost struct{ server, generator time.Duration }

// costing runs a load and tells what it cost; nothing where the system does not
// say.
func costing(ctx context.Context, l load, server *process) (tally, cost, error) {
	server0, err := server.used()
	known := err == nil
	here0, err := usedHere()
	if err != nil {
		return tally{}, cost{}, err
	}
	t, err := l.run(ctx)
	if err != nil || !known || t.requests == 0 {
		return t, cost{}, err
	}
	server1, err := server.used()
	if err != nil {
		return t, cost{}, err
	}
	here1, err := usedHere()
	n := time.Duration(t.requests)
	return t, cost{server: (server1 - server0) / n, generator: (here1 - here0) / n}, err
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
