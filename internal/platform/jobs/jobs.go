// Package jobs runs work in the background, on a queue kept in PostgreSQL.
//
// A job is enqueued in the transaction that gives rise to it, so that it
// happens exactly when that transaction commits. A job may run more than once
// (a crash, a retry): workers must bear that. The package knows no domain;
// whoever owns a kind of work registers its worker.
package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Photos is the queue for work that needs much memory or CPU; it has few
// hands, so that mail and payments never wait behind pictures.
const Photos = "photos"

const (
	defaultHands = 8
	photoHands   = 1
	jobTimeout   = 2 * time.Minute
	softStop     = 10 * time.Second
	// fetchCooldown is how soon hands that are free look for more work: with the
	// queue's own tenth of a second, so many hands do eighty jobs a second.
	fetchCooldown = 10 * time.Millisecond
	// rescueAfter is when a job that somebody began and nobody works any more is
	// begun again: a process that is stopped or killed leaves some behind.
	rescueAfter = 2 * jobTimeout
)

// Config says what a Client does.
type Config struct {
	// Workers do the jobs. Without them the client only enqueues.
	Workers *river.Workers
	// Queues maps a queue to how many of its jobs this process works at once;
	// when nil, eight of river.QueueDefault and one of Photos.
	Queues map[string]int
	// Periodic are jobs enqueued by the clock, by one process at a time.
	Periodic []*river.PeriodicJob
	// Busy says whether others need the machine now: then each job waits for a
	// moment before it begins. Nobody does when nil.
	Busy func() bool
	// Logger is told about failures; slog.Default when nil.
	Logger *slog.Logger
	// StopTimeout is how long Stop lets running jobs finish before it cancels
	// them; ten seconds when zero.
	StopTimeout time.Duration
}

// Client enqueues jobs and, with workers, does them.
type Client struct {
	river *river.Client[pgx.Tx]
	works bool
}

// New makes a client on pool. A client with workers holds connections while it
// works: give it a pool of its own, so that requests never wait for jobs.
func New(pool *pgxpool.Pool, cfg Config) (*Client, error) {
	logger := cfg.Logger
	if logger == nil {
		logger = slog.Default()
	}
	settings := &river.Config{Logger: quiet(logger)}
	if cfg.Workers != nil {
		settings.Workers = cfg.Workers
		settings.Queues = queues(cfg.Queues)
		settings.PeriodicJobs = cfg.Periodic
		settings.ErrorHandler = failures{logger}
		settings.JobTimeout = jobTimeout
		settings.RescueStuckJobsAfter = rescueAfter
		settings.FetchCooldown = fetchCooldown
		if cfg.Busy != nil {
			settings.Middleware = []rivertype.Middleware{polite(cfg.Busy)}
		}
		settings.SoftStopTimeout = cfg.StopTimeout
		if settings.SoftStopTimeout == 0 {
			settings.SoftStopTimeout = softStop
		}
	}
	client, err := river.NewClient(riverpgxv5.New(pool), settings)
	if err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	return &Client{river: client, works: cfg.Workers != nil}, nil
}

func queues(hands map[string]int) map[string]river.QueueConfig {
	if hands == nil {
		hands = map[string]int{river.QueueDefault: defaultHands, Photos: photoHands}
	}
	all := make(map[string]river.QueueConfig, len(hands))
	for name, n := range hands {
		all[name] = river.QueueConfig{MaxWorkers: n}
	}
	return all
}

// Insert enqueues a job that exists once tx commits. Queue, priority and
// uniqueness are those of the arguments' InsertOpts method, if they have one;
// a job that is unique and enqueued already is not an error.
func (c *Client) Insert(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	return c.insert(ctx, tx, args, nil)
}

// InsertAt enqueues a job to be done no sooner than at.
func (c *Client) InsertAt(ctx context.Context, tx pgx.Tx, args river.JobArgs, at time.Time) error {
	return c.insert(ctx, tx, args, &river.InsertOpts{ScheduledAt: at})
}

