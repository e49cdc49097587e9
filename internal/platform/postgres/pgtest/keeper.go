package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"awil/internal/platform/postgres/localpg"
)

// The shared server belongs to a keeper: a test program run again with this
// variable set to the server's folder. It outlives the tests that started it.
const keeperFolder = "AWIL_PGTEST_KEEPER"

const (
	idleAtDesk = 2 * time.Minute
	idleInCI   = 20 * time.Second
	enoughRoom = 1 << 30
	memoryDisk = "/dev/shm"
)

// A keeper must not run the tests of the program it is made of, and nothing
// else gets its turn before them.
func init() {
	if dir := os.Getenv(keeperFolder); dir != "" {
		if err := keep(folder(dir)); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// folder is where the shared server lives.
//
//	users   locked shared by every test program, exclusively by a keeper that leaves
//	start   locked by the program that starts a keeper
//	url     the server's address
//	pg/     the server
type folder string

func (f folder) users() string  { return filepath.Join(string(f), "users") }
func (f folder) start() string  { return filepath.Join(string(f), "start") }
func (f folder) url() string    { return filepath.Join(string(f), "url") }
func (f folder) server() string { return filepath.Join(string(f), "pg") }

// sharedServer returns the address of the running server, starting one when
// there is none, and the file that keeps it from stopping while it is open.
func sharedServer() (url string, using *os.File, err error) {
	f, err := makeFolder()
	if err != nil {
		return "", nil, err
	}
	if using, err = lockFile(f.users(), syscall.LOCK_SH); err != nil {
		return "", nil, err
	}
	starting, err := lockFile(f.start(), syscall.LOCK_EX)
	if err != nil {
		return "", nil, err
	}
	defer starting.Close()
	url, alive := running(f)
	if !alive {
		url, err = startKeeper(f)
	}
	return url, using, err
}

// makeFolder picks memory where there is room, the disk otherwise.
func makeFolder() (folder, error) {
	parent := os.TempDir()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(memoryDisk, &disk); err == nil && disk.Bavail*uint64(disk.Bsize) >= enoughRoom {
		parent = memoryDisk
	}
	dir := filepath.Join(parent, fmt.Sprintf("awil-test-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	// Anybody may make a folder there; one that is not ours is not used.
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || stat.Uid != uint32(os.Getuid()) {
		return "", fmt.Errorf("%s belongs to somebody else", dir)
	}
	return folder(dir), nil
}

func lockFile(path string, how int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), how)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
}

// running asks the server whose address was written last. One that refuses us
// for a reason of its own, such as too many connections, is running.
func running(f folder) (string, bool) {
	text, err := os.ReadFile(f.url())
	if err != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, string(text))
	if err != nil {
		refused, answered := errors.AsType[*pgconn.PgError](err)
		return string(text), answered && !strings.HasPrefix(refused.Code, "57P")
	}
	conn.Close(ctx)
	return string(text), true
}

func startKeeper(f folder) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	//nolint:noctx // the keeper outlives us
	cmd := exec.Command(self)
	cmd.Dir = string(f)
	cmd.Env = append(os.Environ(), keeperFolder+"="+string(f))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	line = strings.TrimSpace(line)
	if message, failed := strings.CutPrefix(line, "error: "); failed {
		return "", fmt.Errorf("start a server for the tests: %w", asKnown(message))
	}
	if err != nil {
		return "", fmt.Errorf("start a server for the tests: %w", err)
	}
	return line, out.Close()
}

// asKnown gives a message from the keeper its identity back.
func asKnown(message string) error {
	if message == localpg.ErrMissing.Error() {
		return localpg.ErrMissing
	}
	return errors.New(message)
}

// keep runs the server until no test program has used it for a while.
func keep(f folder) error {
	server, err := localpg.Start(context.Background(), localpg.Config{Dir: f.server(), Ephemeral: true})
	if err != nil {
		return err
	}
	if err := announce(f, server.URL()); err != nil {
		return errors.Join(err, server.Stop())
	}
	patience := idleAtDesk
	if os.Getenv("CI") == "true" {
		patience = idleInCI
	}
	users, err := os.OpenFile(f.users(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return errors.Join(err, server.Stop())
	}
	waitUntilIdle(int(users.Fd()), patience)
	// Whoever comes now waits for the lock, finds no server and starts one.
	return errors.Join(os.Remove(f.url()), server.Stop())
}

// announce writes the address for those to come, then tells the program that
// started us and lets go of its pipe.
func announce(f folder, url string) error {
	fresh := f.url() + "." + strconv.Itoa(os.Getpid())
	if err := os.WriteFile(fresh, []byte(url), 0o600); err != nil {
		return err
	}
	if err := os.Rename(fresh, f.url()); err != nil {
		return err
	}
	if _, err := fmt.Println(url); err != nil {
		return err
	}
	return os.Stdout.Close()
}

// waitUntilIdle returns holding the users lock, once nobody has held it for
// the given time.
func waitUntilIdle(users int, patience time.Duration) {
	free := time.Now()
	for range time.Tick(time.Second) {
		if syscall.Flock(users, syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			free = time.Now()
			continue
		}
		if time.Since(free) >= patience {
			return
		}
		_ = syscall.Flock(users, syscall.LOCK_UN)
	}
}
