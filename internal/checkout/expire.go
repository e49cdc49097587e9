package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
)

const expireAtOnce = 100

// Expire ends the unpaid orders whose time is over and gives their goods back.
// One that turns out to have been paid is settled instead. It returns how many
// it ended; orders it could not end now are in the error and are tried again
// next time.
func (s *Service) Expire(ctx context.Context) (int, error) {
	list := orders.New(s.DB, s.Queue, s.Clock)
	var failed []error
	ended, after := 0, int64(0)
	for {
		ids, err := list.Overdue(ctx, after, expireAtOnce)
		if err != nil {
			return ended, errors.Join(append(failed, err)...)
		}
		for _, id := range ids {
			after = id
			done, err := s.expireOne(ctx, id)
			if err != nil {
				failed = append(failed, fmt.Errorf("expire order %d: %w", id, err))
			} else if done {
				ended++
			}
		}
		if len(ids) < expireAtOnce || ctx.Err() != nil {
			return ended, errors.Join(failed...)
		}
	}
}

// expireOne ends one order if it is overdue and nobody has paid it.
func (s *Service) expireOne(ctx context.Context, id int64) (done bool, err error) {
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByID(ctx, id, i18n.EN)
	if err != nil || !s.overdue(o.Order) {
		return false, err
	}
	err = s.closeAttempts(ctx, o, payments.Expired)
	late := s.now().Sub(*o.ExpiresAt) > patience
	switch {
	case errors.Is(err, ErrPaid):
		return false, nil
	case errs.KindOf(err) == errs.Unavailable && late:
	case err != nil:
		return false, err
	}
	err = s.inTx(ctx, func(p parts) error {
		done = false
		o, err := p.orders.Lock(ctx, id)
		if err != nil {
			return err
		}
		if !s.overdue(o) {
			return nil // paid, cancelled or given more time meanwhile
		}
		held, err := p.orders.Expire(ctx, &o)
		if err != nil {
			return err
		}
		done = true
		return s.end(ctx, p, o, held, payments.Expired, orders.LetterExpired)
	})
	return done && err == nil, err
}

// overdue reports whether an order waits for money and has waited long enough.
func (s *Service) overdue(o orders.Order) bool {
	return o.Stored == orders.Placed && o.ExpiresAt != nil && !o.ExpiresAt.After(s.now())
}

// end gives an ended order's goods back, ends its attempts as far as that is
// for us to say, and writes to people.
func (s *Service) end(ctx context.Context, p parts, o orders.Order, held []orders.Held, as payments.State, letter orders.Letter) error {
	if err := s.giveBack(ctx, p, held); err != nil {
		return err
	}
	if err := p.payments.CloseAll(ctx, o.ID, as); err != nil {
		return err
	}
	return s.letter(ctx, p, letter, o.ID)
}

// closeAttempts makes sure that no attempt of an order that is open now can be
// paid any more. ErrPaid if one has been; it is settled then.
func (s *Service) closeAttempts(ctx context.Context, o orders.Whole, as payments.State) error {
	open, err := s.openOnline(ctx, s.payments(), o.ID)
	if err != nil {
		return err
	}
	for _, attempt := range open {
		if err := s.closeAttempt(ctx, o, attempt); err != nil {
			return err
		}
		if err := s.payments().Close(ctx, attempt.ID, as, ""); err != nil {
			return err
		}
	}
	return nil
}

// openOnline lists the open attempts of an order that its buyer could pay.
func (s *Service) openOnline(ctx context.Context, in *payments.Service, orderID int64) ([]payments.Payment, error) {
	all, err := in.OfOrder(ctx, orderID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p payments.Payment) bool {
		_, online := s.Gateways.Of(p.Provider)
		return !online || p.Status != payments.Open
	}), nil
}

func (s *Service) closeAttempt(ctx context.Context, o orders.Whole, attempt payments.Payment) error {
	gateway, _ := s.Gateways.Of(attempt.Provider)
	ref, err := s.refOf(ctx, gateway, o, attempt)
	if err != nil || ref == "" {
		return err
	}
	err = gateway.Expire(ctx, ref)
	if err == nil || errs.KindOf(err) != errs.Conflict {
		return ignore(err, errs.NotFound)
	}
	result, err := s.PaymentConfirmed(ctx, attempt.Provider, ref)
	switch {
	case err != nil:
		return err
	case result == ResultEnded, result == ResultAlready, result == ResultRefundDue:
		return nil // whether the order is paid, the order says
	case result == ResultOpen: // being processed: only the provider knows how it ends
		return errs.E(errs.Unavailable, "payment "+ref+" is being processed")
	}
	return ErrPaid
}

// refOf returns what the gateway calls an attempt. When the answer to our call
// was lost the same call brings it again; an attempt too old for that is looked
// for at the provider. Empty: it was never begun there, and will not be.
func (s *Service) refOf(ctx context.Context, gateway payments.Gateway, o orders.Whole, attempt payments.Payment) (string, error) {
	if attempt.Ref() != "" {
		return attempt.Ref(), nil
	}
	if attempt.ExpiresAt.After(s.now()) {
		started, err := gateway.Start(ctx, s.describe(o, attempt))
		if err == nil {
			_, err = s.payments().Started(ctx, attempt.ID, started)
			return started.ProviderRef, err
		}
		if !s.hopeless(attempt, err) {
			return "", err
		}
	}
	found, err := s.lookFor(ctx, gateway, o, attempt)
	return found.ProviderRef, err
}

// lookFor looks at the provider for an attempt whose name we never learnt, and
// writes it down; it has a page to pay on while it is open there and here.
// Nothing is found of one that was never begun, nor where the gateway itself
// gives the names.
func (s *Service) lookFor(ctx context.Context, gateway payments.Gateway, o orders.Whole, attempt payments.Payment) (payments.Started, error) {
	finder, finds := gateway.(payments.Finder)
	if !finds {
		return payments.Started{}, nil
	}
	found, err := finder.Find(ctx, s.describe(o, attempt))
	if err != nil {
		return payments.Started{}, ignore(err, errs.NotFound)
	}
	now, err := s.payments().Started(ctx, attempt.ID, found)
	if now != payments.Open {
		found.RedirectURL = ""
	}
	return found, err
}

// ignore drops an error of a kind that is fine here.
func ignore(err error, kind errs.Kind) error {
	if err != nil && errs.KindOf(err) == kind {
		return nil
	}
	return err
}

const (
	freeAtOnce = 20
	freeWithin = 5 * time.Second
)

// free ends overdue orders that hold what a buyer is short of. It reports
// whether any was ended; what fails is left to the clock's next round.
func (s *Service) free(ctx context.Context, short *ShortError) bool {
	ctx, cancel := context.WithTimeout(ctx, freeWithin)
	defer cancel()
	variants := make([]int64, len(short.Lines))
	for i, l := range short.Lines {
		variants[i] = l.VariantID
	}
	ids, err := orders.New(s.DB, s.Queue, s.Clock).OverdueHolding(ctx, variants, freeAtOnce)
	if err != nil {
		s.Log.WarnContext(ctx, "overdue orders could not be listed", "error", err)
		return false
	}
	freed := false
	for _, id := range ids {
		done, err := s.expireOne(ctx, id)
		if err != nil {
			s.Log.WarnContext(ctx, "overdue order could not be ended", "order", id, "error", err)
		}
		freed = freed || done
	}
	return freed
}
