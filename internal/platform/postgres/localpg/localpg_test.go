package localpg_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres/localpg"
)

// childDir names the folder in which this test program, run again as a child,
// starts a server and waits to be killed.
const childDir = "AWIL_LOCALPG_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(serveUntilKilled(dir))
	}
	os.Exit(m.Run())
}

func serveUntilKilled(dir string) int {
	server, err := localpg.Start(context.Background(), localpg.Config{Dir: dir})
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	fmt.Println(server.URL())
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	if err := server.Stop(); err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

// reachableDir is a temporary folder that the server's user may enter, which
// t.TempDir is not when root runs the tests.
func reachableDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "pg")
}

func start(t *testing.T, cfg localpg.Config) *localpg.Server {
	t.Helper()
	begin := time.Now()
	server, err := localpg.Start(t.Context(), cfg)
	if errors.Is(err, localpg.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %v", time.Since(begin).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func count(t *testing.T, url string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "select count(*) from jars").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDataOutlivesStop(t *testing.T) {
	t.Parallel()
	cfg := localpg.Config{Dir: reachableDir(t)}
	first := start(t, cfg)
	exec1(t, first.URL(), "create table jars as select 10 as grams")
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	second := start(t, cfg)
	if n := count(t, second.URL()); n != 1 {
		t.Errorf("%d rows after a restart, want 1", n)
	}
}

func TestEphemeralLeavesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, localpg.Config{Dir: reachableDir(t), Ephemeral: true})
	exec1(t, server.URL(), "create table jars as select 10 as grams")
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(server.Dir(), "data")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the cluster is still there: %v", err)
	}
}

func TestSecondInstanceIsRefused(t *testing.T) {
	t.Parallel()
	cfg := localpg.Config{Dir: reachableDir(t)}
	first := start(t, cfg)
	_, err := localpg.Start(t.Context(), cfg)
	if !errors.Is(err, localpg.ErrBusy) {
		t.Fatalf("got %v, want ErrBusy", err)
	}
	if pid := fmt.Sprint(os.Getpid()); !strings.Contains(err.Error(), "by process "+pid+":") {
		t.Errorf("the message does not name process %s: %v", pid, err)
	}
	exec1(t, first.URL(), "select 1")
}

// Beside a server that another process runs, Open and Join reach it and leave it running.
func TestJoinLeavesTheServerRunning(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	if _, err := localpg.Join(t.Context(), dir); !errors.Is(err, localpg.ErrNotRunning) {
		t.Fatalf("before there is one: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking for a server made its folder: %v", err)
	}
	start(t, localpg.Config{Dir: reachableDir(t), Ephemeral: true}) // skips where there is no server
	holder, url := child(t, dir, -1)
	exec1(t, url, "create table jars as select 10 as grams")
	for name, open := range map[string]func() (*localpg.Server, error){
		"Open": func() (*localpg.Server, error) { return localpg.Open(t.Context(), localpg.Config{Dir: dir}) },
		"Join": func() (*localpg.Server, error) { return localpg.Join(t.Context(), dir) },
	} {
		server, err := open()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n := count(t, server.URL()); n != 1 {
			t.Errorf("%s sees %d rows", name, n)
		}
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}
	exec1(t, url, "select 1")
	kill(t, holder)
	// Nobody's any more: Open starts it anew, and ends it.
	server, err := localpg.Open(t.Context(), localpg.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, server.URL()); n != 1 {
		t.Errorf("%d rows after a restart", n)
	}
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := localpg.Join(t.Context(), dir); !errors.Is(err, localpg.ErrNotRunning) {
		t.Errorf("after its end: %v", err)
	}
}

func TestLongFolderName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(reachableDir(t), strings.Repeat("long", 25))
	server := start(t, localpg.Config{Dir: dir, Ephemeral: true})
	exec1(t, server.URL(), "select 1")
}

func TestFolderRootMustNotShare(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root runs the server as somebody else")
	}
	private := filepath.Join(t.TempDir(), "pg")
	if err := os.Chmod(filepath.Dir(private), 0o700); err != nil {
		t.Fatal(err)
	}
	server := start(t, localpg.Config{Dir: private, Ephemeral: true})
	t.Cleanup(func() { os.RemoveAll(server.Dir()) })
	if strings.HasPrefix(server.Dir(), private) {
		t.Fatalf("the server runs in %s, which its user cannot reach", server.Dir())
	}
	exec1(t, server.URL(), "select 1")
}

// child runs this test program as another process that holds a server, as uid
// where that is not negative.
func child(t *testing.T, dir string, uid int) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	if uid >= 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error:") {
		t.Fatalf("child: %s %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

func TestStartAfterKill(t *testing.T) {
	t.Parallel()
	start(t, localpg.Config{Dir: reachableDir(t), Ephemeral: true}) // skips where there is no server
	dir := reachableDir(t)
	for round := range 3 {
		holder, url := child(t, dir, -1)
		exec1(t, url, "create table if not exists jars (grams int)")
		exec1(t, url, "insert into jars values (250)")
		kill(t, holder)
		server := start(t, localpg.Config{Dir: dir})
		if n := count(t, server.URL()); n != round+1 {
			t.Fatalf("%d rows after the kill, want %d", n, round+1)
		}
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAsOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("the other tests run as an ordinary user already")
	}
	start(t, localpg.Config{Dir: reachableDir(t), Ephemeral: true})
	const nobody = 65534
	dir := filepath.Dir(reachableDir(t))
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if err := runnableByAll(); err != nil {
		t.Skip(err)
	}
	dir = filepath.Join(dir, "pg")
	holder, url := child(t, dir, nobody)
	exec1(t, url, "create table jars as select 10 as grams")
	kill(t, holder)
	// Root takes over what the user left, as that user.
	server := start(t, localpg.Config{Dir: dir})
	if n := count(t, server.URL()); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// runnableByAll opens the folders above the test program, which go test makes
// for its own user only.
func runnableByAll() error {
	for dir := filepath.Dir(os.Args[0]); dir != filepath.Dir(dir) && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			return err
		}
	}
	return nil
}
