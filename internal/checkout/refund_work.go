package checkout

import (
	"context"
	"errors"

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

// Follow asks the providers for refunds they have not begun and about what they
// kept, so that neither depends on a message or a job that was lost.
func (s *Service) Follow(ctx context.Context) error {
	return errors.Join(s.FollowRefunds(ctx, false), s.FollowFees(ctx))
}

// FollowOverdue writes down which requests have lapsed, and asks about refunds
// that banks take days for and disputes that should have been answered.
func (s *Service) FollowOverdue(ctx context.Context) error {
	_, err := s.LapseRequests(ctx)
	return errors.Join(err, s.FollowRefunds(ctx, true), s.FollowDisputes(ctx))
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
