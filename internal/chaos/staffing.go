package chaos

import (
	"context"
	"fmt"

	"awil/internal/checkout"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/payouts"
)

// beginCash lets the producer or staff say who took the cash for a parcel.
func (s *schedule) beginCash(ctx context.Context, v view) (bool, error) {
	cash := some(v.parcels, func(r parcelRow) bool { return r.Method == markets.COD && r.Status != orders.ParcelWaiting })
	if len(cash) == 0 {
		return false, nil
	}
	r, p := oneOf(s, cash), s.web()
	if s.chance(0.4) {
		s.enter(ctx, p, fmt.Sprintf("producer %d has the cash for parcel %d", r.ProducerID, r.ID), func(ctx context.Context) error {
			_, err := p.checkout.CashCollectedByProducer(ctx, r.ProducerID, accountOf(r.ProducerID), r.ID)
			return err
		})
		return true, nil
	}
	who := oneOf(s, []ledger.Collector{ledger.CollectorProducer, ledger.CollectorCourier, ledger.CollectorProgramme})
	s.enter(ctx, p, fmt.Sprintf("staff say that the %s took the cash for parcel %d", who, r.ID), func(ctx context.Context) error {
		_, err := p.checkout.CashCollected(ctx, finance, r.ID, who)
		return err
	})
	return true, nil
}

// beginReturn lets staff say that a parcel came back.
func (s *schedule) beginReturn(ctx context.Context, v view) (bool, error) {
	gone := some(v.parcels, func(r parcelRow) bool {
		return r.Status == orders.ParcelShipped || r.Status == orders.ParcelDelivered
	})
	if len(gone) == 0 {
		return false, nil
	}
	r, p, restock := oneOf(s, gone), s.web(), s.chance(0.7)
	s.enter(ctx, p, fmt.Sprintf("parcel %d came back, its goods sold again: %v", r.ID, restock), func(ctx context.Context) error {
		return p.checkout.ReturnedForStaff(ctx, finance, r.ID, restock)
	})
	return true, nil
}

type lineRow struct {
	ID       int64
	ParcelID int64
	Quantity int
	Shipping int64
	Currency string
}

func (s *schedule) linesOf(ctx context.Context, orderID int64) ([]lineRow, error) {
	return rowsOf[lineRow](ctx, s.lab, `/* chaos.lines */
select l.id, l.parcel_id, l.quantity, p.shipping_minor as shipping, l.currency::text as currency
from order_lines l join parcels p on p.id = l.parcel_id where l.order_id = $1 order by l.id`, orderID)
}

// beginAsk lets a buyer ask for money back, or take that back.
func (s *schedule) beginAsk(ctx context.Context, v view) (bool, error) {
	paid := some(v.orders, func(o orderRow) bool { return o.Paid && (o.Status != orders.Refunded || s.chance(0.1)) })
	if len(paid) == 0 {
		return false, nil
	}
	o, p := oneOf(s, paid), s.web()
	if s.chance(0.15) {
		s.enter(ctx, p, fmt.Sprintf("the buyer of order %d takes back what she asked", o.ID), func(ctx context.Context) error {
			return p.checkout.WithdrawRequest(ctx, o.Token)
		})
		return true, nil
	}
	lines, err := s.linesOf(ctx, o.ID)
	if err != nil {
		return false, err
	}
	l := oneOf(s, lines)
	in := checkout.AskInput{Reason: payments.Damaged, Message: "torn", Lines: []checkout.AskLine{{LineID: l.ID, Quantity: 1 + s.rand.IntN(l.Quantity)}}}
	s.enter(ctx, p, fmt.Sprintf("the buyer of order %d asks for %d of line %d", o.ID, in.Lines[0].Quantity, l.ID), func(ctx context.Context) error {
		return p.checkout.AskRefund(ctx, o.Token, in)
	})
	return true, nil
}

// beginDecide lets staff decide about a refund: once, by a double click, or two
// of them at the same time.
func (s *schedule) beginDecide(ctx context.Context, v view) (bool, error) {
	sold := some(v.orders, func(o orderRow) bool {
		return (o.Paid || o.Method == markets.COD && o.Status != orders.Cancelled) && (o.Status != orders.Refunded || s.chance(0.1))
	})
	if len(sold) == 0 {
		return false, nil
	}
	o := oneOf(s, sold)
	in, err := s.decision(ctx, o)
	if err != nil {
		return false, err
	}
	s.decide(ctx, in, finance)
	switch {
	case s.chance(0.2):
		s.decide(ctx, in, finance)
	case s.chance(0.2):
		if in, err = s.decision(ctx, o); err != nil {
			return false, err
		}
		s.decide(ctx, in, second)
	}
	return true, nil
}

