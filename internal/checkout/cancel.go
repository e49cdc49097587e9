package checkout

import (
	"context"
	"errors"
	"fmt"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
)

// CancelByBuyer ends the order of a private link while it is not paid, or is
// to be paid in cash and nobody has packed it. ErrPaid, ErrPacked or ErrOver
// say why it cannot be; kind Unavailable that the payment provider must be
// asked first and does not answer. A cancelled order stays cancelled, without
// an error.
func (s *Service) CancelByBuyer(ctx context.Context, token string) error {
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByToken(ctx, token, i18n.EN)
	if err != nil {
		return err
	}
	return s.cancel(ctx, o, orders.Reason{Fact: orders.FactByBuyer}, buyer(o.AccountID))
}

// CancelByStaff ends an unpaid or unpacked order for a reason that staff give,
// as CancelByBuyer does.
func (s *Service) CancelByStaff(ctx context.Context, accountID, orderID int64, reason string) error {
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByID(ctx, orderID, i18n.EN)
	if err != nil {
		return err
	}
	return s.cancel(ctx, o, orders.Written(reason), orders.Actor{Kind: orders.Staff, AccountID: accountID})
}

func (s *Service) cancel(ctx context.Context, o orders.Whole, reason orders.Reason, actor orders.Actor) error {
	const tries = 3 // a buyer may begin to pay again while we close what she had begun
	var err error
	for range tries {
		if o.Stored == orders.Placed {
			if err := s.closeAttempts(ctx, o, payments.Cancelled); err != nil {
				return err
			}
		}
		err = s.inTx(ctx, func(p parts) error { return s.cancelIn(ctx, p, o.ID, reason, actor) })
		if !errors.Is(err, errBegun) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("cancel order %d: %w", o.ID, err)
	}
	return nil
}

// errBegun means that an attempt to pay was begun meanwhile.
var errBegun = errs.E(errs.Conflict, "checkout: an attempt to pay has just been begun")

func (s *Service) cancelIn(ctx context.Context, p parts, id int64, reason orders.Reason, actor orders.Actor) error {
	o, err := p.orders.Lock(ctx, id)
	if err != nil || o.Status == orders.Cancelled {
		return err
	}
	if err := s.cancellable(ctx, p, o); err != nil {
		return err
	}
	held, err := p.orders.Cancel(ctx, &o, reason, actor)
	if err != nil {
		return err
	}
	if err := s.end(ctx, p, o, held, payments.Cancelled, orders.LetterCancelled); err != nil {
		return err
	}
	if actor.Kind != orders.Staff {
		return nil
	}
	return accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: actor.AccountID, Action: "order.cancelled", SubjectKind: "order", SubjectID: id,
		Detail: map[string]any{"order": o.Label(), "reason": reason.Words},
	})
}

func (s *Service) cancellable(ctx context.Context, p parts, o orders.Order) error {
	switch {
	case o.PaidAt != nil:
		return ErrPaid
	case o.Status == orders.Expired:
		return ErrOver
	case o.Status != orders.Placed:
		return ErrPacked
	}
	open, err := s.openOnline(ctx, p.payments, o.ID)
	if err == nil && len(open) > 0 {
		return errBegun
	}
	if err != nil {
		return err
	}
	untouched, err := p.orders.Untouched(ctx, o.ID)
	if err == nil && !untouched {
		return ErrPacked
	}
	return err
}
