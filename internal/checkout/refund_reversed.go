package checkout

import (
	"context"
	"fmt"
	"slices"
	"time"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/orders"
	"awil/internal/payments"
)

// ErrShipped means that goods of the order are with the buyer or on their way,
// and nobody has decided that their money goes back.
var ErrShipped = errs.E(errs.Conflict, "checkout: goods of the order have been sent")

// reversedByProvider books that a provider gave all the money of a payment back
// to the buyer, as staff do in the cabinet of one that cannot be asked, in the
// transaction that learns of it; the order is locked. What was decided to go
// back is sent with it; of what was not, it is decided now, and unsent parcels
// are cancelled. ErrShipped if goods nobody decided about have left,
// ErrRefundGone if some of the money has been sent otherwise: it must not be
// reversed then. Doing it again changes nothing.
func (s *Service) reversedByProvider(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, at time.Time) error {
	attempt, err := p.payments.Lock(ctx, attempt.ID)
	if err != nil {
		return err
	}
	refunds, err := p.payments.RefundsOfPayment(ctx, attempt.ID)
	if err != nil {
		return err
	}
	till := string(attempt.Provider)
	for _, r := range refunds {
		if r.Status == payments.RefundPending || r.Status == payments.RefundSent && (r.Till != till || r.Proof != proofReversed) {
			return ErrRefundGone
		}
	}
	if !attempt.RefundDue {
		rest, err := s.decideRest(ctx, p, &o, attempt, true)
		if err != nil {
			return err
		}
		refunds = append(refunds, rest...)
	}
	for _, r := range refunds {
		if r.Status == payments.RefundSent {
			continue
		}
		if err := s.reversed(ctx, p, r, ledger.Till(attempt.Provider), at); err != nil {
			return err
		}
	}
	return nil
}

const proofReversed = "reversed by the provider"

// reversed books one refund as sent with the reversal.
func (s *Service) reversed(ctx context.Context, p parts, r payments.Refund, till ledger.Till, at time.Time) error {
	posting, err := ledger.RefundSent(r.ID, r.OrderID, till, r.Amount(), at, 0)
	posting.Turn = r.Sendings
	if err := post(ctx, p, posting, err); err != nil {
		return err
	}
	return p.payments.MoveRefund(ctx, &r, payments.RefundMove{
		To: payments.RefundSent, Method: payments.ByHand, Failure: r.Failure, Till: string(till), Proof: proofReversed,
	})
}

// decideRest decides that all that is left of an order's payment goes back,
// because it has gone already. Goods that never left go into stock again;
// goods that have left stop it when strict, and stay where they are otherwise.
func (s *Service) decideRest(ctx context.Context, p parts, o *orders.Order, attempt payments.Payment, strict bool) ([]payments.Refund, error) {
	sold, err := p.orders.Refundable(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	d := decision{refundable: sold, by: orders.Actor{Kind: orders.Provider}}
	d.NewRefund = payments.NewRefund{
		OrderID: o.ID, PaymentID: attempt.ID, Kind: payments.RefundOfOrder, Method: payments.ByHand, Reason: payments.ReasonReversed,
	}
	for _, l := range sold.Lines {
		if l.Left() == 0 {
			continue
		}
		at := sold.Parcel(l.ParcelID).Status
		if strict && (at == orders.ParcelShipped || at == orders.ParcelDelivered) {
			return nil, ErrShipped
		}
		line := payments.RefundLine{LineID: l.ID, Quantity: l.Left()}
		if slices.Contains([]orders.ParcelStatus{orders.ParcelWaiting, orders.ParcelToPack, orders.ParcelPacked}, at) {
			line.Restocked = l.Left()
		}
		d.Lines = append(d.Lines, line)
	}
	for _, parcel := range sold.Parcels {
		if left := parcel.Left(); left.Sign() > 0 {
			d.Shipping = append(d.Shipping, payments.RefundShipping{ParcelID: parcel.ID, Amount: left})
		}
	}
	if len(d.Lines)+len(d.Shipping) == 0 {
		return nil, nil
	}
	if err := d.addUp(o.Currency); err != nil {
		return nil, err
	}
	id, err := s.decide(ctx, p, o, d)
	if err != nil {
		return nil, err
	}
	err = accounts.Audit(ctx, p.tx, accounts.Event{
		Action: "refund.reversed", SubjectKind: "refund", SubjectID: id,
		Detail: map[string]any{"order": o.Label(), "amount": d.Amount.String(), "provider": attempt.Provider},
	})
	if err != nil {
		return nil, err
	}
	r, err := p.payments.RefundByID(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("refund %d: %w", id, err)
	}
	return []payments.Refund{r}, nil
}
