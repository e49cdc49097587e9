package checkout

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
)

// MaxAskPhotos is how many photos may come with what a buyer tells.
const MaxAskPhotos = 4

const maxAskMessage = 2000

// AskInput is what a buyer asks for on her order's page.
type AskInput struct {
	Reason   payments.RequestReason
	Message  string // at most 2000 characters
	Lines    []AskLine
	PhotoIDs []int64 // photos she has just uploaded, at most MaxAskPhotos
}

// AskLine is how many pieces of a line it is about.
type AskLine struct {
	LineID   int64
	Quantity int
}

// AskRefund keeps what the buyer of a private link says is not right, until
// staff answer it or its time is over, and tells them. An order has one open
// request: ErrAskedAlready; it must have been paid for and have something left
// that was not refunded: ErrNothingLeft. Problems of the form come back as
// *errs.Fields.
func (s *Service) AskRefund(ctx context.Context, token string, in AskInput) error {
	found, err := orders.New(s.DB, s.Queue, s.Clock).ByToken(ctx, token, i18n.EN)
	if err != nil {
		return err
	}
	in.Message = strings.TrimSpace(in.Message)
	err = s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, found.ID)
		if err != nil {
			return err
		}
		sold, err := p.orders.Refundable(ctx, o.ID)
		if err != nil {
			return err
		}
		if !canAsk(o, sold) {
			return ErrNothingLeft
		}
		if err := in.check(sold.Left()); err != nil {
			return err
		}
		return s.askIn(ctx, p, o, in)
	})
	if err != nil {
		return fmt.Errorf("ask about order %d: %w", found.ID, err)
	}
	return nil
}

// canAsk reports whether there is something a buyer may ask about.
func canAsk(o orders.Order, sold orders.Refundable) bool {
	return o.Confirmed() && o.PaidAt != nil && o.Status != orders.Refunded && len(sold.Left()) > 0
}

func (in AskInput) check(left map[int64]int) error {
	bad := &errs.Fields{}
	if len(in.Lines) == 0 {
		bad.Add("lines", "returns.ask.choose")
	}
	seen := map[int64]bool{}
	for _, l := range in.Lines {
		if seen[l.LineID] || l.Quantity < 1 || l.Quantity > left[l.LineID] {
			bad.Add("lines", "returns.ask.too_many")
		}
		seen[l.LineID] = true
	}
	if !in.Reason.Known() {
		bad.Add("reason", "errors.required")
	}
	atMost(bad, "message", in.Message, maxAskMessage)
	if len(in.PhotoIDs) > MaxAskPhotos {
		bad.Add("photo", "errors.photos_full")
	}
	return bad.Err()
}

func (s *Service) askIn(ctx context.Context, p parts, o orders.Order, in AskInput) error {
	if _, err := p.payments.LapseRequests(ctx, o.ID); err != nil {
		return err
	}
	r := payments.Request{OrderID: o.ID, Reason: in.Reason, Message: in.Message, PhotoIDs: slices.Compact(slices.Sorted(slices.Values(in.PhotoIDs)))}
	for _, l := range in.Lines {
		r.Lines = append(r.Lines, payments.RequestLine(l))
	}
	id, err := p.payments.AddRequest(ctx, r)
	if err != nil {
		return err
	}
	if id == 0 {
		return ErrAskedAlready
	}
	if err := p.orders.Tell(ctx, o, buyer(o.AccountID), orders.Fact{Kind: orders.FactAsked, Code: string(in.Reason)}); err != nil {
		return err
	}
	return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterRefundAsked, OrderID: o.ID, RequestID: id})
}

// WithdrawRequest takes back what the buyer of a private link asked for.
// ErrRequestOver if nothing awaits an answer.
func (s *Service) WithdrawRequest(ctx context.Context, token string) error {
	found, err := orders.New(s.DB, s.Queue, s.Clock).ByToken(ctx, token, i18n.EN)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, found.ID)
		if err != nil {
			return err
		}
		all, err := p.payments.RequestsOfOrder(ctx, o.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, payments.Request.Open)
		if i < 0 {
			return ErrRequestOver
		}
		if err := s.closeRequest(ctx, p, all[i], payments.RequestWithdrawn, "", 0); err != nil {
			return err
		}
		return p.orders.Tell(ctx, o, buyer(o.AccountID), orders.Fact{Kind: orders.FactWithdrawn})
	})
}

// DeclineRequest answers a request with no, and why; the buyer is written to.
// Whoever calls has made sure that the account may (finance). ErrRequestOver if
// it no longer awaits an answer.
func (s *Service) DeclineRequest(ctx context.Context, accountID, requestID int64, answer string) error {
	answer = strings.TrimSpace(answer)
	bad := &errs.Fields{}
	need(bad, "answer", answer, maxAnswer)
	if err := bad.Err(); err != nil {
		return err
	}
	request, err := s.payments().RequestByID(ctx, requestID)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, request.OrderID)
		if err != nil {
			return err
		}
		if err := s.closeRequest(ctx, p, request, payments.RequestDeclined, answer, accountID); err != nil {
			return err
		}
		err = accounts.Audit(ctx, p.tx, accounts.Event{
			AccountID: accountID, Action: "refund.declined", SubjectKind: "order", SubjectID: o.ID,
			Detail: map[string]any{"order": o.Label(), "answer": answer},
		})
		if err != nil {
			return err
		}
		return s.Queue.Insert(ctx, p.tx, orders.LetterArgs{Letter: orders.LetterRefundDeclined, OrderID: o.ID, RequestID: requestID})
	})
}

func (s *Service) closeRequest(ctx context.Context, p parts, r payments.Request, as payments.RequestState, answer string, by int64) error {
	closed, err := p.payments.CloseRequest(ctx, r.OrderID, r.ID, as, answer, by)
	if err == nil && !closed {
		err = ErrRequestOver
	}
	return err
}

// LapseRequests writes down which requests nobody answered in time; they read
// so before. It returns how many.
func (s *Service) LapseRequests(ctx context.Context) (int, error) {
	return s.payments().LapseRequests(ctx, 0)
}
