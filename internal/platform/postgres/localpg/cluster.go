package localpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrBusy means that another process runs a server in the same folder.
var ErrBusy = errors.New("already in use")

// lock claims the folder for this process; the kernel lets go of the claim
// when the process ends, however it ends.
func (h home) lock() (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(h.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("database lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(file.Name())
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("the local database in %s is %w by process %s: stop that one, "+
				"or give this one a data folder or a database of its own", h.dir, ErrBusy, holder)
		}
		return nil, fmt.Errorf("database lock: %w", err)
	}
	// Only the message of the next one reads the number.
	if err := file.Truncate(0); err == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	}
	return file, nil
}

// initCluster makes the cluster unless there is one. It is built aside and
// moved into place, so that a start that was killed leaves nothing half made.
func (h home) initCluster(ctx context.Context, bin binaries) error {
	if h.clusterVersion() != 0 {
		return nil
	}
	fresh := h.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear an unfinished cluster: %w", err)
	}
	locale := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		locale = "en_US.UTF-8"
	}
	cmd := exec.CommandContext(ctx, bin.initdb, "--no-sync", "--auth=trust", "--encoding=UTF8",
		"--locale="+locale, "--username="+role, "--pgdata="+fresh)
	cmd.Dir = h.dir
	cmd.Env = environment()
	cmd.SysProcAttr = h.attributes()
	if out, err := inOwnThread(cmd); err != nil {
		return fmt.Errorf("make the database cluster: %w: %s", err, lastLine(out))
	}
	if err := os.Rename(fresh, h.data()); err != nil {
		return fmt.Errorf("make the database cluster: %w", err)
	}
	return nil
}

// inOwnThread runs cmd to its end on a thread that does not go away before.
func inOwnThread(cmd *exec.Cmd) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return cmd.CombinedOutput()
}

// endOrphan waits for a server whose program was killed. It has been told to
// stop already where the kernel does that; elsewhere it is told here. We hold
// the folder's lock, so a server in it is nobody's.
func (h home) endOrphan(ctx context.Context) error {
	pid, ok := h.postmaster()
	if !ok || !h.runs(pid) {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop the PostgreSQL left over (pid %d): %w", pid, err)
	}
	for h.runs(pid) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the PostgreSQL left over (pid %d) does not stop: %w", pid, ctx.Err())
		case <-time.After(pollEvery):
		}
	}
	return nil
}

// runs reports whether the process is a server on our cluster. The number in
// postmaster.pid alone would not do: it may be another program's by now. A
// server works in its data folder; where that cannot be asked, it counts that
// somebody listens on the socket.
func (h home) runs(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	if runtime.GOOS == "linux" {
		cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		return err == nil && cwd == h.data()
	}
	//nolint:noctx // a unix socket answers or refuses at once
	conn, err := net.Dial("unix", filepath.Join(h.sockets, ".s.PGSQL."+port))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// postmaster reads the process number of the server that last used the
// cluster and has not cleaned up after itself.
func (h home) postmaster() (int, bool) {
	file, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(file), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	return pid, err == nil && pid > 1
}

// complaint is the last thing the server said, for the message of a failed
// start.
func (h home) complaint() string {
	out, err := os.ReadFile(h.log())
	if err != nil {
		return err.Error()
	}
	for line := range bytes.SplitSeq(out, []byte("\n")) {
		if bytes.Contains(line, []byte("FATAL")) {
			return string(line)
		}
	}
	return lastLine(out)
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
