package checkout

import (
	"context"
	"time"

	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
)

// Returns is what of an order has gone back and what still can, as its pages
// show it.
type Returns struct {
	Requests     []payments.Request // the latest first
	Refunds      []payments.Refund  // the oldest first
	Left         map[int64]int      // pieces of each line that were paid for and not refunded
	ShippingLeft map[int64]int64    // of each parcel's shipping, in the order's minor units
	CanAsk       bool               // by the buyer: see AskRefund
	CanRefund    bool               // by staff: see DecideRefund
	ByHand       bool               // whoever took the money cannot be asked to send it back
	AnswerBy     time.Time          // when a request made now is answered at the latest
}

// Returns reads it for an order that has been read.
func (s *Service) Returns(ctx context.Context, o orders.Order) (Returns, error) {
	r := Returns{ShippingLeft: map[int64]int64{}}
	var err error
	if r.Requests, err = s.payments().RequestsOfOrder(ctx, o.ID); err != nil {
		return r, err
	}
	if r.Refunds, err = s.payments().RefundsOfOrder(ctx, o.ID); err != nil {
		return r, err
	}
	sold, err := orders.New(s.DB, s.Queue, s.Clock).Refundable(ctx, o.ID)
	if err != nil {
		return r, err
	}
	r.Left = sold.Left()
	for _, p := range sold.Parcels {
		if p.Paid && p.Left().Sign() > 0 {
			r.ShippingLeft[p.ID] = p.Left().Minor
		}
	}
	r.CanAsk = canAsk(o, sold) && !r.open()
	r.CanRefund = o.Confirmed() && (len(r.Left) > 0 || shippingLeft(sold))
	r.ByHand = o.PaymentMethod == markets.COD || s.wayBack(s.Providers[o.PaymentMethod]) == payments.ByHand
	programme, err := s.Markets.Programme(ctx)
	r.AnswerBy = s.now().AddDate(0, 0, programme.RequestDays)
	return r, err
}

// open reports whether a request awaits an answer.
func (r Returns) open() bool {
	for _, request := range r.Requests {
		if request.Open() {
			return true
		}
	}
	return false
}
