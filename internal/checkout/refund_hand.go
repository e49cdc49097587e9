package checkout

import (
	"context"
	"fmt"
	"strings"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/orders"
	"awil/internal/payments"
)

// ErrRefundGone means that a refund is not for people to send: it has been
// sent otherwise, or its provider is at it.
var ErrRefundGone = errs.E(errs.Conflict, "checkout: the refund has been sent, or is being sent by the provider")

// RefundSentByHand says that people have sent a refund, from where, and what
// proves it: the number of the transfer, or who received the cash (1 … 500
// characters). Whoever calls has made sure that the account may (finance).
// Saying the same again changes nothing; ErrRefundGone if it is not for people
// to send, ErrDisputed while the buyer's bank decides about the same money.
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

func (s *Service) sentByHand(ctx context.Context, p parts, o orders.Order, r payments.Refund, accountID int64, till ledger.Till, proof string) error {
	posting, err := ledger.RefundSent(r.ID, r.OrderID, till, r.Amount(), s.now(), accountID)
	posting.Turn = r.Sendings
	if err := post(ctx, p, posting, err); err != nil {
		return err
	}
	err = p.payments.MoveRefund(ctx, &r, payments.RefundMove{
		To: payments.RefundSent, Method: payments.ByHand, Failure: r.Failure, Till: string(till), Proof: proof, By: accountID,
	})
	if err != nil {
		return err
	}
	actor := orders.Actor{Kind: orders.Staff, AccountID: accountID}
	if err := p.orders.Note(ctx, o, actor, fmt.Sprintf("refund %d of %v sent from %s: %s", r.ID, r.Amount(), till, proof)); err != nil {
		return err
	}
	err = accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: accountID, Action: "refund.sent", SubjectKind: "refund", SubjectID: r.ID,
		Detail: map[string]any{"order": o.Label(), "amount": r.Amount().String(), "till": till, "proof": proof},
	})
	if err != nil {
		return err
	}
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterRefundSent, OrderID: r.OrderID, RefundID: r.ID})
}
