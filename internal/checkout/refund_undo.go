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
	"awil/internal/platform/postgres"
)

// ErrRefundNotByHand means that no person said that the refund was sent, so
// that nobody can take that back.
var ErrRefundNotByHand = errs.E(errs.Conflict, "checkout: nobody said by hand that the refund was sent")

// TakeBackRefundSent says that a refund was not sent as people had said: from
// another till, with another proof, or not at all. The sending is booked back,
// and the refund waits to be sent again. The reason (1 … 500 characters) is
// kept in the books, in the order's history and in the audit trail. Whoever
// calls has made sure that the account may (finance). ErrRefundNotByHand if it
// is not sent, or a provider sent it. Where a line of a report is the same money
// as the sending, the report proves that it left: the field undo says so.
func (s *Service) TakeBackRefundSent(ctx context.Context, accountID, refundID int64, reason string) error {
	reason = strings.TrimSpace(reason)
	bad := &errs.Fields{}
	need(bad, "undo", reason, maxRefundReason)
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
		if !r.SaidSent() {
			return ErrRefundNotByHand
		}
		if err := notProven(ctx, p, r); err != nil {
			return err
		}
		return s.takeBackSent(ctx, p, o, r, accountID, reason)
	})
	if err != nil {
		return fmt.Errorf("refund %d was not sent so: %w", refundID, err)
	}
	return nil
}

// notProven refuses to take back what a report says has left. The database
// looks again.
func notProven(ctx context.Context, p parts, r payments.Refund) error {
	var proven bool
	if err := p.tx.QueryRow(ctx, `/* checkout.refund_proven */ select refund_proven($1, $2)`, r.ID, r.Sendings-1).Scan(&proven); err != nil {
		return postgres.Err(err)
	}
	if !proven {
		return nil
	}
	bad := &errs.Fields{}
	bad.Add("undo", "refunds.undo.proven")
	return bad.Err()
}

func (s *Service) takeBackSent(ctx context.Context, p parts, o orders.Order, r payments.Refund, accountID int64, reason string) error {
	posting, err := ledger.RefundFailed(r.ID, r.OrderID, ledger.Till(r.Till), r.Amount(), s.now(), accountID)
	posting.Turn, posting.Memo = r.Sendings-1, reason
	if err := post(ctx, p, posting, err); err != nil {
		return err
	}
	till, proof := r.Till, r.Proof
	move := payments.RefundMove{To: payments.RefundFailed, Method: payments.ByHand, Failure: payments.FailureTakenBack}
	if err := p.payments.MoveRefund(ctx, &r, move); err != nil {
		return err
	}
	actor := orders.Actor{Kind: orders.Staff, AccountID: accountID}
	amount := r.Amount()
	if err := p.orders.Tell(ctx, o, actor, orders.Fact{Kind: orders.FactRefundBack, Amount: &amount, Code: till, Text: reason}); err != nil {
		return err
	}
	return accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: accountID, Action: "refund.taken_back", SubjectKind: "refund", SubjectID: r.ID,
		Detail: map[string]any{"order": o.Label(), "amount": r.Amount().String(), "till": till, "proof": proof, "reason": reason},
	})
}
