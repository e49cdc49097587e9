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
	reconcileAtOnce = 1000 // more than a round has time for
	// askingFor is how long after its end an attempt is asked about whose
	// provider answers and does not say how it ended. A late message still
	// counts. No answer at all says nothing, however late: after an outage of
	// days the first call may be the one that is lost.
	askingFor = 3 * 24 * time.Hour
	// After that much longer, and so many questions in a row without an answer,
	// an attempt is asked about only so often, and staff read of it about once
	// a day.
	patientAsks = 3
	seldom      = time.Hour
	asksADay    = int(24 * time.Hour / seldom)
)

// Reconcile asks the providers about every attempt that is still open, so that
// an order is settled even if no message ever came. Attempts of orders that
// are no longer to be paid are ended at their provider. When its time is over
// before all were asked about, the next round begins with those that the
// providers answer about.
func (s *Service) Reconcile(ctx context.Context) error {
	now := s.now()
	open, err := s.payments().OpenOnline(ctx, payments.Asking{
		MadeBefore: now.Add(-settling), EndedBefore: now.Add(-askingFor), LastBefore: now.Add(-seldom), Patience: patientAsks, Limit: reconcileAtOnce,
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, attempt := range open {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(failed, err)...)
		}
		if err := s.reconcile(ctx, attempt); err != nil {
			failed = append(failed, fmt.Errorf("reconcile payment %d: %w", attempt.ID, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) reconcile(ctx context.Context, attempt payments.Payment) error {
	ref := attempt.Ref()
	if ref == "" {
		var err error
		if ref, err = s.nameless(ctx, attempt); err != nil || ref == "" {
			return err
		}
	}
	if _, online := s.Gateways.Of(attempt.Provider); !online {
		return nil
	}
	result, err := s.PaymentConfirmed(ctx, attempt.Provider, ref)
	answered := err == nil || errs.KindOf(err) == errs.NotFound
	if !answered {
		return errors.Join(err, s.noAnswer(ctx, attempt, err))
	}
	if attempt.Unanswered > 0 {
		if err := s.payments().Answered(ctx, attempt.ID); err != nil {
			return err
		}
	}
	switch {
	case err == nil && result != ResultOpen:
		return nil
	case attempt.ExpiresAt != nil && s.now().Sub(*attempt.ExpiresAt) > askingFor:
		s.Log.ErrorContext(ctx, "a provider never said how an attempt to pay ended", "payment", attempt.ID, "order", attempt.OrderID, "error", err)
		return s.payments().Close(ctx, attempt.ID, payments.Expired, "")
	case err != nil:
		return nil // not known there yet
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

// nameless returns what the provider calls an attempt whose name we never
// learnt, once it is over; it is closed if the provider has none such.
func (s *Service) nameless(ctx context.Context, attempt payments.Payment) (ref string, err error) {
	if attempt.ExpiresAt == nil || s.now().Sub(*attempt.ExpiresAt) <= grace {
		return "", nil
	}
	if gateway, online := s.Gateways.Of(attempt.Provider); online {
		o, err := orders.New(s.DB, s.Queue, s.Clock).ByID(ctx, attempt.OrderID, i18n.EN)
		if err != nil {
			return "", err
		}
		found, err := s.lookFor(ctx, gateway, o, attempt)
		if err != nil {
			return "", errors.Join(err, s.noAnswer(ctx, attempt, err))
		}
		if found.ProviderRef != "" {
			return found.ProviderRef, nil
		}
	}
	return "", s.payments().Close(ctx, attempt.ID, payments.Expired, "")
}

// noAnswer notes that a provider did not answer, even where the time of the
// round ended meanwhile: the next round begins elsewhere.
func (s *Service) noAnswer(ctx context.Context, attempt payments.Payment, problem error) error {
	times, err := s.payments().Unanswered(context.WithoutCancel(ctx), attempt.ID)
	if err != nil {
		return err
	}
	long := attempt.ExpiresAt != nil && s.now().Sub(*attempt.ExpiresAt) > askingFor
	if long && times%asksADay == patientAsks {
		s.Log.ErrorContext(ctx, "a provider does not answer how an attempt to pay ended: look there", "provider", attempt.Provider,
			"payment", attempt.ID, "order", attempt.OrderID, "times", times, "error", problem)
	}
	return nil
}
