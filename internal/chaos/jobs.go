package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"awil/internal/checkout"
	"awil/internal/orders"
	"awil/internal/payments"
)

// job is one in the queue, which is worked here as the queue itself works it:
// at least once. A job whose worker dies stays where it is until somebody
// finds it; one that fails is tried again later.
type job struct {
	ID          int64
	Kind        string
	Args        json.RawMessage
	MaxAttempts int
}

const (
	stuckFor = time.Hour        // until a job of a dead worker is found, as the queue does
	retryIn  = 10 * time.Second // the least the queue waits before it tries again, about
)

const sqlJobs = `/* chaos.jobs */
select id, kind, args, max_attempts::int as max_attempts from river_job
where state in ('available', 'retryable', 'pending') or state = 'scheduled' and scheduled_at <= $1 order by id`

// due lists the jobs that could be begun now.
func (s *schedule) due(ctx context.Context) ([]job, error) {
	all, err := rowsOf[job](ctx, s.lab, sqlJobs, s.now())
	return s.free(all), err
}

// free leaves out the jobs that somebody works on, or did until it died.
func (s *schedule) free(all []job) []job {
	now := s.now()
	s.hold(func() {
		all = slices.DeleteFunc(all, func(j job) bool {
			until, waits := s.stuck[j.ID]
			return waits && now.Before(until) || s.worked(j.ID)
		})
	})
	return all
}

// worked reports whether some process is at work on a job.
func (s *schedule) worked(id int64) bool {
	return slices.ContainsFunc(s.processes, func(p *process) bool { return p.jobs[id] })
}

// work is what a job of each kind does. A kind without a line fails the
// schedule: whoever adds one says here what it is.
func (s *schedule) work(p *process, j job) (func(context.Context) error, error) {
	switch j.Kind {
	case payments.SettleArgs{}.Kind():
		args, err := argsOf[payments.SettleArgs](j)
		return func(ctx context.Context) error { return p.checkout.Settle(ctx, args) }, err
	case letterKind:
		args, err := argsOf[orders.LetterArgs](j)
		return func(ctx context.Context) error { return p.checkout.Write(ctx, args, write) }, err
	case sendRefundKind:
		args, err := argsOf[struct {
			RefundID int64 `json:"refund_id"`
		}](j)
		return func(ctx context.Context) error { return p.checkout.SendRefund(ctx, args.RefundID) }, err
	case mailKind:
		return func(context.Context) error { return nil }, nil
	}
	return nil, fmt.Errorf("chaos: nobody knows jobs of kind %s", j.Kind)
}

const (
	mailKind       = "mail"
	letterKind     = "order_letter"
	sendRefundKind = "refund_send"
)

// write is a letter nobody reads.
func write(context.Context, checkout.Mail) (checkout.Written, error) {
	return checkout.Written{Subject: "subject", Text: "text"}, nil
}

func argsOf[T any](j job) (args T, err error) {
	err = json.Unmarshal(j.Args, &args)
	return args, err
}

const (
	sqlJobDone  = `/* chaos.job_done */ delete from river_job where id = $1`
	sqlNotDone  = `/* chaos.jobs_left_out */ delete from river_job where id = any ($1)`
	sqlSendMail = `/* chaos.send_mail */ delete from river_job where kind = $1 and state <> 'running'`
	sqlJobFails = `/* chaos.job_fails */ update river_job set state = case when $2 then 'discarded' else 'retryable' end::river_job_state, finalized_at = case when $2 then now() end where id = $1`
)

// beginJob lets the worker begin a job.
func (s *schedule) beginJob(ctx context.Context, p *process, j job) error {
	do, err := s.work(p, j)
	if err != nil {
		return err
	}
	s.hold(func() {
		s.tries[j.ID]++
		delete(s.stuck, j.ID)
		p.jobs[j.ID] = true
	})
	name := fmt.Sprintf("job %d %s", j.ID, j.Kind)
	if j.Kind != mailKind { // a letter names its order by a code drawn by chance
		name += " " + string(j.Args)
	}
	life := p.lives
	s.enter(ctx, p, name, do, func(a *actor) {
		if p.lives != life || !a.ended { // found when its time has come
			s.hold(func() { s.stuck[j.ID] = s.now().Add(stuckFor) })
			return
		}
		if err := s.jobEnded(ctx, j, a); err != nil {
			s.report(err)
		}
		s.hold(func() { delete(p.jobs, j.ID) })
	})
	return nil
}

func (s *schedule) jobEnded(ctx context.Context, j job, a *actor) error {
	if a.err == nil {
		_, err := s.lab.look.Exec(ctx, sqlJobDone, j.ID)
		return err
	}
	discarded := false
	s.hold(func() {
		s.stuck[j.ID] = s.now().Add(retryIn)
		discarded = s.tries[j.ID] >= j.MaxAttempts
	})
	if discarded {
		s.report(fmt.Errorf("job %s %s was given up: %w", j.Kind, j.Args, a.err))
	}
	_, err := s.lab.look.Exec(ctx, sqlJobFails, j.ID, discarded)
	return err
}
