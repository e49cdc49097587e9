package checkout

import (
	"context"
	"errors"
	"fmt"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
)

// What may stand in the way of a refund. All are of kind Conflict.
var (
	ErrNothingLeft  = errs.E(errs.Conflict, "checkout: nothing of the order is left to go back")
	ErrRequestOver  = errs.E(errs.Conflict, "checkout: the request has been answered, taken back, or has lapsed")
	ErrAskedAlready = errs.E(errs.Conflict, "checkout: the buyer's last request is not answered yet")
	ErrDisputed     = errs.E(errs.Conflict, "checkout: the buyer's bank has the money, or is deciding about it")
)

// RefundInput is what staff decide to send back.
type RefundInput struct {
	OrderID   int64
	RequestID int64 // the request it answers; 0: nobody asked
	// FormToken is the form's one-time token, see NewFormToken: the same form
	// sent twice is one refund.
	FormToken string
	Lines     []RefundPiece
	Shipping  []RefundShipping
	Reason    string // what the buyer reads, in her language; 1 … 500 characters
	Answer    string // a word to her about her request, at most 2000 characters
	// ByHand leaves it to people although the provider could be asked: they
	// have sent it back in the provider's own pages.
	ByHand bool
}

// RefundPiece is how many pieces of a line go back.
type RefundPiece struct {
	LineID   int64
	Quantity int
	Restock  int // of them, how many can be sold again
}

// RefundShipping is how much of a parcel's shipping goes back.
type RefundShipping struct {
	ParcelID int64
	Amount   money.Amount // in the order's currency
}

// DecideRefund decides that some of an order goes back to its buyer: stock,
// states of parcels and order, the books and the letters follow in the same
// transaction, the money by a job soon after. Whoever calls has made sure that
// the account may decide (finance). Problems of the form come back as
// *errs.Fields; ErrNothingLeft, ErrRequestOver, ErrDisputed say that the world
// has moved on; ErrStale that the form has decided something else already. The
// same form sent again answers with the same refund.
func (s *Service) DecideRefund(ctx context.Context, accountID int64, in RefundInput) (refundID int64, err error) {
	err = s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, in.OrderID)
		if err != nil {
			return err
		}
		refundID, err = s.decidedBefore(ctx, p, o, in)
		if err != nil || refundID != 0 {
			return err
		}
		d, err := s.decision(ctx, p, o, in)
		if err != nil {
			return err
		}
		d.by = orders.Actor{Kind: orders.Staff, AccountID: accountID}
		if refundID, err = s.decide(ctx, p, &o, d); err != nil {
			return err
		}
		return s.refundAudited(ctx, p, o, refundID, d)
	})
	if err != nil {
		return 0, fmt.Errorf("refund of order %d: %w", in.OrderID, err)
	}
	return refundID, nil
}

