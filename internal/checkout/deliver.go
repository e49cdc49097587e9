package checkout

import (
	"context"
	"fmt"

	"awil/internal/i18n"
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

// arrived moves the parcel; with the last one of an order paid in cash, the
// money has been taken.
func (s *Service) arrived(ctx context.Context, parcelID int64, actor orders.Actor) error {
	err := s.inTx(ctx, func(p parts) error {
		orderID, err := p.orders.Deliver(ctx, parcelID, actor)
		if err != nil {
			return err
		}
		o, err := p.orders.ByID(ctx, orderID, i18n.EN)
		if err != nil || o.Status != orders.Delivered {
			return err
		}
		all, err := p.payments.OfOrder(ctx, orderID)
		if err != nil {
			return err
		}
		for _, attempt := range all {
			if attempt.Provider == payments.ProviderCOD && attempt.Status == payments.Open {
				_, err = p.payments.Succeed(ctx, attempt.ID, false)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("parcel %d arrived: %w", parcelID, err)
	}
	return nil
}
