package checkout

import (
	"context"
	"fmt"

	"awil/internal/orders"
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
