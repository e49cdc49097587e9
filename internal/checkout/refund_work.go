package checkout

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/errs"
	"awil/internal/payments"
)

// followArgs is the job that asks providers about money under way.
type followArgs struct{}

// Kind names the job.
func (followArgs) Kind() string { return "checkout_follow" }

// InsertOpts tries once: the clock brings the next.
func (followArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// overdueArgs is the job that looks after what takes days: requests, slow
// refunds, disputes.
type overdueArgs struct{}

// Kind names the job.
func (overdueArgs) Kind() string { return "checkout_overdue" }

// InsertOpts tries once: the clock brings the next.
func (overdueArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// feesArgs is the job that asks what providers kept of money that moved days
// ago.
type feesArgs struct{}

// Kind names the job.
func (feesArgs) Kind() string { return "checkout_fees" }

// InsertOpts tries once: the clock brings the next.
func (feesArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// How long after its reason something is asked for how often: what did not come
// soon will hardly come in the next two minutes.
const (
	askedOften  = time.Hour      // by Follow
	askedHourly = 24 * time.Hour // by FollowOverdue; then people are told, or it is asked daily
)

// Follow asks the providers for refunds they have not begun and about what they
// kept of money that has just moved, so that neither depends on a message or a
// job that was lost.
func (s *Service) Follow(ctx context.Context) error {
	now := s.now()
	return errors.Join(
		s.followRefunds(ctx, false, now.Add(-askedOften), now.Add(-settling)),
		s.followFees(ctx, askedOften),
	)
}

// FollowOverdue writes down which requests have lapsed, and asks for refunds
// that were not begun when Follow asked, about those that banks take days for,
// what was kept of money that moved today, and disputes that should have been
// answered.
func (s *Service) FollowOverdue(ctx context.Context) error {
	now := s.now()
	_, err := s.LapseRequests(ctx)
	return errors.Join(
		err,
		s.followRefunds(ctx, false, time.Time{}, now.Add(-askedOften)),
		s.followRefunds(ctx, true, time.Time{}, now.Add(-settling)),
		s.followFees(ctx, askedHourly),
		s.FollowDisputes(ctx),
	)
}

// settleSubject acts on a message about a refund, a dispute or a charge, and
// notes what came of it.
func (s *Service) settleSubject(ctx context.Context, args payments.SettleArgs) error {
	result, err := s.subjectChanged(ctx, args)
	switch {
	case errors.Is(err, errs.NotFound):
		result = ResultUnknown
	case err != nil:
		return err
	}
	return s.payments().EventHandled(ctx, args.Provider, args.EventID, string(result))
}

func (s *Service) subjectChanged(ctx context.Context, args payments.SettleArgs) (Result, error) {
	switch args.Subject {
	case payments.AboutRefund:
		return s.RefundChanged(ctx, args.Provider, args.SubjectRef)
	case payments.AboutDispute:
		return s.DisputeChanged(ctx, args.Provider, args.SubjectRef)
	}
	if args.PaymentID == 0 {
		return ResultUnknown, nil
	}
	attempt, err := s.payments().ByID(ctx, args.PaymentID)
	if err != nil || attempt.Provider != args.Provider {
		return ResultUnknown, ignore(err, errs.NotFound)
	}
	return s.ReadFees(ctx, args.PaymentID)
}
