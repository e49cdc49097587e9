package checkout

import (
	"context"
	"fmt"
	"strings"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
)

const maxCancelReason = 500

// CancelParcelByStaff ends one parcel of an order that is paid at the door, for
// a reason that staff give (1 … 500 characters): nobody has packed it, and the
// rest of the order goes on. Its goods go into stock again; with the last parcel
// that was waited for, the order is paid with what was taken, or cancelled.
// The buyer is written to, with the reason.
// ErrPacked if it has been packed, errs.Invalid for an order that is paid
// before it is sent: there a refund takes the parcel out. Saying it again
// changes nothing.
func (s *Service) CancelParcelByStaff(ctx context.Context, accountID, parcelID int64, reason string) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	actor := orders.Actor{Kind: orders.Staff, AccountID: accountID}
	err = s.inTx(ctx, func(p parts) error {
		o, parcel, err := p.orders.LockParcel(ctx, parcelID, 0)
		switch {
		case err != nil || parcel.Status == orders.ParcelCancelled:
			return err
		case o.PaymentMethod != markets.COD:
			return errs.E(errs.Invalid, "it is not paid in cash")
		case parcel.Status != orders.ParcelToPack:
			return ErrPacked
		}
		return s.leaveOut(ctx, p, o, parcel, reason, actor)
	})
	if err != nil {
		return fmt.Errorf("cancel parcel %d: %w", parcelID, err)
	}
	return nil
}

func (s *Service) leaveOut(ctx context.Context, p parts, o orders.Whole, parcel orders.Parcel, reason string, actor orders.Actor) error {
	if _, err := p.orders.Drop(ctx, &o.Order, parcel, reason, actor); err != nil {
		return err
	}
	goods, err := p.orders.Restock(ctx, parcel.ID)
	if err != nil {
		return err
	}
	if err := s.settleCash(ctx, p, &o.Order, orders.Written(reason), actor); err != nil {
		return err
	}
	if err := s.giveBack(ctx, p, goods); err != nil {
		return err
	}
	if o.Status != orders.Cancelled { // else the buyer is written to about all of it
		if err := s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterParcelOff, OrderID: o.ID, ParcelID: parcel.ID}); err != nil {
			return err
		}
	}
	return accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: actor.AccountID, Action: "parcel.cancelled", SubjectKind: "parcel", SubjectID: parcel.ID,
		Detail: map[string]any{"order": o.Label(), "reason": reason},
	})
}

// reasoned is what staff gave as a reason, or what is wrong with it.
func reasoned(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	bad := &errs.Fields{}
	need(bad, "reason", reason, maxCancelReason)
	return reason, bad.Err()
}
