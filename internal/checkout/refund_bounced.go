package checkout

import (
	"context"
	"errors"
	"time"

	"awil/internal/errs"
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

// stillSent asks about one. Of a provider that cannot be asked it stays sent.
func (s *Service) stillSent(ctx context.Context, r payments.Refund) error {
	attempt, err := s.payments().ByID(ctx, r.Payment())
	if err != nil {
		return err
	}
	_, err = s.RefundChanged(ctx, attempt.Provider, r.Ref())
	return ignore(err, errs.NotFound)
}
