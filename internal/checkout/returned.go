package checkout

import (
	"context"
	"fmt"

	"awil/internal/accounts"
	"awil/internal/markets"
	"awil/internal/orders"
)

// ReturnedForStaff says for the programme that a parcel came back. Goods whose
// cash nobody took go into stock again if restock says that they are good; with
// the last such parcel the order is cancelled. What was paid for goes back by a
// refund, which also says what becomes of the goods. Saying it again changes
// nothing; a parcel that never left is errs.Conflict.
func (s *Service) ReturnedForStaff(ctx context.Context, accountID, parcelID int64, restock bool) error {
	actor := orders.Actor{Kind: orders.Staff, AccountID: accountID}
	err := s.inTx(ctx, func(p parts) error {
		o, parcel, err := p.orders.LockParcel(ctx, parcelID, 0)
		if err != nil {
			return err
		}
		moved, err := p.orders.Return(ctx, &o.Order, parcel, actor)
		if err != nil || !moved {
			return err
		}
		unpaid := o.PaymentMethod == markets.COD && parcel.Collector == ""
		if unpaid {
			err = s.refused(ctx, p, &o.Order, parcelID, restock, actor)
		}
		if err != nil {
			return err
		}
		return accounts.Audit(ctx, p.tx, accounts.Event{
			AccountID: accountID, Action: "parcel.returned", SubjectKind: "parcel", SubjectID: parcelID,
			Detail: map[string]any{"order": o.Label(), "restock": restock && unpaid},
		})
	})
	if err != nil {
		return fmt.Errorf("parcel %d came back: %w", parcelID, err)
	}
	return nil
}

// refused does what follows when a parcel was not taken at the door.
func (s *Service) refused(ctx context.Context, p parts, o *orders.Order, parcelID int64, restock bool, actor orders.Actor) error {
	var goods []orders.Held
	var err error
	if restock {
		if goods, err = p.orders.Restock(ctx, parcelID); err != nil {
			return err
		}
	}
	if err := s.settleCash(ctx, p, o, orders.Reason{Fact: orders.FactRefusedDoor}, actor); err != nil {
		return err
	}
	return s.giveBack(ctx, p, goods)
}