func (s *schedule) decide(ctx context.Context, in checkout.RefundInput, by int64) {
	p := s.web()
	s.enter(ctx, p, fmt.Sprintf("account %d decides about order %d: lines %v, shipping %v, request %d", by, in.OrderID, in.Lines, in.Shipping, in.RequestID),
		func(ctx context.Context) error {
			_, err := p.checkout.DecideRefund(ctx, by, in)
			return err
		})
}

// decision fills in the form of a refund: all of an order, or some of it; now
// and then more than was sold.
func (s *schedule) decision(ctx context.Context, o orderRow) (checkout.RefundInput, error) {
	in := checkout.RefundInput{OrderID: o.ID, FormToken: checkout.NewFormToken(), Reason: "as agreed"}
	lines, err := s.linesOf(ctx, o.ID)
	if err != nil {
		return in, err
	}
	requests, err := rowsOf[struct{ ID int64 }](ctx, s.lab, `/* chaos.requests */ select id from refund_requests where order_id = $1 and status = 'open'`, o.ID)
	if err != nil {
		return in, err
	}
	if len(requests) > 0 && s.chance(0.8) {
		in.RequestID = requests[0].ID
	}
	whole := s.chance(0.4)
	parcels := map[int64]bool{}
	for _, l := range lines {
		if !whole && s.chance(0.4) {
			continue
		}
		pieces := l.Quantity
		if !whole {
			pieces = 1 + s.rand.IntN(l.Quantity)
		}
		if s.chance(0.05) {
			pieces++
		}
		in.Lines = append(in.Lines, checkout.RefundPiece{LineID: l.ID, Quantity: pieces, Restock: s.rand.IntN(pieces + 1)})
		if l.Shipping > 0 && !parcels[l.ParcelID] && (whole || s.chance(0.5)) {
			parcels[l.ParcelID] = true
			part := l.Shipping
			if !whole {
				part = l.Shipping / (1 + s.rand.Int64N(4))
			}
			in.Shipping = append(in.Shipping, checkout.RefundShipping{ParcelID: l.ParcelID, Amount: money.New(part, money.Currency(l.Currency))})
		}
	}
	return in, nil
}

type refundRow struct {
	ID       int64
	Method   payments.RefundMethod
	Status   payments.RefundState
	Currency money.Currency
}

// beginHand lets staff send by hand what is theirs to send, decline a request,
// or ask a provider for a refund once more.
func (s *schedule) beginHand(ctx context.Context, v view) (bool, error) {
	list := some(v.refunds, func(r refundRow) bool { return r.Status != payments.RefundSent })
	if len(list) == 0 {
		return false, nil
	}
	r, p := oneOf(s, list), s.web()
	if r.Method == payments.ByProvider && s.chance(0.7) {
		s.enter(ctx, p, fmt.Sprintf("refund %d is sent", r.ID), func(ctx context.Context) error { return p.checkout.SendRefund(ctx, r.ID) })
		return true, nil
	}
	till := oneOf(s, []ledger.Till{ledger.TillBank, ledger.TillCash})
	if r.Currency == money.JPY { // no office has any
		till = ledger.TillBank
	}
	s.enter(ctx, p, fmt.Sprintf("staff send refund %d by hand, from %s", r.ID, till), func(ctx context.Context) error {
		return p.checkout.RefundSentByHand(ctx, finance, r.ID, till, "slip 17")
	})
	return true, nil
}

func (s *schedule) beginDecline(ctx context.Context, _ view) (bool, error) {
	requests, err := rowsOf[struct{ ID int64 }](ctx, s.lab, `/* chaos.open_requests */ select id from refund_requests where status = 'open' order by id`)
	if err != nil || len(requests) == 0 {
		return false, err
	}
	r, p := oneOf(s, requests), s.web()
	s.enter(ctx, p, fmt.Sprintf("staff decline request %d", r.ID), func(ctx context.Context) error {
		return p.checkout.DeclineRequest(ctx, finance, r.ID, "it was whole when it left")
	})
	return true, nil
}

type payoutRow struct {
	ID         int64
	BatchID    int64
	Status     payouts.Status
	ProposedBy int64
	AskedBy    int64 // who says it came back, or 0
}

