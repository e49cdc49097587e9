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

// DisputeChanged brings a dispute up to date with what its provider says of it
// here and now: that a buyer's bank took money back, and how that ended. The
// books follow and staff are told, each once. An inquiry takes no money; staff
// are told of it too.
func (s *Service) DisputeChanged(ctx context.Context, provider payments.Provider, ref string) (Result, error) {
	gateway, online := s.Gateways.Of(provider)
	disputer, can := gateway.(payments.Disputer)
	if !online || !can {
		return "", errs.E(errs.NotFound, "checkout: no disputes through "+string(provider))
	}
	outcome, err := disputer.LookupDispute(ctx, ref)
	if err != nil {
		return "", fmt.Errorf("look up dispute %s at %s: %w", ref, provider, err)
	}
	result := ResultUnknown
	err = s.inTx(ctx, func(p parts) error {
		o, attempt, err := s.disputed(ctx, p, provider, outcome)
		if errors.Is(err, errs.NotFound) {
			result = ResultUnknown
			return nil
		}
		if err != nil {
			return err
		}
		if outcome.Amount.IsZero() {
			result = ResultInquiry
			return s.inquiry(ctx, p, o, outcome)
		}
		result, err = s.disputeStands(ctx, p, o, attempt, outcome)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("dispute %s of %s: %w", ref, provider, err)
	}
	return result, nil
}

// disputed locks the order and the attempt a dispute is about, known by the
// provider's name of the attempt or, with the order's reference, by our number.
func (s *Service) disputed(ctx context.Context, p parts, provider payments.Provider, outcome payments.DisputeOutcome) (o orders.Order, attempt payments.Payment, err error) {
	byNumber := outcome.PaymentRef == ""
	if byNumber {
		attempt, err = p.payments.ByID(ctx, outcome.PaymentID)
	} else {
		attempt, err = p.payments.ByRef(ctx, provider, outcome.PaymentRef)
	}
	if err != nil {
		return o, attempt, err
	}
	if o, err = p.orders.Lock(ctx, attempt.OrderID); err != nil {
		return o, attempt, err
	}
	if attempt.Provider != provider || byNumber && outcome.Reference != o.Reference {
		return o, attempt, errs.E(errs.NotFound, "the number belongs to another attempt")
	}
	attempt, err = p.payments.Lock(ctx, attempt.ID)
	return o, attempt, err
}

func (s *Service) disputeStands(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, outcome payments.DisputeOutcome) (Result, error) {
	d, fresh, err := p.payments.OpenDispute(ctx, payments.Dispute{
		PaymentID: attempt.ID, OrderID: o.ID, Provider: attempt.Provider, ProviderRef: outcome.Ref,
		AmountMinor: outcome.Amount.Minor, Currency: outcome.Amount.Currency, Reason: outcome.Reason,
		RespondBy: moment(outcome.RespondBy), OpenedAt: outcome.OpenedAt,
	})
	if err != nil {
		return "", err
	}
	till := ledger.Till(attempt.Provider)
	if fresh {
		posting, err := ledger.DisputeOpened(d.ID, o.ID, till, d.Amount(), s.now())
		if err := post(ctx, p, posting, err); err != nil {
			return "", err
		}
		if err := s.disputeNews(ctx, p, o, d, "opened", orders.LetterDisputeOpened); err != nil {
			return "", err
		}
	}
	if d.Status != payments.DisputeOpen {
		if outcome.Status != d.Status {
			s.Log.ErrorContext(ctx, "a dispute that was over ended otherwise", "dispute", d.ID, "was", d.Status, "is", outcome.Status)
		}
		return ResultAlready, nil
	}
	if err := p.payments.MoveDispute(ctx, d.ID, outcome.Status, outcome.Reason, moment(outcome.RespondBy)); err != nil {
		return "", err
	}
	switch outcome.Status {
	case payments.DisputeOpen:
		return ResultDispute, nil
	case payments.DisputeWon:
		posting, err := ledger.DisputeWon(d.ID, o.ID, till, d.Amount(), s.now())
		if err := post(ctx, p, posting, err); err != nil {
			return "", err
		}
	default:
		posting, err := ledger.DisputeLost(d.ID, o.ID, till, d.Amount(), s.now())
		if err := post(ctx, p, posting, err); err != nil {
			return "", err
		}
	}
	return ResultDispute, s.disputeNews(ctx, p, o, d, string(outcome.Status), orders.LetterDisputeClosed)
}

// disputeNews notes a step of a dispute and tells staff.
func (s *Service) disputeNews(ctx context.Context, p parts, o orders.Order, d payments.Dispute, step string, letter orders.Letter) error {
	amount := d.Amount()
	fact := orders.Fact{Kind: orders.FactDispute, Amount: &amount, Code: step, Ref: d.ProviderRef}
	if err := p.orders.Tell(ctx, o, orders.Actor{Kind: orders.Provider}, fact); err != nil {
		return err
	}
	err := accounts.Audit(ctx, p.tx, accounts.Event{
		Action: "dispute." + step, SubjectKind: "order", SubjectID: o.ID,
		Detail: map[string]any{"order": o.Label(), "dispute": d.ProviderRef, "amount": d.Amount().String(), "reason": d.Reason},
	})
	if err != nil {
		return err
	}
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: letter, OrderID: o.ID, DisputeID: d.ID})
}

