package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopTimeout is how long a program may take to end in order.
const stopTimeout = 20 * time.Second

// process is a program we started; what it says is kept in a file.
type process struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
}

// start runs a program with nothing but env as its environment.
func start(log string, env []string, program string, args ...string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	defer out.Close()
	//nolint:noctx // it ends by stop, in order, not by a context
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, out, out
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	p := &process{cmd: cmd, log: log, exited: make(chan struct{})}
	go func() {
		// How it ended is told by what it said.
		_ = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// stop ends the program by its number, gently first. It may be called again.
func (p *process) stop() error {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop %s: %w", p.cmd.Path, err)
		}
		select {
		case <-p.exited:
			return nil
		case <-time.After(stopTimeout):
		}
	}
	return fmt.Errorf("%s (pid %d) does not stop", p.cmd.Path, p.cmd.Process.Pid)
}

// complaint is the end of what the program said.
func (p *process) complaint() string {
	said, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}

// await asks again and again until ready says yes, the program ends, or limit
// has passed.
func (p *process) await(ctx context.Context, every, limit time.Duration, ready func(context.Context) bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for !ready(ctx) {
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended: %s", p.cmd.Path, p.complaint())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w: %s", p.cmd.Path, ctx.Err(), p.complaint())
		case <-time.After(every):
		}
	}
	return nil
}

// freeAddr is an address on this machine that nobody listens on now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // answers at once
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// errMissing means that a yardstick is not installed.
var errMissing = errors.New("not installed")

// find looks for a program on the PATH, then where the patterns lead, the last
// match first: those of a higher version.
func find(name string, patterns ...string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // fails on a malformed pattern only
		best, version := "", -1
		for _, path := range found {
			digits := strings.Trim(filepath.Base(filepath.Dir(filepath.Dir(path))), "abcdefghijklmnopqrstuvwxyz-@")
			if v, err := strconv.Atoi(digits); best == "" || err == nil && v > version {
				best, version = path, v
			}
		}
		if best != "" {
			return best, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, errMissing)
}

// stopAfter ends a program after something went wrong with it; the first error
// is the one to tell.
func stopAfter(err error, p *process) error {
	return errors.Join(err, p.stop())
}
