package checkout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/orders"
	"awil/internal/payments"
)

// SendRefund asks the provider to send money back that was decided to go back,
// or how far it is with it, and writes down what it says. Money people send by
// hand is left to them. Doing it again, or at the same time, sends nothing
// twice. Kind Unavailable says that the provider does not answer: again later.
func (s *Service) SendRefund(ctx context.Context, refundID int64) error {
	r, err := s.payments().RefundByID(ctx, refundID)
	if err != nil {
		return err
	}
	if r.Method != payments.ByProvider || r.Status != payments.RefundDue && r.Status != payments.RefundPending {
		return nil
	}
	outcome, err := s.askRefund(ctx, r)
	var never refusal
	switch {
	case errors.As(err, &never):
		outcome = payments.RefundOutcome{Status: payments.RefundRefused, FailureKey: string(never)}
	case err != nil:
		return fmt.Errorf("send refund %d: %w", refundID, err)
	}
	err = s.inTx(ctx, func(p parts) error {
		_, err := s.refundStands(ctx, p, r.OrderID, r.ID, outcome)
		return err
	})
	if err != nil {
		return fmt.Errorf("refund %d is %s: %w", refundID, outcome.Status, err)
	}
	return nil
}

// refusal is why a provider will not do it, however often it is asked: a
// message key for staff.
type refusal string

// failureNoWay is why people must send it: the provider can no longer be asked.
const failureNoWay = "errors.refund.refused"

// Error is the reason.
func (r refusal) Error() string { return string(r) }

// askRefund asks the provider, outside of any transaction.
func (s *Service) askRefund(ctx context.Context, r payments.Refund) (payments.RefundOutcome, error) {
	attempt, err := s.payments().ByID(ctx, r.Payment())
	if err != nil {
		return payments.RefundOutcome{}, err
	}
	refunder, can := s.refunder(attempt.Provider)
	if !can {
		return payments.RefundOutcome{}, refusal(failureNoWay)
	}
	if r.Ref() != "" {
		return refunder.LookupRefund(ctx, r.Ref())
	}
	outcome, err := refunder.Refund(ctx, payments.RefundOrder{
		RefundID: r.ID, PaymentID: attempt.ID, PaymentRef: attempt.Ref(), Amount: r.Amount(),
		IdempotencyKey: fmt.Sprintf("refund:%d", r.ID),
	})
	if errs.KindOf(err) == errs.Invalid {
		s.Log.WarnContext(ctx, "a provider refuses a refund", "refund", r.ID, "order", r.OrderID, "error", err)
		err = refusal(outcome.FailureKey)
	}
	return outcome, err
}

// refundStands brings a refund up to date with what its provider says, and the
// books with it. It reports whether anything changed.
func (s *Service) refundStands(ctx context.Context, p parts, orderID, refundID int64, outcome payments.RefundOutcome) (bool, error) {
	if _, err := p.orders.Lock(ctx, orderID); err != nil {
		return false, err
	}
	r, err := p.payments.LockRefund(ctx, refundID)
	if err != nil {
		return false, err
	}
	if outcome.Ref != "" && r.Ref() != "" && outcome.Ref != r.Ref() {
		return false, errs.E(errs.Conflict, fmt.Sprintf("refund %d is %s, not %s", r.ID, r.Ref(), outcome.Ref))
	}
	attempt, err := p.payments.ByID(ctx, r.Payment())
	if err != nil {
		return false, err
	}
	switch till := ledger.Till(attempt.Provider); outcome.Status {
	case payments.RefundArrived:
		return s.refundArrived(ctx, p, r, till, outcome)
	case payments.RefundRefused:
		return s.refundRefused(ctx, p, r, till, outcome)
	}
	if r.Status != payments.RefundDue && (r.Status != payments.RefundPending || r.Ref() == outcome.Ref) {
		return false, nil
	}
	return true, p.payments.MoveRefund(ctx, &r, payments.RefundMove{To: payments.RefundPending, Ref: outcome.Ref})
}

// refundArrived books that the provider sent the money. One that people have
// sent by hand meanwhile went twice, and they are told.
func (s *Service) refundArrived(ctx context.Context, p parts, r payments.Refund, till ledger.Till, outcome payments.RefundOutcome) (bool, error) {
	if r.Status == payments.RefundSent {
		if r.Method == payments.ByHand && outcome.Ref != "" && r.Ref() == "" && till != ledger.Till(r.Till) {
			return false, s.foundRefund(ctx, p, r.OrderID, outcome)
		}
		return false, nil
	}
	posting, err := ledger.RefundSent(r.ID, r.OrderID, till, r.Amount(), s.now(), 0)
	posting.Turn = r.Sendings
	if err := post(ctx, p, posting, err); err != nil {
		return false, err
	}
	return true, p.payments.MoveRefund(ctx, &r, payments.RefundMove{
		To: payments.RefundSent, Method: payments.ByProvider, Ref: outcome.Ref, Till: string(till),
	})
}

// refundRefused leaves a refund to people that the provider will not do, or
// that came back from the buyer's bank, and tells them.
func (s *Service) refundRefused(ctx context.Context, p parts, r payments.Refund, till ledger.Till, outcome payments.RefundOutcome) (bool, error) {
	if r.Status == payments.RefundFailed || r.Method == payments.ByHand {
		return false, nil
	}
	if r.Status == payments.RefundSent {
		posting, err := ledger.RefundFailed(r.ID, r.OrderID, till, r.Amount(), s.now(), 0)
		posting.Turn = r.Sendings - 1
		if err := post(ctx, p, posting, err); err != nil {
			return false, err
		}
	}
	err := p.payments.MoveRefund(ctx, &r, payments.RefundMove{
		To: payments.RefundFailed, Method: payments.ByHand, Ref: outcome.Ref, Failure: outcome.FailureKey,
	})
	if err != nil {
		return false, err
	}
	return true, s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterRefundFailed, OrderID: r.OrderID, RefundID: r.ID})
}

const refundsAtOnce = 100

// followRefunds asks for each refund decided in a period that a provider has
// not begun, or how far each is that it has begun, so that money goes back even
// if a job or a message was lost. Of one that it has not begun for too long,
// people are told.
func (s *Service) followRefunds(ctx context.Context, begun bool, from, until time.Time) error {
	var failed []error
	after := int64(0)
	for {
		open, err := s.payments().RefundsOpen(ctx, begun, from, until, after, refundsAtOnce)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, r := range open {
			after = r.ID
			err := s.SendRefund(ctx, r.ID)
			if err != nil && !begun && r.DecidedAt.Before(s.now().Add(-askedHourly)) {
				err = errors.Join(err, s.unanswered(ctx, r))
			}
			failed = append(failed, err)
		}
		if len(open) < refundsAtOnce || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
}

// unanswered tells staff, once, that a provider does not say whether it sends
// a refund. It is asked on.
func (s *Service) unanswered(ctx context.Context, r payments.Refund) error {
	const action = "refund.unanswered"
	return s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, r.OrderID)
		if err != nil {
			return err
		}
		told, err := accounts.Audited(ctx, p.tx, action, "refund", r.ID, map[string]any{})
		if err != nil || told {
			return err
		}
		err = accounts.Audit(ctx, p.tx, accounts.Event{
			Action: action, SubjectKind: "refund", SubjectID: r.ID,
			Detail: map[string]any{"order": o.Label(), "amount": r.Amount().String()},
		})
		if err != nil {
			return err
		}
		return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterRefundUnanswered, OrderID: r.OrderID, RefundID: r.ID})
	})
}
