package checkout

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/errs"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/mail"
)

// expireArgs is the job that ends overdue orders.
type expireArgs struct{}

// Kind names the job.
func (expireArgs) Kind() string { return "checkout_expire" }

// InsertOpts tries once: the clock brings the next.
func (expireArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// reconcileArgs is the job that asks providers about open payments.
type reconcileArgs struct{}

// Kind names the job.
func (reconcileArgs) Kind() string { return "checkout_reconcile" }

// InsertOpts tries once: the clock brings the next.
func (reconcileArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// completeArgs is the job that completes orders that stayed delivered.
type completeArgs struct{}

// Kind names the job.
func (completeArgs) Kind() string { return "checkout_complete" }

// InsertOpts tries once: the clock brings the next.
func (completeArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// releaseArgs is the job that makes earnings payable.
type releaseArgs struct{}

// Kind names the job.
func (releaseArgs) Kind() string { return "checkout_release" }

// InsertOpts tries once: the clock brings the next.
func (releaseArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// Workers registers the work of orders and payments: acting on providers'
// messages, ending overdue orders, asking about open payments, writing letters
// with write, sending them through sender; nil enqueues them all.
func Workers(w *river.Workers, s *Service, write Writer, sender mail.Sender) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[payments.SettleArgs]) error {
		return s.Settle(ctx, job.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[expireArgs]) error {
		_, err := s.Expire(ctx)
		return err
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[reconcileArgs]) error {
		return s.Reconcile(ctx)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[completeArgs]) error {
		_, err := s.Complete(ctx)
		return err
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[releaseArgs]) error {
		_, err := s.ReleaseEarnings(ctx)
		return err
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[sendRefundArgs]) error {
		return s.SendRefund(ctx, job.Args.RefundID)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[followArgs]) error {
		return s.Follow(ctx)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[overdueArgs]) error {
		return s.FollowOverdue(ctx)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[feesArgs]) error {
		return s.FollowFees(ctx)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[orders.LetterArgs]) error {
		return s.deliver(ctx, job.Args, write, sender)
	}))
}

// timedEvery is how often what time alone decides is written down. Nobody waits
// for it: whoever reads an order knows already.
const timedEvery = 10 * time.Minute

// Periodic lists the work that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		jobs.Every(time.Minute, expireArgs{}),
		jobs.Every(settling, reconcileArgs{}),
		jobs.Every(timedEvery, completeArgs{}),
		jobs.Every(timedEvery, releaseArgs{}),
		jobs.Every(settling, followArgs{}),
		jobs.Every(askedOften, overdueArgs{}),
		jobs.Every(askedHourly, feesArgs{}),
	}
}

// Settle acts on one stored message and notes what came of it. What cannot be
// done now is done later.
func (s *Service) Settle(ctx context.Context, args payments.SettleArgs) error {
	if args.Subject != payments.AboutAttempt {
		return s.settleSubject(ctx, args)
	}
	ref, err := s.refOfEvent(ctx, args)
	if err != nil {
		return err
	}
	if ref == "" {
		return s.payments().EventHandled(ctx, args.Provider, args.EventID, "ignored")
	}
	result, err := s.PaymentConfirmed(ctx, args.Provider, ref)
	switch {
	case errors.Is(err, errs.NotFound):
		result = ResultUnknown
	case err != nil:
		return err
	}
	return s.payments().EventHandled(ctx, args.Provider, args.EventID, string(result))
}

// refOfEvent returns which attempt a message is about; some messages know only
// our own number of it, others are about something else.
func (s *Service) refOfEvent(ctx context.Context, args payments.SettleArgs) (string, error) {
	if args.ProviderRef != "" || args.PaymentID == 0 {
		return args.ProviderRef, nil
	}
	attempt, err := s.payments().ByID(ctx, args.PaymentID)
	return attempt.Ref(), ignore(err, errs.NotFound)
}
