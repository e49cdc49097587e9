package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// bake makes jars, and enqueues as many more bakes as More says.
type bake struct {
	Name string `json:"name"`
	More int    `json:"more"`
	Fail bool   `json:"fail"`
}

func (bake) Kind() string { return "bake" }

type pack struct{}

func (pack) Kind() string { return "pack" }

func (pack) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: jobs.Photos} }

// kitchen does both kinds and remembers.
type kitchen struct {
	pool   *pgxpool.Pool
	client *jobs.Client
	mu     sync.Mutex
	done   []string
	each   chan string
}

func (k *kitchen) did(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.done = append(k.done, name)
	if k.each != nil {
		k.each <- name
	}
}

func (k *kitchen) workers() *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[bake]) error {
		k.did(job.Args.Name)
		if job.Args.Fail {
			return errors.New("burnt")
		}
		if job.Args.More == 0 {
			return nil
		}
		return postgres.InTx(ctx, k.pool, func(tx pgx.Tx) error {
			return k.client.Insert(ctx, tx, bake{Name: job.Args.Name + "'", More: job.Args.More - 1})
		})
	}))
	river.AddWorker(w, river.WorkFunc(func(context.Context, *river.Job[pack]) error {
		k.did("pack")
		return nil
	}))
	return w
}

func newKitchen(t *testing.T) *kitchen {
	t.Helper()
	k := &kitchen{pool: pgtest.New(t)}
	var err error
	if k.client, err = jobs.New(k.pool, jobs.Config{}); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *kitchen) insert(t *testing.T, all ...river.JobArgs) {
	t.Helper()
	err := postgres.InTx(t.Context(), k.pool, func(tx pgx.Tx) error {
		return k.client.InsertMany(t.Context(), tx, all)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestInsertFollowsTheTransaction(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	ctx := t.Context()
	changedMind := errors.New("changed my mind")
	err := postgres.InTx(ctx, k.pool, func(tx pgx.Tx) error {
		if err := k.client.Insert(ctx, tx, bake{Name: "never"}); err != nil {
			return err
		}
		return changedMind
	})
	if !errors.Is(err, changedMind) {
		t.Fatal(err)
	}
	err = postgres.InTx(ctx, k.pool, func(tx pgx.Tx) error {
		return k.client.InsertAt(ctx, tx, bake{Name: "tomorrow"}, time.Now().Add(24*time.Hour))
	})
	if err != nil {
		t.Fatal(err)
	}
	k.insert(t, bake{Name: "now"})
	if err := jobs.Drain(ctx, k.pool, k.workers()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(k.done, " "); got != "now" {
		t.Errorf("done: %q, want only what was committed and is due", got)
	}
}

func TestDrainFollowsOnThroughQueues(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.insert(t, bake{Name: "a", More: 2}, pack{}, bake{Name: "b"})
	begin := time.Now()
	if err := jobs.Drain(t.Context(), k.pool, k.workers()); err != nil {
		t.Fatal(err)
	}
	t.Logf("drained in %v", time.Since(begin).Round(time.Millisecond))
	if len(k.done) != 5 {
		t.Errorf("done: %q, want 5 jobs", k.done)
	}
}

func TestDrainReportsFailures(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.insert(t, bake{Name: "good"}, bake{Name: "bad", Fail: true}, bake{Name: "worse", Fail: true})
	err := jobs.Drain(t.Context(), k.pool, k.workers())
	if err == nil || strings.Count(err.Error(), "burnt") != 2 || !strings.Contains(err.Error(), `"name": "bad"`) {
		t.Errorf("got %v, want both failures with their arguments", err)
	}
	if len(k.done) != 3 {
		t.Errorf("done: %q, want each job once", k.done)
	}
	if err := jobs.Drain(t.Context(), k.pool, k.workers()); err != nil {
		t.Errorf("nothing was due: %v", err)
	}
}

func TestClientWorksUntilStopped(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.each = make(chan string, 10)
	working, err := jobs.New(pgtest.Open(t, k.pool.Config().ConnString()), jobs.Config{
		Workers:  k.workers(),
		Periodic: []*river.PeriodicJob{jobs.Every(time.Hour, pack{})},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := working.Start(ctx); err != nil {
		t.Fatal(err)
	}
	cancel() // the end of the starter's context is not the end of the work
	k.insert(t, bake{Name: "fresh"})
	seen := map[string]bool{}
	for len(seen) < 2 {
		select {
		case name := <-k.each:
			seen[name] = true
		case <-time.After(20 * time.Second):
			t.Fatalf("only %v was done", seen)
		}
	}
	if err := working.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !seen["fresh"] || !seen["pack"] {
		t.Errorf("done: %v, want the inserted and the periodic job", seen)
	}
}

func TestEnqueuerDoesNotWork(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	if err := k.client.Start(t.Context()); err == nil {
		t.Error("a client without workers started")
	}
}

// TestQueueInsert: a job of a batch is the job that Insert would have written,
// and is there if its transaction is.
func TestQueueInsert(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	ctx := t.Context()
	for _, args := range []river.JobArgs{bake{Name: "a", More: 1}, pack{}} {
		err := postgres.InTx(ctx, k.pool, func(tx pgx.Tx) error {
			b := &pgx.Batch{}
			if err := jobs.QueueInsert(b, args); err != nil {
				return err
			}
			return errors.Join(tx.SendBatch(ctx, b).Close(), k.client.Insert(ctx, tx, args))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var kinds, different int
	err := k.pool.QueryRow(ctx, `select count(distinct kind), count(distinct (kind, args, queue, max_attempts, priority, state, metadata, tags, attempt)) from river_job`).
		Scan(&kinds, &different)
	if err != nil || kinds != 2 || different != 2 {
		t.Errorf("%d kinds, %d different, %v", kinds, different, err)
	}
	if err := jobs.QueueInsert(&pgx.Batch{}, once{}); err == nil {
		t.Error("a unique job was taken")
	}
}

// once is a job there is one of at a time.
type once struct{}

func (once) Kind() string { return "once" }

func (once) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// TestJobsLetOthersGoFirst: they ask whether others need the machine, and are
// done even if somebody always does.
func TestJobsLetOthersGoFirst(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	k.insert(t, bake{Name: "bread"})
	k.each = make(chan string, 1)
	asked := make(chan bool, 1)
	working, err := jobs.New(pgtest.Open(t, k.pool.Config().ConnString()), jobs.Config{
		Workers: k.workers(),
		Busy:    func() bool { asked <- true; return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := working.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-asked
	<-k.each
	if err := working.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}
