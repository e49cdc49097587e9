package chaos

import (
	"context"
	"fmt"

	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
)

// beginCorrectCash lets staff say that somebody else has the cash.
func (s *schedule) beginCorrectCash(ctx context.Context, v view) (bool, error) {
	taken := some(v.parcels, func(r parcelRow) bool { return r.Collector != "" })
	if len(taken) == 0 {
		return false, nil
	}
	r, p := oneOf(s, taken), s.web()
	who := oneOf(s, []ledger.Collector{ledger.CollectorProducer, ledger.CollectorCourier, ledger.CollectorProgramme})
	s.enter(ctx, p, fmt.Sprintf("staff say that the %s has the cash for parcel %d, not the %s", who, r.ID, r.Collector), func(ctx context.Context) error {
		return p.checkout.CorrectCash(ctx, finance, r.ID, who, "the slip says so")
	})
	return true, nil
}

// beginLeaveOut lets staff cancel one parcel of an order.
func (s *schedule) beginLeaveOut(ctx context.Context, v view) (bool, error) {
	unpacked := some(v.parcels, func(r parcelRow) bool {
		return r.Status == orders.ParcelToPack && (r.Method == markets.COD || s.chance(0.1))
	})
	if len(unpacked) == 0 {
		return false, nil
	}
	r, p := oneOf(s, unpacked), s.web()
	s.enter(ctx, p, fmt.Sprintf("staff cancel parcel %d", r.ID), func(ctx context.Context) error {
		return p.checkout.CancelParcelByStaff(ctx, finance, r.ID, "she is ill")
	})
	return true, nil
}

// beginTakeBack lets staff say that a refund was not sent as they had said.
func (s *schedule) beginTakeBack(ctx context.Context, v view) (bool, error) {
	sent := some(v.refunds, func(r refundRow) bool {
		return r.Status == payments.RefundSent && r.Method == payments.ByHand || s.chance(0.02)
	})
	if len(sent) == 0 {
		return false, nil
	}
	r, p := oneOf(s, sent), s.web()
	s.enter(ctx, p, fmt.Sprintf("staff say that refund %d was not sent", r.ID), func(ctx context.Context) error {
		return p.checkout.TakeBackRefundSent(ctx, finance, r.ID, "the slip is another's")
	})
	return true, nil
}
