package checkout

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
)

// CashCollected says for the programme who took the cash for a parcel at the
// door: its producer, who keeps it, a courier, or the programme. Whoever calls
// has made sure that the account may say so (staff). Saying it again, of
// whomever, changes nothing. A parcel that has not left or came back is
// errs.Conflict, one that is not paid in cash errs.Invalid.
func (s *Service) CashCollected(ctx context.Context, accountID, parcelID int64, collector ledger.Collector) (Result, error) {
	actor := orders.Actor{Kind: orders.Staff, AccountID: accountID}
	return s.collected(ctx, parcelID, 0, collector, actor)
}

// CashCollectedByProducer says that a producer has the cash for her parcel
// herself; another's is errs.NotFound. Otherwise as CashCollected.
func (s *Service) CashCollectedByProducer(ctx context.Context, producerID, accountID, parcelID int64) (Result, error) {
	actor := orders.Actor{Kind: orders.Producer, AccountID: accountID}
	return s.collected(ctx, parcelID, producerID, ledger.CollectorProducer, actor)
}

func (s *Service) collected(ctx context.Context, parcelID, producerID int64, collector ledger.Collector, actor orders.Actor) (Result, error) {
	var result Result
	err := s.inTx(ctx, func(p parts) error {
		result = ResultAlready
		o, parcel, err := p.orders.LockParcel(ctx, parcelID, producerID)
		switch {
		case err != nil:
			return err
		case o.PaymentMethod != markets.COD:
			return errs.E(errs.Invalid, "it is not paid in cash")
		case parcel.Collector != "":
			return nil
		case !orders.CashDue(o.Order, parcel):
			return errs.E(errs.Conflict, "it is "+string(parcel.Status))
		}
		result = ResultPaid
		return s.collect(ctx, p, o, parcel, collector, actor)
	})
	if err != nil {
		return "", fmt.Errorf("cash for parcel %d: %w", parcelID, err)
	}
	return result, nil
}

// collect books the cash for one parcel of a locked order, and the order's
// payment with the last of it.
func (s *Service) collect(ctx context.Context, p parts, o orders.Whole, parcel orders.Parcel, collector ledger.Collector, actor orders.Actor) error {
	sale := SaleOfParcel(o, parcel.ID)
	total, err := sale.Total()
	if err != nil {
		return err
	}
	booking, err := ledger.CashCollected(parcel.ID, collector, sale, s.now(), actor.AccountID)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	p.orders.QueueCollect(b, o.Order, parcel, string(collector), total, actor)
	var booked bool
	ledger.QueuePost(b, booking, &booked)
	if err := s.send(ctx, p, b, "book the cash"); err != nil {
		return err
	}
	if err := s.settleCash(ctx, p, &o.Order, orders.Reason{}, actor); err != nil {
		return err
	}
	return accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: actor.AccountID, Action: "parcel.cash_collected", SubjectKind: "parcel", SubjectID: parcel.ID,
		Detail: map[string]any{"order": o.Label(), "amount": total.String(), "collector": string(collector)},
	})
}

// settleCash ends the waiting for an order's cash when there is none left to
// wait for: what was taken pays for the order, and one of which nothing was
// taken is cancelled, for the reason given.
func (s *Service) settleCash(ctx context.Context, p parts, o *orders.Order, reason orders.Reason, actor orders.Actor) error {
	w, err := p.orders.Sold(ctx, *o)
	if err != nil || o.PaidAt != nil {
		return err
	}
	taken := 0
	for _, parcel := range w.Parcels {
		switch {
		case parcel.Collector != "":
			taken++
		case parcel.Status != orders.ParcelReturned && parcel.Status != orders.ParcelCancelled:
			return nil
		}
	}
	if taken > 0 {
		return s.cashIn(ctx, p, o, actor)
	}
	if err := p.orders.Refused(ctx, o, reason, actor); err != nil {
		return err
	}
	return s.end(ctx, p, *o, nil, payments.Cancelled, orders.LetterCancelled)
}

func (s *Service) cashIn(ctx context.Context, p parts, o *orders.Order, actor orders.Actor) error {
	attempt, err := p.payments.ByRef(ctx, payments.ProviderCOD, o.Reference)
	if err != nil {
		return err
	}
	if attempt, err = p.payments.Lock(ctx, attempt.ID); err != nil {
		return err
	}
	if _, err := p.payments.Succeed(ctx, attempt.ID, false); err != nil {
		return err
	}
	if err := p.orders.CashIn(ctx, o, actor); err != nil {
		return err
	}
	return p.orders.Refund(ctx, o, actor) // all that was taken may have gone back before
}
