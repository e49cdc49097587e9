package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotRunning means that no server runs in the folder.
var ErrNotRunning = errors.New("no server runs there")

// joinTimeout is how long a server that another process is starting may take.
const joinTimeout = 20 * time.Second

// Open is Start, or Join where another process runs the server: for tools that look at the data beside a running program.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	s, err := Start(ctx, cfg)
	if !errors.Is(err, ErrBusy) {
		return s, err
	}
	ctx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	for {
		joined, problem := Join(ctx, cfg.Dir)
		if problem == nil {
			return joined, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, problem)
		case <-time.After(10 * pollEvery):
		}
	}
}

// Join reaches the server that another process runs in a folder, as its postmaster.pid says. Stop leaves it running; it
// goes when its own program does. ErrNotRunning when there is none that answers.
func Join(ctx context.Context, dir string) (*Server, error) {
	home, found, err := existing(dir)
	if err != nil {
		return nil, err
	}
	if !found || !home.running() {
		return nil, fmt.Errorf("%s: %w", home.dir, ErrNotRunning)
	}
	s := &Server{home: home, stop: func() error { return nil }}
	if err := s.answers(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", home.dir, ErrNotRunning, err)
	}
	return s, nil
}

// Joined reports whether another process runs the server.
func (s *Server) Joined() bool { return s.lock == nil }

// existing finds the folder as Start would choose it, and makes nothing.
func existing(dir string) (home, bool, error) {
	h, err := locate(dir)
	if err != nil {
		return h, false, err
	}
	real, err := filepath.EvalSymlinks(h.dir)
	if errors.Is(err, os.ErrNotExist) {
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("database folder: %w", err)
	}
	h.dir = real
	return h, true, nil
}

// running reads from postmaster.pid where the server listens; its fifth line is the folder of its socket.
func (h *home) running() bool {
	file, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if err != nil {
		return false
	}
	lines := strings.Split(string(file), "\n")
	if len(lines) < 5 || lines[4] == "" {
		return false
	}
	h.sockets = strings.TrimSpace(lines[4])
	pid, ok := h.postmaster()
	return ok && h.runs(pid)
}

// answers says whether the program's database can be reached.
func (s *Server) answers(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.home.url(database))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
