package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// Config says what to play and where to tell about it.
type Config struct {
	// Schedules is how many to play, with the seeds from Seed on.
	Schedules int
	Seed      int64
	// Verbose prints every step of every schedule, not only of those that fail.
	Verbose bool
	Broken  Breakage
	// Out gets failures and, when Verbose, steps; Progress what is being done.
	Out, Progress io.Writer
}

// Failure is a schedule after which something did not hold.
type Failure struct {
	Seed  int64
	Wrong []error
	Steps []string
}

// Error names the seed and what did not hold.
func (f Failure) Error() string {
	return fmt.Sprintf("seed %d: %v", f.Seed, errors.Join(f.Wrong...))
}

// Report is what came of playing schedules.
type Report struct {
	Played   int
	Steps    int
	Faults   map[string]int // how many of each kind were injected
	Outcomes map[string]int // states in which orders, payments, refunds ended
	Failures []Failure
	Took     time.Duration
}

// mostFailures ends a run early: whoever looks at so many seeds has enough to
// look at.
const mostFailures = 5

// Play plays schedules in the databases at urls, which are empty and migrated:
// as many at a time as there are databases. The error says what kept it from
// playing; what did not hold is in the report.
func Play(ctx context.Context, urls []string, cfg Config) (Report, error) {
	r := &round{cfg: cfg, next: cfg.Seed, began: time.Now()}
	r.report.Faults, r.report.Outcomes = map[string]int{}, map[string]int{}
	var wait sync.WaitGroup
	errs := make([]error, len(urls))
	for i, url := range urls {
		wait.Go(func() { errs[i] = r.work(ctx, url) })
	}
	wait.Wait()
	r.report.Took = time.Since(r.began)
	slices.SortFunc(r.report.Failures, func(a, b Failure) int { return int(a.Seed - b.Seed) })
	return r.report, errors.Join(errs...)
}

// round is one call of Play.
type round struct {
	cfg    Config
	began  time.Time
	mu     sync.Mutex
	next   int64
	report Report
}

// most is how many failures end the run: something broken on purpose is seen
// with the first.
func (r *round) most() int {
	if r.cfg.Broken != (Breakage{}) {
		return 1
	}
	return mostFailures
}

// take returns the next seed, until there are enough, or too much has failed.
func (r *round) take() (seed int64, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next >= r.cfg.Seed+int64(r.cfg.Schedules) || len(r.report.Failures) >= r.most() {
		return 0, false
	}
	r.next++
	return r.next - 1, true
}

func (r *round) work(ctx context.Context, url string) error {
	l, err := openLab(ctx, url)
	if err != nil {
		return err
	}
	defer l.close()
	if _, err := l.pool.Exec(ctx, r.cfg.Broken.SQL); err != nil {
		return fmt.Errorf("break the database: %w", err)
	}
	for {
		seed, more := r.take()
		if !more || ctx.Err() != nil {
			return ctx.Err()
		}
		// Who is interrupted ends the schedule first: given up in the middle, its actors would never let their connections go.
		whole := context.WithoutCancel(ctx)
		s := newSchedule(l, seed, r.cfg.Broken)
		if err := s.run(whole); err != nil {
			return fmt.Errorf("schedule %d: %w\n%s", seed, err, s.story())
		}
		outcomes, err := l.outcomes(whole)
		if err != nil {
			return err
		}
		r.ended(s, outcomes)
	}
}

const progressEvery = 500

func (r *round) ended(s *schedule, outcomes map[string]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Played++
	r.report.Steps += len(s.steps)
	add(r.report.Faults, s.counts)
	add(r.report.Outcomes, outcomes)
	add(r.report.Outcomes, s.did)
	failed := len(s.wrong) > 0
	if failed {
		r.report.Failures = append(r.report.Failures, Failure{Seed: s.seed, Wrong: s.wrong, Steps: s.steps})
	}
	if r.cfg.Out != nil && (failed || r.cfg.Verbose) {
		fmt.Fprintf(r.cfg.Out, "schedule %d\n%s\n", s.seed, s.story())
	}
	if r.cfg.Progress != nil && r.report.Played%progressEvery == 0 {
		fmt.Fprintf(r.cfg.Progress, "chaos: %d of %d schedules, %d failed, %v\n",
			r.report.Played, r.cfg.Schedules, len(r.report.Failures), time.Since(r.began).Round(time.Second))
	}
}

func add(to, more map[string]int) {
	for _, name := range slices.Sorted(maps.Keys(more)) {
		to[name] += more[name]
	}
}

const sqlOutcomes = `/* chaos.outcomes */
select 'order ' || status as name, count(*)::int as n from orders group by 1
union all select 'payment by ' || provider || ' ' || status || case when refund_due then ', to go back' else '' end, count(*)::int from payments group by 1
union all select 'refund by ' || method || ' ' || status, count(*)::int from refunds group by 1
union all select 'dispute ' || status, count(*)::int from disputes group by 1
union all select 'payout ' || status, count(*)::int from payouts group by 1
union all select 'parcel ' || status, count(*)::int from parcels group by 1
union all select 'audit ' || action, count(*)::int from audit_events group by 1`

// outcomes counts in what states things ended, to see that schedules go
// everywhere.
func (l *lab) outcomes(ctx context.Context) (map[string]int, error) {
	rows, err := rowsOf[struct {
		Name string
		N    int
	}](ctx, l, sqlOutcomes)
	counts := make(map[string]int, len(rows))
	for _, r := range rows {
		counts[r.Name] += r.N
	}
	return counts, err
}
