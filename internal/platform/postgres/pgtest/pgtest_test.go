package pgtest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// child makes this test program, run again, take a database and wait to be
// killed while it holds it.
const child = "AWIL_PGTEST_CHILD"

func TestHoldDatabase(t *testing.T) {
	if os.Getenv(child) == "" {
		return // it is for startHolder only
	}
	pool := pgtest.New(t)
	fmt.Println("\ndatabase:", pool.Config().ConnConfig.Database)
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}

func TestNewIsMigratedAndIsolated(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			pool := pgtest.New(t)
			t.Logf("ready in %v", time.Since(begin).Round(time.Millisecond))
			status, err := postgres.Status(t.Context(), pool)
			if err != nil {
				t.Fatal(err)
			}
			if !status.Current() || status.Applied == 0 || status.QueueApplied == 0 {
				t.Errorf("not migrated: %+v", status)
			}
			if _, err := pool.Exec(t.Context(), "create table only_here (n int)"); err != nil {
				t.Errorf("somebody else was here: %v", err)
			}
		})
	}
}

func exists(t *testing.T, pool *pgxpool.Pool, name string) (found bool) {
	t.Helper()
	const find = `select exists (select from pg_database where datname = $1)`
	if err := pool.QueryRow(context.WithoutCancel(t.Context()), find, name).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	watcher := pgtest.New(t)
	var name string
	t.Run("inner", func(t *testing.T) {
		name = pgtest.New(t).Config().ConnConfig.Database
		if !exists(t, watcher, name) {
			t.Errorf("%s is not there", name)
		}
	})
	if exists(t, watcher, name) {
		t.Errorf("%s is still there", name)
	}
}

func startHolder(t *testing.T) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHoldDatabase$", "-test.v")
	cmd.Env = append(os.Environ(), child+"=1")
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
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "database: "); ok {
			return cmd, name
		}
	}
	t.Fatalf("the child took no database: %v", lines.Err())
	return nil, ""
}

func TestLeftoversAreSwept(t *testing.T) {
	t.Parallel()
	watcher := pgtest.New(t)
	var wg sync.WaitGroup
	killed := make([]string, 2)
	for i := range killed {
		wg.Go(func() {
			cmd, name := startHolder(t)
			killed[i] = name
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
	wg.Wait()
	waitUntilGone(t, watcher, killed)
	// The next program to come sweeps; it must spare the living, us among them.
	_, living := startHolder(t)
	for _, name := range killed {
		if exists(t, watcher, name) {
			t.Errorf("%s was left by a killed program and is still there", name)
		}
	}
	if !exists(t, watcher, living) {
		t.Errorf("%s is in use and was dropped", living)
	}
}

// waitUntilGone returns when the server has noticed that its clients died.
func waitUntilGone(t *testing.T, watcher *pgxpool.Pool, databases []string) {
	t.Helper()
	const connected = `select count(*) from pg_stat_activity where datname = any($1)`
	deadline := time.Now().Add(10 * time.Second)
	for {
		var n int
		if err := watcher.QueryRow(t.Context(), connected, databases).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections of killed programs are still there", n)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestCountQueries(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	all := pgtest.CountPool(t, pool)
	ctx, counted := pgtest.CountQueries(t.Context())
	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "create temp table seen (n int)"); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue("insert into seen values (1)")
		batch.Queue("insert into seen values (2)")
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"seen"}, []string{"n"}, pgx.CopyFromRows([][]any{{3}}))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	if counted.N() != 4 {
		t.Errorf("%d queries under the context, want 4: %q", counted.N(), counted.SQL())
	}
	if all.N() != 5 {
		t.Errorf("%d queries on the pool, want 5: %q", all.N(), all.SQL())
	}
	all.Reset()
	if all.N() != 0 {
		t.Errorf("%d after Reset", all.N())
	}
}

func TestURLWorksWithoutPool(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	err = conn.QueryRow(t.Context(), "select 1 where false").Scan(new(int))
	if !errors.Is(err, pgx.ErrNoRows) {
		t.Fatalf("got %v", err)
	}
}
