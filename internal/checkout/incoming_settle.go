package checkout

import (
	"context"
	"errors"
	"fmt"

	"awil/internal/errs"
	"awil/internal/orders"
	"awil/internal/payments"
)

// Perform takes the money of a transaction and makes its order stand; see
// payments.Incoming. An order that is over, or was paid otherwise, takes none:
// the transaction is cancelled, and the provider keeps the buyer's money where
// it is.
func (s *Service) Perform(ctx context.Context, provider payments.Provider, ref string) (payments.Transaction, error) {
	var refused error
	t, err := s.onTransaction(ctx, provider, ref, func(p parts, o orders.Order, attempt payments.Payment, t payments.Transaction) (_ payments.Transaction, err error) {
		refused = nil
		switch {
		case t.State == payments.TransactionPerformed:
			return t, nil
		case t.State != payments.TransactionCreated:
			refused = payments.ErrTransactionOver
			return t, nil
		case !t.ExpiresAt.After(s.now()):
			refused = payments.ErrTransactionOver
			return s.dropped(ctx, p, attempt, func() (payments.Transaction, error) { return s.timeOut(ctx, p, t) })
		case o.Status != orders.Placed:
			refused = payments.ErrTransactionOver
			return s.dropped(ctx, p, attempt, func() (payments.Transaction, error) {
				return s.drop(ctx, p, t, int(payments.ReasonRefused))
			})
		}
		return s.perform(ctx, p, o, attempt, t)
	})
	if err == nil {
		err = refused
	}
	return t, err
}

func (s *Service) perform(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, t payments.Transaction) (payments.Transaction, error) {
	result, err := s.received(ctx, p, o, attempt, t.Amount(), orders.Actor{Kind: orders.Provider})
	if err != nil {
		return t, err
	}
	if result != ResultPaid { // then nothing is booked, and no money taken
		return t, errs.E(errs.Internal, fmt.Sprintf("transaction %s came to %s", t.Ref, result))
	}
	return p.payments.MoveTransaction(ctx, t, payments.TransactionPerformed, s.now(), nil)
}

// Drop cancels a transaction that was not performed; see payments.Incoming.
func (s *Service) Drop(ctx context.Context, provider payments.Provider, ref string, reason int) (payments.Transaction, error) {
	return s.onTransaction(ctx, provider, ref, func(p parts, _ orders.Order, attempt payments.Payment, t payments.Transaction) (payments.Transaction, error) {
		if now := t.At(s.now()); now.State != payments.TransactionCreated {
			return now, nil
		}
		return s.dropped(ctx, p, attempt, func() (payments.Transaction, error) { return s.drop(ctx, p, t, reason) })
	})
}

// Undo cancels a transaction or gives its money back; see payments.Incoming.
func (s *Service) Undo(ctx context.Context, provider payments.Provider, ref string, reason int) (payments.Transaction, error) {
	t, err := s.Drop(ctx, provider, ref, reason)
	if err != nil || t.State != payments.TransactionPerformed {
		return t, err
	}
	return s.onTransaction(ctx, provider, ref, func(p parts, o orders.Order, attempt payments.Payment, t payments.Transaction) (payments.Transaction, error) {
		if t.State != payments.TransactionPerformed {
			return t, nil
		}
		now := s.now()
		if err := s.reversedByProvider(ctx, p, o, attempt, now); err != nil {
			return t, cannotReverse(err)
		}
		return p.payments.MoveTransaction(ctx, t, payments.TransactionReversed, now, &reason)
	})
}

// cannotReverse tells a provider no where goods or money have gone too far.
// Another conflict is ours, and over when the provider asks again.
func cannotReverse(err error) error {
	if errors.Is(err, ErrShipped) || errors.Is(err, ErrRefundGone) || errors.Is(err, ErrDisputed) {
		return fmt.Errorf("%w: %w", payments.ErrCannotBeReversed, err)
	}
	return err
}

func (s *Service) drop(ctx context.Context, p parts, t payments.Transaction, reason int) (payments.Transaction, error) {
	return p.payments.MoveTransaction(ctx, t, payments.TransactionCancelled, s.now(), &reason)
}

// dropped cancels a transaction and lets the order's page say that nothing was
// paid.
func (s *Service) dropped(ctx context.Context, p parts, attempt payments.Payment, cancel func() (payments.Transaction, error)) (payments.Transaction, error) {
	t, err := cancel()
	if err != nil {
		return t, err
	}
	return t, p.payments.Refused(ctx, attempt.ID, payments.FailureUnfinished)
}

// onTransaction runs f with a transaction, its order and its attempt locked.
func (s *Service) onTransaction(ctx context.Context, provider payments.Provider, ref string,
	f func(p parts, o orders.Order, attempt payments.Payment, t payments.Transaction) (payments.Transaction, error)) (payments.Transaction, error) {
	var t payments.Transaction
	err := s.inTx(ctx, func(p parts) (err error) {
		if t, err = p.payments.Transaction(ctx, provider, ref); err != nil {
			return err
		}
		o, err := p.orders.Lock(ctx, t.OrderID)
		if err != nil {
			return err
		}
		attempt, err := p.payments.Lock(ctx, t.PaymentID)
		if err != nil {
			return err
		}
		if t, err = p.payments.LockTransaction(ctx, t.ID); err != nil {
			return err
		}
		t, err = f(p, o, attempt, t)
		return err
	})
	if err != nil {
		return t, fmt.Errorf("transaction %s of %s: %w", ref, provider, err)
	}
	return t, nil
}
