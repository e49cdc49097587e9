package checkout

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
)

// Result is what came of news about a payment.
type Result string

// What may come of it.
const (
	ResultPaid      Result = "paid"       // the order stands now
	ResultAlready   Result = "already"    // it was known
	ResultRefundDue Result = "refund_due" // money came that must go back; staff have been told
	ResultOpen      Result = "open"       // nothing final has happened
	ResultEnded     Result = "ended"      // the attempt is over without money
	ResultUnknown   Result = "unknown"    // no attempt of ours
)

// ErrAmount means that another sum came than the order comes to. Nothing is
// booked: it is for people to settle with the buyer.
var ErrAmount = errs.E(errs.Invalid, "checkout: another sum came than the order comes to")

// PaymentConfirmed brings an order up to date with what its provider says of
// an attempt, which is read from the provider here and now: a message or a
// returning buyer only say that it is time to look. Webhook, reconciliation
// and expiry all come through here, in any order and any number of times.
func (s *Service) PaymentConfirmed(ctx context.Context, provider payments.Provider, ref string) (Result, error) {
	gateway, online := s.Gateways.Of(provider)
	if !online {
		return "", errs.E(errs.NotFound, "checkout: no gateway of "+string(provider))
	}
	outcome, err := gateway.Lookup(ctx, ref)
	if err != nil {
		return "", fmt.Errorf("look up %s at %s: %w", ref, provider, err)
	}
	result := ResultUnknown
	err = s.inTx(ctx, func(p parts) error {
		o, attempt, err := s.find(ctx, p, provider, ref, outcome)
		if errors.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		result, err = s.apply(ctx, p, o, attempt, outcome)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("settle %s of %s: %w", ref, provider, err)
	}
	return result, nil
}

// find locks the order and the attempt that a provider calls ref. One whose
// reference we never learnt, because the answer to our call was lost, is known
// by our own number, together with the order's reference: numbers alone are
// the same in every shop of an account.
func (s *Service) find(ctx context.Context, p parts, provider payments.Provider, ref string, outcome payments.Outcome) (o orders.Order, attempt payments.Payment, err error) {
	attempt, err = p.payments.ByRef(ctx, provider, ref)
	adopted := errors.Is(err, errs.NotFound) && outcome.PaymentID != 0
	if adopted {
		attempt, err = p.payments.ByID(ctx, outcome.PaymentID)
	}
	if err != nil {
		return o, attempt, err
	}
	if o, err = p.orders.Lock(ctx, attempt.OrderID); err != nil {
		return o, attempt, err
	}
	if attempt, err = p.payments.Lock(ctx, attempt.ID); err != nil {
		return o, attempt, err
	}
	if attempt.Provider != provider || attempt.Ref() != "" && attempt.Ref() != ref || adopted && outcome.Reference != o.Reference {
		return o, attempt, errs.E(errs.NotFound, "the number belongs to another attempt")
	}
	if attempt.Ref() == "" {
		_, err = p.payments.Started(ctx, attempt.ID, payments.Started{ProviderRef: ref, RedirectURL: outcome.RedirectURL})
	}
	return o, attempt, err
}

func (s *Service) apply(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, outcome payments.Outcome) (Result, error) {
	switch outcome.Status {
	case payments.StatusSucceeded:
		return s.received(ctx, p, o, attempt, outcome.Amount, orders.Actor{Kind: orders.Provider})
	case payments.StatusFailed:
		return ResultEnded, p.payments.Close(ctx, attempt.ID, payments.Failed, outcome.FailureKey)
	case payments.StatusExpired:
		return ResultEnded, p.payments.Close(ctx, attempt.ID, payments.Expired, "")
	}
	if outcome.FailureKey != "" {
		return ResultOpen, p.payments.Refused(ctx, attempt.ID, outcome.FailureKey)
	}
	return ResultOpen, nil
}

// received books money for an attempt on a locked order, once. The order stands
// from then on, even one that had expired if its goods are still there;
// otherwise the money is marked to go back and staff are told.
func (s *Service) received(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, amount money.Amount, actor orders.Actor) (Result, error) {
	if attempt.Status == payments.Succeeded {
		return ResultAlready, nil
	}
	if amount != attempt.Amount() {
		return s.differs(ctx, p, o, attempt, amount, actor)
	}
	stands, err := s.canStand(ctx, p, o)
	if err != nil {
		return "", err
	}
	if _, err := p.payments.Succeed(ctx, attempt.ID, !stands); err != nil {
		return "", err
	}
	if stands {
		if err := s.stand(ctx, p, o, attempt, actor); err != nil {
			return "", err
		}
		return ResultPaid, s.letter(ctx, p, orders.LetterConfirmed, o.ID)
	}
	attempt.Status, attempt.RefundDue = payments.Succeeded, true
	return ResultRefundDue, s.unexpected(ctx, p, o, attempt, actor, orders.Fact{Kind: orders.FactStray, Amount: &amount})
}

// differs notes that another sum came than was asked for. The order goes on as
// if nothing had come: it can be paid otherwise, or expires.
func (s *Service) differs(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, amount money.Amount, actor orders.Actor) (Result, error) {
	news, err := p.payments.Differs(ctx, attempt.ID, amount)
	if err != nil || !news {
		return ResultAlready, err
	}
	asked := attempt.Amount()
	attempt.RefundDue, attempt.ReceivedMinor, attempt.ReceivedCurrency = true, &amount.Minor, &amount.Currency
	return ResultRefundDue, s.unexpected(ctx, p, o, attempt, actor, orders.Fact{Kind: orders.FactDiffers, Amount: &amount, Of: &asked})
}

// unexpected books money that pays for nothing, sees that it goes back, and
// tells staff.
func (s *Service) unexpected(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, actor orders.Actor, fact orders.Fact) error {
	if came := attempt.Received(); !came.IsZero() {
		booking, err := ledger.Unexpected(attempt.ID, o.ID, ledger.Till(attempt.Provider), came, s.now())
		if err := post(ctx, p, booking, err); err != nil {
			return err
		}
		if err := s.refundUnexpected(ctx, p, o, attempt); err != nil {
			return err
		}
	}
	if err := p.orders.Tell(ctx, o, actor, fact); err != nil {
		return err
	}
	return s.letter(ctx, p, orders.LetterRefundDue, o.ID)
}

// canStand reports whether money that comes now makes the order stand; the
// goods of one that had expired are taken again then.
func (s *Service) canStand(ctx context.Context, p parts, o orders.Order) (bool, error) {
	switch {
	case o.PaidAt != nil:
		return false, nil // somebody paid twice
	case o.Status == orders.Placed:
		return true, nil
	case o.Status != orders.Expired:
		return false, nil
	}
	goods, err := p.orders.Goods(ctx, o.ID)
	if err != nil {
		return false, err
	}
	return s.takeAgain(ctx, p, goods)
}

// stand confirms the order and books the sale, in two round trips.
func (s *Service) stand(ctx context.Context, p parts, o orders.Order, attempt payments.Payment, actor orders.Actor) error {
	sold, err := p.orders.Sold(ctx, o)
	if err != nil {
		return err
	}
	booking, err := ledger.OrderPaid(attempt.ID, ledger.Till(attempt.Provider), saleOf(sold), s.now())
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	if err := p.orders.QueueConfirm(b, &o, actor); err != nil {
		return err
	}
	var booked bool
	ledger.QueuePost(b, booking, &booked)
	return s.send(ctx, p, b, fmt.Sprintf("confirm order %d", o.ID))
}

// BankReceived says that the transfer for an order has come, and how much it
// was: ErrAmount unless that is the order's total. Whoever calls has made sure
// that the account may say so (finance). Saying it again changes nothing; an
// order that is not paid by transfer is errs.Invalid.
func (s *Service) BankReceived(ctx context.Context, accountID, orderID int64, amount money.Amount) (Result, error) {
	var result Result
	err := s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, orderID)
		if err != nil {
			return err
		}
		if o.PaymentMethod != markets.Bank {
			return errs.E(errs.Invalid, fmt.Sprintf("order %d is not paid by transfer", orderID))
		}
		attempt, err := p.payments.ByRef(ctx, payments.ProviderBank, o.Reference)
		if err != nil {
			return err
		}
		if attempt, err = p.payments.Lock(ctx, attempt.ID); err != nil {
			return err
		}
		if attempt.Status != payments.Succeeded && amount != o.Total() {
			return ErrAmount
		}
		result, err = s.received(ctx, p, o, attempt, amount, orders.Actor{Kind: orders.Staff, AccountID: accountID})
		if err != nil || result == ResultAlready {
			return err
		}
		return accounts.Audit(ctx, p.tx, accounts.Event{
			AccountID: accountID, Action: "order.bank_received", SubjectKind: "order", SubjectID: orderID,
			Detail: map[string]any{"reference": o.Reference, "amount": o.Total().String(), "result": result},
		})
	})
	if err != nil {
		return "", fmt.Errorf("transfer for order %d: %w", orderID, err)
	}
	return result, nil
}
