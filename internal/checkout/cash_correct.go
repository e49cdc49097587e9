package checkout

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/orders"
)

// CorrectCash says that the cash for a parcel is not with whom it was said to
// be, and why (1 … 500 characters). What was booked of it is reversed and booked
// again as it should have been; if it was hers, what she earned waits for its
// time again. Whoever calls has made sure that the account may (finance). The
// same collector changes nothing; a parcel whose cash nobody has is
// errs.Conflict, a collector there is not errs.Invalid.
func (s *Service) CorrectCash(ctx context.Context, accountID, parcelID int64, collector ledger.Collector, reason string) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	actor := orders.Actor{Kind: orders.Staff, AccountID: accountID}
	err = s.inTx(ctx, func(p parts) error {
		o, parcel, err := p.orders.LockParcel(ctx, parcelID, 0)
		switch {
		case err != nil || parcel.Collector == string(collector):
			return err
		case parcel.Collector == "":
			return errs.E(errs.Conflict, "nobody has its cash")
		}
		return s.correctCash(ctx, p, o, parcel, collector, reason, actor)
	})
	if err != nil {
		return fmt.Errorf("correct the cash for parcel %d: %w", parcelID, err)
	}
	return nil
}

func (s *Service) correctCash(ctx context.Context, p parts, o orders.Whole, parcel orders.Parcel, collector ledger.Collector, reason string, actor orders.Actor) error {
	hers, was := collector == ledger.CollectorProducer, ledger.Collector(parcel.Collector) == ledger.CollectorProducer
	again, err := ledger.CashCollected(parcel.ID, collector, SaleOfParcel(o, parcel.ID), s.now(), actor.AccountID)
	if err != nil {
		return err
	}
	booked, err := p.ledger.OfOrder(ctx, o.ID)
	if err != nil {
		return err
	}
	postings := []ledger.Posting{again}
	from, to := ledger.ProducerPayable, ledger.ProducerReserve
	if hers {
		from, to = to, from
	}
	for _, t := range transactions(booked) {
		first := t[0]
		switch {
		case first.CorrectedBy != 0:
			continue
		case first.Rule == ledger.RuleCashCollected && first.SubjectID == parcel.ID:
			postings[0].Turn = first.Turn + 1
		case first.Rule == ledger.RuleEarningsReleased && first.SubjectID == parcel.ID && hers:
		case first.Rule == ledger.RuleRefund && hers != was && taken(t, parcel, from):
			postings = append(postings, s.refundAgain(t, parcel, to, actor))
		default:
			continue
		}
		if err := p.ledger.Correct(ctx, first.TransactionID, actor.AccountID, reason, s.now()); err != nil {
			return err
		}
	}
	b := &pgx.Batch{}
	p.orders.QueueCollectOther(b, o.Order, parcel, string(collector), reason, hers, was, actor)
	var done bool
	for _, posting := range postings {
		ledger.QueuePost(b, posting, &done)
	}
	if err := s.send(ctx, p, b, "book it again"); err != nil {
		return err
	}
	return accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: actor.AccountID, Action: "parcel.cash_corrected", SubjectKind: "parcel", SubjectID: parcel.ID,
		Detail: map[string]any{"order": o.Label(), "from": parcel.Collector, "to": string(collector), "reason": reason},
	})
}

// transactions are entries as the ledger lists them, those of one transaction
// together.
func transactions(booked []ledger.Booked) [][]ledger.Booked {
	var list [][]ledger.Booked
	for i, e := range booked {
		if i == 0 || e.TransactionID != booked[i-1].TransactionID {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], e)
	}
	return list
}

// taken reports whether a refund took what a parcel's producer earned from an
// account of this kind.
func taken(t []ledger.Booked, parcel orders.Parcel, from ledger.Kind) bool {
	return slices.ContainsFunc(t, func(e ledger.Booked) bool { return e.ParcelID == parcel.ID && e.Account.Kind == from })
}

// refundAgain is a refund that takes what she earned with a parcel from where
// it lies now: payable to her at once if the cash was hers, else her reserve.
func (s *Service) refundAgain(t []ledger.Booked, parcel orders.Parcel, to ledger.Kind, actor orders.Actor) ledger.Posting {
	first := t[0]
	p := ledger.Posting{
		Rule: first.Rule, Subject: first.Subject, SubjectID: first.SubjectID, Turn: first.Turn + 1, OrderID: first.OrderID,
		At: s.now(), By: actor.AccountID,
	}
	for _, b := range t {
		e := b.Entry
		if e.ParcelID == parcel.ID && (e.Account.Kind == ledger.ProducerReserve || e.Account.Kind == ledger.ProducerPayable) {
			e.Account.Kind = to
		}
		p.Entries = append(p.Entries, e)
	}
	return p
}