func (c *Client) insert(ctx context.Context, tx pgx.Tx, args river.JobArgs, opts *river.InsertOpts) error {
	if _, err := c.river.InsertTx(ctx, tx, args, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// InsertMany enqueues several jobs in one statement.
func (c *Client) InsertMany(ctx context.Context, tx pgx.Tx, all []river.JobArgs) error {
	if len(all) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(all))
	for i, args := range all {
		params[i].Args = args
	}
	if _, err := c.river.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("enqueue %d jobs, the first a %s: %w", len(all), all[0].Kind(), err)
	}
	return nil
}

// sqlJob writes what Insert writes, and leaves the rest of a job to the
// table's defaults.
const (
	sqlJob = `
insert into river_job (kind, args, queue, max_attempts, priority, state)
select $1, $2, $3, $4, $5, 'available'`
	sqlQueue = `/* jobs.queue */` + sqlJob
)

// QueueInsert adds to a batch that a job is enqueued which asks for nothing but
// a queue, a priority and a number of tries: no round trip of its own. Nobody
// is woken for it, so that no two transactions wait for each other to say so:
// it is found when workers look next, within a second.
func QueueInsert(b *pgx.Batch, args river.JobArgs) error {
	row, err := jobRow(args)
	if err != nil {
		return err
	}
	b.Queue(sqlQueue, row...)
	return nil
}

// AddInsert is QueueInsert as a part of a statement that enqueues the job if the
// part named after has a row.
func AddInsert(t *postgres.Together, after string, args river.JobArgs) error {
	row, err := jobRow(args)
	if err != nil {
		return err
	}
	t.Add("enqueued", sqlJob+` from `+after, row...)
	return nil
}

func jobRow(args river.JobArgs) ([]any, error) {
	opts := river.InsertOpts{}
	if own, ok := args.(river.JobArgsWithInsertOpts); ok {
		opts = own.InsertOpts()
	}
	plain := river.InsertOpts{Queue: opts.Queue, MaxAttempts: opts.MaxAttempts, Priority: opts.Priority}
	if !reflect.DeepEqual(opts, plain) {
		return nil, errs.E(errs.Internal, "enqueue "+args.Kind()+" in a batch: it asks for more than a batch can give")
	}
	encoded, err := json.Marshal(args)
	if err != nil {
		return nil, fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return []any{args.Kind(), encoded, cmp.Or(opts.Queue, river.QueueDefault), cmp.Or(opts.MaxAttempts, river.MaxAttemptsDefault),
		cmp.Or(opts.Priority, river.PriorityDefault)}, nil
}

// Start begins to work; it is an error on a client without workers. The work
// goes on until Stop, not until ctx ends: what ctx carries reaches the jobs.
func (c *Client) Start(ctx context.Context) error {
	if !c.works {
		return errs.E(errs.Internal, "start jobs: this client has no workers")
	}
	if err := c.river.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	return nil
}

// Stop takes no new jobs, lets the running ones finish for Config.StopTimeout,
// then cancels them; a cancelled job is done again later. It returns when all
// have ended or ctx has.
func (c *Client) Stop(ctx context.Context) error {
	if err := c.river.Stop(ctx); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// Follow enqueues the next part of a round of work that takes many jobs, from the job that did this part. Where a later round has
// begun, as with each start of a process, that one does all of it, and the earlier ends.
func Follow(ctx context.Context, db postgres.DB, job *rivertype.JobRow, args river.JobArgs) error {
	client, err := river.ClientFromContextSafely[pgx.Tx](ctx)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	var later bool
	if err := db.QueryRow(ctx, sqlLater, job.Kind, job.ID).Scan(&later); err != nil || later {
		return postgres.Err(err)
	}
	if _, err := client.Insert(ctx, args, nil); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

const sqlLater = `/* jobs.later */
select exists (select from river_job where kind = $1 and id > $2 and state in ('available', 'scheduled', 'retryable', 'running'))`

// Once, embedded in the arguments of a job, makes it tried once: the clock
// brings the next.
type Once struct{}

// InsertOpts tries once.
func (Once) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// Every is a periodic job: enqueued when a process takes over the clock and
// then once an interval. It must not matter that it may come more often when
// processes come and go.
func Every(interval time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(
		river.PeriodicInterval(interval),
		func() (river.JobArgs, *river.InsertOpts) { return args, nil },
		&river.PeriodicJobOpts{ID: args.Kind(), RunOnStart: true},
	)
}
