// Package localpg runs a private PostgreSQL server as a child of this process,
// for those who have no database server to point at: a first look, a small
// programme, the tests.
//
// The server listens on a unix socket only. It dies with this process, even
// when that one is killed, and the next start takes over what was left.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	role         = "awil"
	database     = "awil"
	port         = "5432"
	startTimeout = 60 * time.Second
	stopTimeout  = 20 * time.Second
	pollEvery    = 5 * time.Millisecond
)

// Config says where a server lives and how long.
type Config struct {
	// Dir holds the cluster, its log and its socket; it is made when missing.
	// Root cannot run PostgreSQL, so for root the files belong to the user
	// postgres (else nobody); when that user cannot reach Dir, they are kept
	// in a folder of their own under /var/lib/awil instead.
	Dir string
	// Ephemeral servers start empty, trade durability for speed and take
	// their files with them when they stop.
	Ephemeral bool
}

// Server is a running PostgreSQL server.
type Server struct {
	home      home
	ephemeral bool
	lock      *os.File
	process   *os.Process
	exited    chan struct{} // closed when the process is gone
	stop      func() error
}

// Start runs a server in cfg.Dir, making the cluster first if there is none,
// and returns when it accepts connections. ctx limits the start only: end the
// server with Stop. ErrMissing means that PostgreSQL is not installed, ErrBusy
// that another process runs a server in the same folder.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	home, err := prepare(cfg.Dir)
	if err != nil {
		return nil, err
	}
	bin, err := findBinaries(home.clusterVersion())
	if err != nil {
		return nil, err
	}
	lock, err := home.lock()
	if err != nil {
		return nil, err
	}
	s := &Server{home: home, ephemeral: cfg.Ephemeral, lock: lock}
	s.stop = sync.OnceValue(s.shutDown)
	if err := s.start(ctx, bin); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, bin binaries) error {
	if err := s.home.endOrphan(ctx); err != nil {
		return err
	}
	if s.ephemeral {
		if err := os.RemoveAll(s.home.data()); err != nil {
			return fmt.Errorf("clear the old cluster: %w", err)
		}
	}
	if err := s.home.initCluster(ctx, bin); err != nil {
		return err
	}
	if err := s.launch(bin); err != nil {
		return err
	}
	return s.createDatabase(ctx)
}

// URL is the connection string of the server's database, for a superuser of
// this server only.
func (s *Server) URL() string { return s.home.url(database) }

// Dir is the folder the server's files are really in.
func (s *Server) Dir() string { return s.home.dir }

// Stop ends the server: sessions are cut, what is committed is on disk. It
// may be called more than once.
func (s *Server) Stop() error { return s.stop() }

func (s *Server) shutDown() error {
	defer s.lock.Close()
	if s.process != nil {
		if err := end(s.process.Pid, s.exited); err != nil {
			return err
		}
	}
	if s.ephemeral {
		return s.home.clear()
	}
	return nil
}

// end interrupts the server, which is PostgreSQL's fast shutdown, and insists
// when that takes too long.
func end(pid int, exited <-chan struct{}) error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop PostgreSQL (pid %d): %w", pid, err)
		}
		select {
		case <-exited:
			return nil
		case <-time.After(stopTimeout):
		}
	}
	return fmt.Errorf("PostgreSQL (pid %d) does not stop", pid)
}

// launch starts the server process and watches it until it ends.
func (s *Server) launch(bin binaries) error {
	log, err := os.Create(s.home.log())
	if err != nil {
		return fmt.Errorf("database log: %w", err)
	}
	//nolint:noctx // the server lasts until Stop, not until some context ends
	cmd := exec.Command(bin.postgres, arguments(s.home, s.ephemeral)...)
	cmd.Dir = s.home.dir
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = s.home.attributes()

	s.exited = make(chan struct{})
	started := make(chan error)
	go func() {
		// The kernel sends the death signal when the thread that made the
		// child ends, so the thread must last as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer log.Close()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		// How it ended is in its log; that it ended is what matters here.
		_ = cmd.Wait()
		close(s.exited)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("run %s: %w", bin.postgres, err)
	}
	s.process = cmd.Process
	return nil
}

// createDatabase waits for the server and makes the database on first start.
func (s *Server) createDatabase(ctx context.Context) error {
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var exists bool
	const find = `select exists (select from pg_database where datname = $1)`
	if err := conn.QueryRow(ctx, find, database).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{database}.Sanitize()); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return nil
}

func (s *Server) connect(ctx context.Context) (*pgx.Conn, error) {
	for {
		conn, err := pgx.Connect(ctx, s.home.url("postgres"))
		if err == nil {
			return conn, nil
		}
		if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code != cannotConnectNow {
			return nil, fmt.Errorf("connect to the local PostgreSQL: %w", err)
		}
		select {
		case <-s.exited:
			return nil, fmt.Errorf("PostgreSQL did not start: %s", s.home.complaint())
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for PostgreSQL: %w: %s", ctx.Err(), s.home.complaint())
		case <-time.After(pollEvery):
		}
	}
}

// cannotConnectNow is the SQLSTATE of a server that is starting or stopping.
const cannotConnectNow = "57P03"

// arguments are the server's settings, given on the command line so that they
// follow the program and not the cluster.
func arguments(h home, ephemeral bool) []string {
	settings := []string{
		"listen_addresses=",
		"port=" + port,
		"unix_socket_directories=" + h.sockets,
		"unix_socket_permissions=0700",
		"timezone=UTC",
		"log_timezone=UTC",
		"jit=off",
	}
	if ephemeral {
		settings = append(settings,
			"fsync=off",
			"full_page_writes=off",
			"synchronous_commit=off",
			"autovacuum=off",
			"wal_level=minimal",
			"max_wal_senders=0",
			"max_connections=300",
		)
	}
	args := []string{"-D", h.data()}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// environment leaves out the caller's PG… variables, which would reach the
// server too.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
}

func (h home) url(name string) string {
	query := url.Values{"host": {h.sockets}, "port": {port}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + name, RawQuery: query.Encode()}
	return u.String()
}

func (h home) log() string  { return filepath.Join(h.dir, "server.log") }
func (h home) data() string { return filepath.Join(h.dir, "data") }