// beginPayout lets finance take the next step with payouts: propose, approve,
// reject, say that one was paid or came back; now and then two people at once.
func (s *schedule) beginPayout(ctx context.Context, _ view) (bool, error) {
	list, err := rowsOf[payoutRow](ctx, s.lab, `/* chaos.payouts */
select y.id, y.batch_id, y.status, b.proposed_by, coalesce(y.return_asked_by, 0) as asked_by from payouts y join payout_batches b on b.id = y.batch_id
where y.status in ('proposed', 'approved', 'paid') order by y.id`)
	if err != nil {
		return false, err
	}
	p, by := s.web(), oneOf(s, []int64{finance, second})
	if len(list) == 0 && !s.chance(0.1) {
		owed, err := rowsOf[struct{ Currency string }](ctx, s.lab, `/* chaos.owed */
select currency::text as currency from parcels p join producers r on r.id = p.producer_id where p.released_at is not null or p.releases_at <= $1 limit 1`, s.now())
		if err != nil || len(owed) == 0 {
			return false, err
		}
	}
	if len(list) == 0 || s.chance(0.3) {
		cur := oneOf(s, []money.Currency{money.UZS, money.UZS, money.KGS})
		s.enter(ctx, p, fmt.Sprintf("account %d proposes payouts in %s", by, cur), func(ctx context.Context) error {
			_, err := p.payouts.Propose(ctx, by, cur)
			return err
		})
		return true, nil
	}
	if asked := some(list, func(y payoutRow) bool { return y.AskedBy != 0 }); len(asked) > 0 && s.chance(0.6) {
		list = asked
	}
	y := oneOf(s, list)
	if y.Status == payouts.Proposed && s.chance(0.8) { // another than who proposed it
		by = finance + second - y.ProposedBy
	}
	if y.AskedBy != 0 { // another than who said it
		by = finance + second - y.AskedBy
	}
	s.payoutStep(ctx, p, y, by)
	if s.chance(0.2) {
		s.payoutStep(ctx, s.web(), y, finance+second-by)
	}
	return true, nil
}

func (s *schedule) payoutStep(ctx context.Context, p *process, y payoutRow, by int64) {
	switch {
	case y.Status == payouts.Proposed && s.chance(0.85):
		s.enter(ctx, p, fmt.Sprintf("account %d approves batch %d", by, y.BatchID), func(ctx context.Context) error {
			_, err := p.payouts.Approve(ctx, by, y.BatchID)
			return err
		})
	case y.Status == payouts.Proposed:
		s.enter(ctx, p, fmt.Sprintf("account %d rejects batch %d", by, y.BatchID), func(ctx context.Context) error {
			return p.payouts.Reject(ctx, by, y.BatchID, "not now")
		})
	case y.AskedBy == 0 && y.Status == payouts.Approved && s.chance(0.2):
		s.enter(ctx, p, fmt.Sprintf("batch %d was paid", y.BatchID), func(ctx context.Context) error {
			_, err := p.payouts.MarkBatchPaid(ctx, by, y.BatchID, "order 6")
			return err
		})
	case y.AskedBy == 0 && y.Status == payouts.Paid && s.chance(0.4), y.AskedBy == 0 && y.Status == payouts.Approved && s.chance(0.8):
		s.enter(ctx, p, fmt.Sprintf("payout %d was paid", y.ID), func(ctx context.Context) error {
			return p.payouts.MarkPaid(ctx, by, y.ID, "order 5")
		})
	default:
		s.enter(ctx, p, fmt.Sprintf("payout %d came back", y.ID), func(ctx context.Context) error {
			return p.payouts.MarkReturned(ctx, by, y.ID, "account closed")
		})
	}
}

// worldRefunds lets a refund arrive or come back, a bank take money back, or
// decide a dispute.
func (s *schedule) worldRefunds(_ context.Context, _ view) (bool, error) {
	switch under, sent, open, paid := s.provider.refundsIn(payments.RefundAtProvider), s.provider.refundsIn(payments.RefundArrived),
		s.provider.openDisputes(), s.provider.paid(); {
	case len(under) > 0 && s.chance(0.6):
		r, arrives := oneOf(s, under), s.chance(0.7)
		s.say("at the provider refund %s arrives: %v", r.ref, arrives)
		s.provider.settleRefund(r, arrives)
	case len(open) > 0 && s.chance(0.5):
		d, won := oneOf(s, open), s.chance(0.5)
		s.say("dispute %s is won: %v", d.ref, won)
		s.provider.closeDispute(d, won)
	case len(sent) > 0 && s.chance(0.4):
		r := oneOf(s, sent)
		s.say("refund %s comes back to the provider", r.ref)
		s.provider.settleRefund(r, false)
	case len(paid) > 0:
		ref := oneOf(s, paid).ref
		if !s.provider.openDispute(ref) {
			return false, nil
		}
		s.say("the buyer's bank takes the money of %s back", ref)
	default:
		return false, nil
	}
	return true, nil
}
