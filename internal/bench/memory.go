package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	idleGoal   = 60  // megabytes
	steadyGoal = 150 // megabytes
	steadyRate = 200 // requests a second
	startGoal  = 0.5 // seconds
	idleAfter  = 3 * time.Second
	sampling   = time.Second / 10
)

// memory measures what the server process holds of the machine's memory, after
// its start and while visitors come at a steady rate.
func (r *run) memory(ctx context.Context) error {
	paths, err := r.mix(ctx)
	if err != nil {
		return err
	}
	if err := r.restart(ctx); err != nil {
		return err
	}
	r.say("memory, idle")
	if err := rest(ctx); err != nil {
		return err
	}
	idle, err := resident(ctx, r.site.process.cmd.Process.Pid)
	if err != nil {
		return err
	}
	r.say("memory at %d requests a second", steadyRate)
	// Each page once, so that the times are those of a shop that is open.
	if _, err := (load{addr: r.site.addr, paths: paths, conns: visitors}).run(ctx); err != nil {
		return err
	}
	t, most, err := r.steady(ctx, paths)
	if err != nil {
		return err
	}
	r.add(
		Figure{Name: "memory, idle", Unit: "MB", Ours: megabytes(idle)}.limit(idleGoal),
		Figure{Name: "memory at 200 requests/s, most", Unit: "MB", Ours: megabytes(most)}.limit(steadyGoal),
		Figure{Name: "page at 200 requests/s, p50", Unit: "ms", Ours: t.quantile(0.5)},
		Figure{Name: "page at 200 requests/s, p99", Unit: "ms", Ours: t.quantile(0.99)},
	)
	return nil
}

// rest lets a program that has just started finish what it does at first, such
// as compressing its scripts and styles.
func rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(idleAfter):
		return nil
	}
}

// mix is what visitors ask for: the four kinds of page, and every product.
func (r *run) mix(ctx context.Context) ([]string, error) {
	pages, err := r.site.pages(ctx)
	if err != nil {
		return nil, err
	}
	products, err := r.site.products(ctx, abroad)
	if err != nil {
		return nil, err
	}
	var paths []string
	for i, product := range products {
		paths = append(paths, pages[i%len(pages)].path, product)
	}
	return paths, nil
}

// steady lets visitors come at a fixed rate and watches the most memory.
func (r *run) steady(ctx context.Context, paths []string) (t tally, most int64, err error) {
	most, err = r.watching(ctx, func(ctx context.Context) (err error) {
		t, err = load{addr: r.site.addr, paths: paths, conns: visitors, span: r.plan.steady, rate: steadyRate}.run(ctx)
		return err
	})
	return t, most, err
}

// watching runs something and tells the most memory that the program held
// meanwhile.
func (r *run) watching(ctx context.Context, do func(context.Context) error) (most int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group errgroup.Group
	group.Go(func() error {
		defer cancel()
		return do(ctx)
	})
	group.Go(func() error {
		for ctx.Err() == nil {
			now, err := resident(ctx, r.site.process.cmd.Process.Pid)
			if err != nil && ctx.Err() == nil {
				return err
			}
			most = max(most, now)
			select {
			case <-ctx.Done():
			case <-time.After(sampling):
			}
		}
		return nil
	})
	err = group.Wait()
	return most, err
}

func megabytes(n int64) float64 { return float64(n) / megabyte }

// resident is the memory a process holds, in bytes.
func resident(ctx context.Context, pid int) (int64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err == nil {
		return procKilobytes(status, "VmRSS")
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	out, err := exec.CommandContext(ctx, "ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	return n * kilobyte, nil
}

// procKilobytes reads a line such as "VmRSS:   1234 kB", in bytes.
func procKilobytes(file []byte, name string) (int64, error) {
	for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
		value, found := strings.CutPrefix(lines.Text(), name+":")
		if !found {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		return n * kilobyte, nil
	}
	return 0, fmt.Errorf("no %s", name)
}
