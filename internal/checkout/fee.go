package checkout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/payments"
)

// feesWithin is how long after money moved we go on asking what the provider
// kept. Balance transactions of slow ways to pay come after days.
const feesWithin = 14 * 24 * time.Hour

// ReadFees asks the provider of a payment how its balance moved because of it,
// and books what is new: what it kept, and into what it changed the money when
// it settles in another currency. So the books' balance of that till is the
// provider's own. Doing it again books nothing twice.
func (s *Service) ReadFees(ctx context.Context, paymentID int64) (Result, error) {
	attempt, err := s.payments().ByID(ctx, paymentID)
	if err != nil {
		return "", err
	}
	reader, can := s.feeReader(attempt.Provider)
	if !can || attempt.Ref() == "" {
		return ResultUnknown, nil
	}
	charges, err := reader.Charges(ctx, attempt.Ref())
	if err != nil {
		return "", fmt.Errorf("what was kept of payment %d: %w", paymentID, err)
	}
	result := ResultAlready
	err = s.inTx(ctx, func(p parts) error {
		result = ResultAlready
		attempt, err := p.payments.ByID(ctx, paymentID)
		if err != nil || attempt.Status != payments.Succeeded && !attempt.RefundDue {
			return err // its money is not in the books yet
		}
		for _, c := range charges {
			news, err := s.charged(ctx, p, attempt, c)
			if err != nil {
				return err
			}
			if news {
				result = ResultFees
			}
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("book what was kept of payment %d: %w", paymentID, err)
	}
	return result, nil
}

func (s *Service) feeReader(provider payments.Provider) (payments.FeeReader, bool) {
	gateway, online := s.Gateways.Of(provider)
	if !online {
		return nil, false
	}
	reader, can := gateway.(payments.FeeReader)
	return reader, can
}

// charged books one movement; false says that it was known.
func (s *Service) charged(ctx context.Context, p parts, attempt payments.Payment, c payments.ProviderCharge) (bool, error) {
	id, err := p.payments.AddCharge(ctx, attempt, c)
	if err != nil || id == 0 {
		return false, err
	}
	till := ledger.Till(attempt.Provider)
	if c.Rate != nil {
		posting, err := ledger.ProviderExchange(id, attempt.OrderID, till, c.Of, c.Gross, *c.Rate, c.At)
		if err := post(ctx, p, posting, err); err != nil {
			return false, err
		}
	}
	posting, err := ledger.ProviderFee(id, attempt.OrderID, till, c.Fee, c.At)
	return true, post(ctx, p, posting, err)
}

const feesAtOnce = 100

// FollowFees asks about each payment whose movements are not all known, which
// is so until the provider has worked them out, and about each refund that may
// still come back. What has just moved is asked about more often, by Follow and
// FollowOverdue.
func (s *Service) FollowFees(ctx context.Context) error {
	return errors.Join(s.followFees(ctx, feesWithin), s.followSent(ctx))
}

func (s *Service) followFees(ctx context.Context, within time.Duration) error {
	var readers []payments.Provider
	for _, provider := range s.Gateways.Providers() {
		if _, can := s.feeReader(provider); can {
			readers = append(readers, provider)
		}
	}
	if len(readers) == 0 {
		return nil
	}
	var failed []error
	after := int64(0)
	for {
		ids, err := s.payments().Uncharged(ctx, readers, s.now().Add(-within), after, feesAtOnce)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, id := range ids {
			after = id
			_, err := s.ReadFees(ctx, id)
			failed = append(failed, ignore(err, errs.NotFound))
		}
		if len(ids) < feesAtOnce || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
}
