package checkout

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
)

// ErrRefundGone means that a refund is not for people to send: it has been
// sent otherwise, or its provider is at it.
var ErrRefundGone = errs.E(errs.Conflict, "checkout: the refund has been sent, or is being sent by the provider")

// HandTills lists what a refund in a currency can be sent from by hand, of
// money that provider took: first the way it came, which is what to propose.
// Cash is handed over in the currencies of the programme's offices only.
func HandTills(provider payments.Provider, cur money.Currency) []ledger.Till {
	var list []ledger.Till
	switch provider {
	case payments.ProviderCOD:
		list = []ledger.Till{ledger.TillCash, ledger.TillCourier, ledger.TillBank}
	case payments.ProviderBank:
		list = []ledger.Till{ledger.TillBank, ledger.TillCash}
	default:
		list = []ledger.Till{ledger.Till(provider), ledger.TillBank, ledger.TillCash}
	}
	return slices.DeleteFunc(list, func(t ledger.Till) bool {
		return (t == ledger.TillCash || t == ledger.TillCourier) && cur != money.UZS && cur != money.KGS
	})
}

// RefundSentByHand says that people have sent a refund, from where, and what
// proves it: the number of the transfer, or who received the cash (1 … 500
// characters). Whoever calls has made sure that the account may (finance). A
// till that HandTills does not list is refused as the field till. Saying the
// same again changes nothing; ErrRefundGone if it is not for people to send,
// ErrDisputed while the buyer's bank decides about the same money.
func (s *Service) RefundSentByHand(ctx context.Context, accountID, refundID int64, till ledger.Till, proof string) error {
	proof = strings.TrimSpace(proof)
	bad := &errs.Fields{}
	if !till.Known() {
		bad.Add("till", "errors.required")
	}
	need(bad, "proof", proof, maxRefundReason)
	if err := bad.Err(); err != nil {
		return err
	}
	r, err := s.payments().RefundByID(ctx, refundID)
	if err != nil {
		return err
	}
	err = s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, r.OrderID)
		if err != nil {
			return err
		}
		r, err := p.payments.LockRefund(ctx, refundID)
		if err != nil {
			return err
		}
		if r.Status == payments.RefundSent && r.Till == string(till) && r.Proof == proof {
			return nil
		}
		if !r.ForHands() {
			return ErrRefundGone
		}
		if err := s.fits(ctx, p, r, till); err != nil {
			return err
		}
		held, err := p.payments.HeldByDisputes(ctx, r.Payment())
		if err == nil && held.Open {
			err = ErrDisputed
		}
		if err != nil {
			return err
		}
		return s.sentByHand(ctx, p, o, r, accountID, till, proof)
	})
	if err != nil {
		return fmt.Errorf("refund %d sent by hand: %w", refundID, err)
	}
	return nil
}

// fits refuses a till that a refund cannot have been sent from.
func (s *Service) fits(ctx context.Context, p parts, r payments.Refund, till ledger.Till) error {
	provider := payments.ProviderCOD
	if r.PaymentID != nil {
		attempt, err := p.payments.ByID(ctx, r.Payment())
		if err != nil {
			return err
		}
		provider = attempt.Provider
	}
	if slices.Contains(HandTills(provider, r.Currency), till) {
		return nil
	}
	bad := &errs.Fields{}
	bad.Add("till", "refunds.sent.unfit")
	return bad.Err()
}

func (s *Service) sentByHand(ctx context.Context, p parts, o orders.Order, r payments.Refund, accountID int64, till ledger.Till, proof string) error {
	posting, err := ledger.RefundSent(r.ID, r.OrderID, till, r.Amount(), s.now(), accountID)
	posting.Turn = r.Sendings
	if err := post(ctx, p, posting, err); err != nil {
		return err
	}
	failure := r.Failure
	if r.TakenBack() {
		failure = ""
	}
	err = p.payments.MoveRefund(ctx, &r, payments.RefundMove{
		To: payments.RefundSent, Method: payments.ByHand, Failure: failure, Till: string(till), Proof: proof, By: accountID,
	})
	if err != nil {
		return err
	}
	actor := orders.Actor{Kind: orders.Staff, AccountID: accountID}
	amount := r.Amount()
	if err := p.orders.Tell(ctx, o, actor, orders.Fact{Kind: orders.FactRefundSent, Amount: &amount, Code: string(till), Text: proof}); err != nil {
		return err
	}
	err = accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: accountID, Action: "refund.sent", SubjectKind: "refund", SubjectID: r.ID,
		Detail: map[string]any{"order": o.Label(), "amount": r.Amount().String(), "till": till, "proof": proof},
	})
	if err != nil {
		return err
	}
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterRefundSent, OrderID: r.OrderID, RefundID: r.ID, Sendings: r.Sendings})
}