// inquiry tells staff, once, that a buyer's bank asks about a payment.
func (s *Service) inquiry(ctx context.Context, p parts, o orders.Order, outcome payments.DisputeOutcome) error {
	const action = "dispute.inquiry"
	told, err := accounts.Audited(ctx, p.tx, action, "order", o.ID, map[string]any{"dispute": outcome.Ref})
	if err != nil || told || outcome.Status != payments.DisputeOpen {
		return err
	}
	err = accounts.Audit(ctx, p.tx, accounts.Event{
		Action: action, SubjectKind: "order", SubjectID: o.ID,
		Detail: map[string]any{"dispute": outcome.Ref, "reason": outcome.Reason},
	})
	if err != nil {
		return err
	}
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterInquiry, OrderID: o.ID, Ref: outcome.Ref})
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

const (
	disputesAtOnce = 100
	// disputesOfLate is how far back the providers' own lists are looked at for
	// disputes that no message has told us of.
	disputesOfLate = 30 * 24 * time.Hour
)

// FollowDisputes asks about each dispute that should have been answered by
// now, and about those nobody has told us of, so that one is known and ends
// even if no message of it comes.
func (s *Service) FollowDisputes(ctx context.Context) error {
	failed := []error{s.findDisputes(ctx)}
	after := int64(0)
	for {
		open, err := s.payments().DisputesOverdue(ctx, s.now(), after, disputesAtOnce)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, d := range open {
			after = d.ID
			_, err := s.DisputeChanged(ctx, d.Provider, d.ProviderRef)
			failed = append(failed, ignore(err, errs.NotFound))
		}
		if len(open) < disputesAtOnce || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
}

// findDisputes brings in the disputes of late that are not known here.
func (s *Service) findDisputes(ctx context.Context) error {
	var failed []error
	for _, provider := range s.Gateways.Providers() {
		gateway, _ := s.Gateways.Of(provider)
		lister, lists := gateway.(payments.DisputeLister)
		if !lists {
			continue
		}
		refs, err := lister.DisputesSince(ctx, s.now().Add(-disputesOfLate))
		if err == nil {
			refs, err = s.payments().UnknownDisputes(ctx, provider, refs)
		}
		failed = append(failed, err)
		for _, ref := range refs {
			_, err := s.DisputeChanged(ctx, provider, ref)
			failed = append(failed, ignore(err, errs.NotFound))
		}
	}
	return errors.Join(failed...)
}
