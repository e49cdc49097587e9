package checkout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"awil/internal/payments"
)

// bounceWithin is how long after a refund was sent it may come back: Stripe's
// documentation of failed refunds names up to 30 days.
const bounceWithin = 31 * 24 * time.Hour

// followSent asks about each refund that was sent and may still come back from
// the buyer's bank: the message that it did may have been lost.
func (s *Service) followSent(ctx context.Context) error {
	var failed []error
	now, after := s.now(), int64(0)
	for {
		sent, err := s.payments().RefundsSentBetween(ctx, now.Add(-bounceWithin), now.Add(-settling), after, refundsAtOnce)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, r := range sent {
			after = r.ID
			failed = append(failed, s.stillSent(ctx, r))
		}
		if len(sent) < refundsAtOnce || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
}

// stillSent asks about one. Of providers that cannot be asked it stays sent.
func (s *Service) stillSent(ctx context.Context, r payments.Refund) error {
	attempt, err := s.payments().ByID(ctx, r.Payment())
	if err != nil {
		return err
	}
	refunder, can := s.refunder(attempt.Provider)
	if !can {
		return nil
	}
	outcome, err := refunder.LookupRefund(ctx, r.Ref())
	if err != nil {
		return fmt.Errorf("look up refund %s at %s: %w", r.Ref(), attempt.Provider, err)
	}
	if outcome.Status == payments.RefundArrived {
		return nil
	}
	return s.inTx(ctx, func(p parts) error {
		_, err := s.refundStands(ctx, p, r.OrderID, r.ID, outcome)
		return err
	})
}
