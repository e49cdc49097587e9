package checkout

import (
	"context"

	"awil/internal/orders"
	"awil/internal/payments"
)

// refundUnexpected sends the money of an attempt back that pays for no order,
// in the transaction that booked it as unexpected: nobody is charged for
// nothing, whether or not somebody is at the desk. Calling it again changes
// nothing.
func (s *Service) refundUnexpected(ctx context.Context, p parts, o orders.Order, attempt payments.Payment) error {
	attempt, err := p.payments.ByID(ctx, attempt.ID) // as it is booked by now: another sum may have come
	if err != nil || attempt.Received().Sign() <= 0 {
		return err
	}
	n := payments.NewRefund{
		OrderID: o.ID, PaymentID: attempt.ID, Kind: payments.RefundUnexpected, Method: s.wayBack(attempt.Provider),
		Amount: attempt.Received(), Reason: payments.ReasonUnexpected,
	}
	id, err := p.payments.AddRefund(ctx, n)
	if err != nil || id == 0 {
		return err
	}
	return s.refundDecided(ctx, p, id, n)
}

// wayBack is how money goes back that a provider took: by itself if we can ask
// it to, else by hand.
func (s *Service) wayBack(provider payments.Provider) payments.RefundMethod {
	if _, can := s.refunder(provider); can {
		return payments.ByProvider
	}
	return payments.ByHand
}

func (s *Service) refunder(provider payments.Provider) (payments.Refunder, bool) {
	gateway, online := s.Gateways.Of(provider)
	if !online {
		return nil, false
	}
	refunder, can := gateway.(payments.Refunder)
	return refunder, can
}

// refundDecided enqueues what follows from a refund: that it is sent, and the
// letter to the buyer.
func (s *Service) refundDecided(ctx context.Context, p parts, id int64, n payments.NewRefund) error {
	if n.Method == payments.ByProvider {
		if err := s.Queue.Insert(ctx, p.tx, sendRefundArgs{RefundID: id}); err != nil {
			return err
		}
	}
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterRefunded, OrderID: n.OrderID, RefundID: id})
}

// sendRefundArgs is the job that asks a provider to send money back.
type sendRefundArgs struct {
	RefundID int64 `json:"refund_id"`
}

// Kind names the job.
func (sendRefundArgs) Kind() string { return "refund_send" }
