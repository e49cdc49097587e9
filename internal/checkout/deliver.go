package checkout

import (
	"context"
	"fmt"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
)

// ArrivedForBuyer says, on the page of a private link, that a parcel has come.
// A parcel of another order is errs.NotFound.
func (s *Service) ArrivedForBuyer(ctx context.Context, token string, parcelID int64) error {
	in := orders.New(s.DB, s.Queue, s.Clock)
	if err := in.Mine(ctx, token, parcelID); err != nil {
		return err
	}
	return s.arrived(ctx, parcelID, orders.Actor{Kind: orders.Buyer})
}

// ArrivedForStaff says for the programme that a parcel has come.
func (s *Service) ArrivedForStaff(ctx context.Context, accountID, parcelID int64) error {
	return s.arrived(ctx, parcelID, orders.Actor{Kind: orders.Staff, AccountID: accountID})
}

// arrived moves the parcel, and nothing else: whoever says that goods have
// come cannot say that their cash has.
func (s *Service) arrived(ctx context.Context, parcelID int64, actor orders.Actor) error {
	if err := orders.New(s.DB, s.Queue, s.Clock).Deliver(ctx, parcelID, actor); err != nil {
		return fmt.Errorf("parcel %d arrived: %w", parcelID, err)
	}
	return nil
}

// CashDue reports whether an order's cash is on its way to the programme: its
// parcels have left, and nobody has said that it has come.
func CashDue(o orders.Order) bool {
	return o.PaymentMethod == markets.COD && o.PaidAt == nil && (o.Status == orders.Shipped || o.Status == orders.Delivered)
}

// CashReceived says that the programme has the cash for an order in full.
// Whoever calls has made sure that the account may say so (staff). Saying it
// again changes nothing; an order whose cash is not due is errs.Conflict, one
// that is not paid in cash errs.Invalid.
func (s *Service) CashReceived(ctx context.Context, accountID, orderID int64) (Result, error) {
	result := ResultAlready
	err := s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, orderID)
		if err != nil {
			return err
		}
		switch {
		case o.PaymentMethod != markets.COD:
			return errs.E(errs.Invalid, "it is not paid in cash")
		case o.PaidAt != nil:
			return nil
		case !CashDue(o):
			return errs.E(errs.Conflict, "its goods have not left")
		}
		result = ResultPaid
		return s.bookCash(ctx, p, o, accountID)
	})
	if err != nil {
		return "", fmt.Errorf("cash for order %d: %w", orderID, err)
	}
	return result, nil
}

func (s *Service) bookCash(ctx context.Context, p parts, o orders.Order, accountID int64) error {
	attempt, err := p.payments.ByRef(ctx, payments.ProviderCOD, o.Reference)
	if err != nil {
		return err
	}
	if attempt, err = p.payments.Lock(ctx, attempt.ID); err != nil {
		return err
	}
	if _, err := p.payments.Succeed(ctx, attempt.ID, false); err != nil {
		return err
	}
	if err := p.orders.CashIn(ctx, &o, orders.Actor{Kind: orders.Staff, AccountID: accountID}); err != nil {
		return err
	}
	return accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: accountID, Action: "order.cash_received", SubjectKind: "order", SubjectID: o.ID,
		Detail: map[string]any{"order": o.Label(), "amount": o.Total().String()},
	})
}
