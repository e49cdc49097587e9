package checkout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
)

const (
	// settling is how long an attempt is left to its webhooks before we ask.
	settling        = 2 * time.Minute
	reconcileAtOnce = 100
	// askingFor is how long after its end an attempt is asked about whose
	// provider answers and does not say how it ended. A late message still
	// counts. No answer at all says nothing, however late: after an outage of
	// days the first call may be the one that is lost.
	askingFor = 3 * 24 * time.Hour
)

// Reconcile asks the providers about every attempt that is still open, so that
// an order is settled even if no message ever came. Attempts of orders that
// are no longer to be paid are ended at their provider.
func (s *Service) Reconcile(ctx context.Context) error {
	var failed []error
	after := int64(0)
	for {
		open, err := s.payments().OpenOnline(ctx, s.now().Add(-settling), after, reconcileAtOnce)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, attempt := range open {
			after = attempt.ID
			if err := s.reconcile(ctx, attempt); err != nil {
				failed = append(failed, fmt.Errorf("reconcile payment %d: %w", attempt.ID, err))
			}
		}
		if len(open) < reconcileAtOnce || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
}

func (s *Service) reconcile(ctx context.Context, attempt payments.Payment) error {
	over := attempt.ExpiresAt != nil && s.now().Sub(*attempt.ExpiresAt) > grace
	if attempt.Ref() == "" {
		if over { // its page was never known, so nobody can have paid it
			return s.payments().Close(ctx, attempt.ID, payments.Expired, "")
		}
		return nil
	}
	if _, online := s.Gateways.Of(attempt.Provider); !online {
		return nil
	}
	result, err := s.PaymentConfirmed(ctx, attempt.Provider, attempt.Ref())
	answered := err == nil || errs.KindOf(err) == errs.NotFound
	switch {
	case err == nil && result != ResultOpen:
		return nil
	case answered && attempt.ExpiresAt != nil && s.now().Sub(*attempt.ExpiresAt) > askingFor:
		s.Log.ErrorContext(ctx, "a provider never said how an attempt to pay ended", "payment", attempt.ID, "order", attempt.OrderID, "error", err)
		return s.payments().Close(ctx, attempt.ID, payments.Expired, "")
	case err != nil:
		return ignore(err, errs.NotFound)
	}
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByID(ctx, attempt.OrderID, i18n.EN)
	if err != nil || o.Stored == orders.Placed {
		return err
	}
	if err := s.closeAttempt(ctx, o, attempt); err != nil {
		if errors.Is(err, ErrPaid) {
			return nil
		}
		return err
	}
	return s.payments().Close(ctx, attempt.ID, payments.Cancelled, "")
}
