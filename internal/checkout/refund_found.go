package checkout

import (
	"context"
	"errors"
	"fmt"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/orders"
	"awil/internal/payments"
)

// What comes of news about refunds, disputes and fees.
const (
	ResultRefund  Result = "refund"        // a refund of ours is up to date now
	ResultFound   Result = "refund_found"  // money went back that nobody here decided about; it is booked, or staff are told
	ResultDispute Result = "dispute"       // a dispute is up to date now
	ResultInquiry Result = "inquiry"       // a buyer's bank only asks
	ResultFees    Result = "provider_fees" // what the provider kept is booked
)

// RefundChanged brings a refund up to date with what its provider says of it
// here and now. One that nobody here decided about was made in the provider's
// own pages: if it is a refund people were to make there, or all that is left
// of the order, it is booked as that; else staff are told, once.
func (s *Service) RefundChanged(ctx context.Context, provider payments.Provider, ref string) (Result, error) {
	refunder, can := s.refunder(provider)
	if !can {
		return "", errs.E(errs.NotFound, "checkout: no refunds through "+string(provider))
	}
	outcome, err := refunder.LookupRefund(ctx, ref)
	if err != nil {
		return "", fmt.Errorf("look up refund %s at %s: %w", ref, provider, err)
	}
	result := ResultUnknown
	err = s.inTx(ctx, func(p parts) error {
		result = ResultUnknown
		r, err := s.refundOf(ctx, p, provider, outcome)
		if errors.Is(err, errs.NotFound) {
			result, err = s.strangeRefund(ctx, p, provider, outcome)
			return err
		}
		if err != nil {
			return err
		}
		changed, err := s.refundStands(ctx, p, r.OrderID, r.ID, outcome)
		if result = ResultAlready; changed {
			result = ResultRefund
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("refund %s of %s: %w", ref, provider, err)
	}
	return result, nil
}

// refundOf finds the refund a provider speaks of, by its name for it, or by our
// number when the answer to our call was lost. Numbers alone are the same in
// every shop of an account, so payment and sum must be the same too.
func (s *Service) refundOf(ctx context.Context, p parts, provider payments.Provider, outcome payments.RefundOutcome) (payments.Refund, error) {
	r, err := p.payments.RefundByRef(ctx, provider, outcome.Ref)
	if err == nil || !errors.Is(err, errs.NotFound) || outcome.RefundID == 0 {
		return r, err
	}
	if r, err = p.payments.RefundByID(ctx, outcome.RefundID); err != nil {
		return r, err
	}
	attempt, err := p.payments.ByID(ctx, r.Payment())
	if err != nil {
		return r, err
	}
	if attempt.Provider != provider || attempt.Ref() != outcome.PaymentRef || r.Amount() != outcome.Amount || r.Ref() != "" {
		return r, errs.E(errs.NotFound, "the number belongs to another refund")
	}
	return r, nil
}

// strangeRefund books a refund made in the provider's own pages as far as it
// fits what was decided here.
func (s *Service) strangeRefund(ctx context.Context, p parts, provider payments.Provider, outcome payments.RefundOutcome) (Result, error) {
	if outcome.Status != payments.RefundArrived {
		return ResultUnknown, nil
	}
	attempt, err := p.payments.ByRef(ctx, provider, outcome.PaymentRef)
	if err != nil {
		return ResultUnknown, ignore(err, errs.NotFound)
	}
	o, err := p.orders.Lock(ctx, attempt.OrderID)
	if err != nil {
		return "", err
	}
	if attempt, err = p.payments.Lock(ctx, attempt.ID); err != nil {
		return "", err
	}
	refunds, err := p.payments.RefundsOfPayment(ctx, attempt.ID)
	if err != nil {
		return "", err
	}
	decided := int64(0)
	for _, r := range refunds {
		if r.Ref() == outcome.Ref {
			return ResultAlready, nil
		}
		decided += r.AmountMinor
	}
	for _, r := range refunds {
		if done, err := s.adopt(ctx, p, r, ledger.Till(provider), outcome); done || err != nil {
			return ResultFound, err
		}
	}
	whole := !attempt.RefundDue && attempt.Status == payments.Succeeded && outcome.Amount == attempt.Amount() && decided == 0
	if !whole {
		return ResultFound, s.foundRefund(ctx, p, o.ID, outcome)
	}
	rest, err := s.decideRest(ctx, p, &o, attempt, false)
	if err == nil && len(rest) == 1 {
		_, err = s.adopt(ctx, p, rest[0], ledger.Till(provider), outcome)
	}
	if err != nil {
		return "", err
	}
	return ResultFound, s.foundRefund(ctx, p, o.ID, outcome)
}

// adopt takes a strange refund for one that people were to send, or said they
// had sent from the same till. It is the provider's from then on: what becomes
// of it comes from there.
func (s *Service) adopt(ctx context.Context, p parts, r payments.Refund, till ledger.Till, outcome payments.RefundOutcome) (bool, error) {
	if r.Ref() != "" || r.Method != payments.ByHand || r.Amount() != outcome.Amount {
		return false, nil
	}
	r, err := p.payments.LockRefund(ctx, r.ID)
	if err != nil {
		return false, err
	}
	switch {
	case r.Status == payments.RefundSent && r.Till == string(till):
		move := payments.RefundMove{To: payments.RefundSent, Method: payments.ByProvider, Ref: outcome.Ref, Failure: r.Failure}
		return true, p.payments.MoveRefund(ctx, &r, move)
	case r.ForHands():
		return s.refundArrived(ctx, p, r, till, outcome)
	}
	return false, nil
}

// foundRefund tells staff about a refund they must look at, once.
func (s *Service) foundRefund(ctx context.Context, p parts, orderID int64, outcome payments.RefundOutcome) error {
	const action = "refund.found"
	told, err := accounts.Audited(ctx, p.tx, action, "order", orderID, map[string]any{"ref": outcome.Ref})
	if err != nil || told {
		return err
	}
	s.Log.WarnContext(ctx, "a provider sent money back that nobody here decided about", "order", orderID, "refund", outcome.Ref)
	err = accounts.Audit(ctx, p.tx, accounts.Event{
		Action: action, SubjectKind: "order", SubjectID: orderID,
		Detail: map[string]any{"ref": outcome.Ref, "amount": outcome.Amount.String()},
	})
	if err != nil {
		return err
	}
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{
		Letter: orders.LetterRefundFound, OrderID: orderID, Ref: outcome.Ref, Amount: outcome.Amount.String(),
	})
}