// decidedBefore returns the refund the same form has made already, or 0.
func (s *Service) decidedBefore(ctx context.Context, p parts, o orders.Order, in RefundInput) (int64, error) {
	if in.FormToken == "" {
		return 0, errs.E(errs.Invalid, "checkout: a refund needs its form's token")
	}
	before, err := p.payments.RefundByForm(ctx, in.FormToken)
	if errors.Is(err, errs.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	same, err := p.payments.SameParts(ctx, before.ID, linesOf(in), shippingOf(in))
	if err == nil && (before.OrderID != o.ID || !same) {
		err = ErrStale
	}
	return before.ID, err
}

// decision is a refund worked out: bounds looked at, sums made.
type decision struct {
	payments.NewRefund
	refundable orders.Refundable
	answer     string
	by         orders.Actor
}

// decision works out what staff asked for.
func (s *Service) decision(ctx context.Context, p parts, o orders.Order, in RefundInput) (decision, error) {
	d := decision{answer: in.Answer}
	var err error
	if d.refundable, err = p.orders.Refundable(ctx, o.ID); err != nil {
		return d, err
	}
	if !o.Confirmed() || len(d.refundable.Left()) == 0 && !shippingLeft(d.refundable) {
		return d, ErrNothingLeft
	}
	d.OrderID, d.RequestID, d.FormToken, d.Kind, d.Reason = o.ID, in.RequestID, in.FormToken, payments.RefundOfOrder, in.Reason
	if err := d.fill(o, in); err != nil {
		return d, err
	}
	if err := s.fromWhere(ctx, p, o, &d); err != nil {
		return d, err
	}
	if in.ByHand {
		d.Method = payments.ByHand
	}
	return d, nil
}

// fromWhere finds whose money goes back and how. What a buyer's bank has taken
// back, or may yet, does not go back once more.
func (s *Service) fromWhere(ctx context.Context, p parts, o orders.Order, d *decision) error {
	if o.PaymentMethod == markets.COD {
		d.Method = payments.ByHand
		return nil
	}
	attempt, err := p.payments.Kept(ctx, o.ID)
	if err != nil {
		return err
	}
	d.PaymentID, d.Method = attempt.ID, s.wayBack(attempt.Provider)
	held, err := p.payments.HeldByDisputes(ctx, attempt.ID)
	if err != nil || held.Minor == 0 {
		return err
	}
	back, err := p.payments.Decided(ctx, attempt.ID)
	if err != nil {
		return err
	}
	if held.Open || back+held.Minor+d.Amount.Minor > attempt.AmountMinor {
		return ErrDisputed
	}
	return nil
}

func shippingLeft(r orders.Refundable) bool {
	for _, p := range r.Parcels {
		if p.Paid && p.Left().Sign() > 0 {
			return true
		}
	}
	return false
}

// decide writes a refund down with all that follows from it, on a locked order.
func (s *Service) decide(ctx context.Context, p parts, o *orders.Order, d decision) (int64, error) {
	d.DecidedBy = d.by.AccountID
	id, err := p.payments.AddRefund(ctx, d.NewRefund)
	if err != nil {
		return 0, err
	}
	if err := s.restock(ctx, p, d); err != nil {
		return 0, err
	}
	posting, err := d.posting(id, s)
	if err := post(ctx, p, posting, err); err != nil {
		return 0, err
	}
	if err := p.orders.Refund(ctx, o, d.by); err != nil {
		return 0, err
	}
	if err := p.orders.Tell(ctx, *o, d.by, orders.Fact{Kind: orders.FactRefund, Amount: &d.Amount}); err != nil {
		return 0, err
	}
	if d.RequestID != 0 {
		request := payments.Request{ID: d.RequestID, OrderID: o.ID}
		if err := s.closeRequest(ctx, p, request, payments.RequestGranted, d.answer, d.by.AccountID); err != nil {
			return 0, err
		}
	}
	return id, s.refundDecided(ctx, p, id, d.NewRefund)
}

// restock puts back what can be sold again.
func (s *Service) restock(ctx context.Context, p parts, d decision) error {
	var goods []orders.Held
	for _, l := range d.Lines {
		if l.Restocked > 0 {
			goods = append(goods, orders.Held{VariantID: d.line(l.LineID).VariantID, Quantity: l.Restocked})
		}
	}
	if len(goods) == 0 {
		return nil
	}
	if err := p.orders.PutBack(ctx, d.OrderID, goods); err != nil {
		return err
	}
	return s.giveBack(ctx, p, goods)
}

func (d decision) line(id int64) orders.RefundableLine {
	for _, l := range d.refundable.Lines {
		if l.ID == id {
			return l
		}
	}
	return orders.RefundableLine{}
}

func (s *Service) refundAudited(ctx context.Context, p parts, o orders.Order, id int64, d decision) error {
	return accounts.Audit(ctx, p.tx, accounts.Event{
		AccountID: d.by.AccountID, Action: "refund.decided", SubjectKind: "refund", SubjectID: id,
		Detail: map[string]any{"order": o.Label(), "amount": d.Amount.String(), "reason": d.Reason, "method": d.Method},
	})
}
