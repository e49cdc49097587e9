package checkout_test

import (
	"errors"
	"testing"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/payments"
)

func (s *shop) ask(token string, wants ...want) error {
	s.t.Helper()
	in := checkout.AskInput{Reason: payments.Damaged, Message: " It came broken "}
	for _, l := range s.pieces(s.order(token), wants...).Lines {
		in.Lines = append(in.Lines, checkout.AskLine{LineID: l.LineID, Quantity: l.Quantity})
	}
	return s.checkout.AskRefund(s.t.Context(), token, in)
}

func (s *shop) requests(orderID int64) []payments.Request {
	s.t.Helper()
	list, err := payments.New(s.pool, s.queue, s.clock.Now).RequestsOfOrder(s.t.Context(), orderID)
	s.ok(err)
	return list
}

// TestAskedAndAnswered: one request at a time; granted with the refund, or
// declined, or taken back, once.
func TestAskedAndAnswered(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	placed, o := s.bought("uz", want{jam, 2})
	s.ok(s.ask(placed.Token, want{jam, 1}))
	if err := s.ask(placed.Token, want{jam, 1}); !errors.Is(err, checkout.ErrAskedAlready) {
		t.Errorf("asked twice: %v", err)
	}
	s.ok(s.checkout.WithdrawRequest(ctx, placed.Token))
	if err := s.checkout.WithdrawRequest(ctx, placed.Token); !errors.Is(err, checkout.ErrRequestOver) {
		t.Errorf("taken back twice: %v", err)
	}
	s.ok(s.ask(placed.Token, want{jam, 1}))
	asked := s.requests(o.ID)
	if len(asked) != 2 || !asked[0].Open() || asked[0].Message != "It came broken" || len(asked[0].Lines) != 1 || asked[1].Status != payments.RequestWithdrawn {
		t.Errorf("%+v", asked)
	}
	var bad *errs.Fields
	if err := s.checkout.DeclineRequest(ctx, 2, asked[0].ID, ""); !errors.As(err, &bad) {
		t.Errorf("declined without a word: %v", err)
	}
	s.ok(s.checkout.DeclineRequest(ctx, 2, asked[0].ID, "It was as described"))
	in := s.pieces(o, want{jam, 1})
	in.RequestID = asked[0].ID
	if _, err := s.checkout.DecideRefund(ctx, 2, in); !errors.Is(err, checkout.ErrRequestOver) {
		t.Errorf("granted after it was declined: %v", err)
	}
	s.ok(s.ask(placed.Token, want{jam, 2}))
	in = s.pieces(o, want{jam, 2})
	in.RequestID, in.Answer = s.requests(o.ID)[0].ID, "We are sorry"
	s.decide(in)
	if r := s.requests(o.ID)[0]; r.Status != payments.RequestGranted || r.Answer != "We are sorry" {
		t.Errorf("%+v", r)
	}
	if err := s.ask(placed.Token, want{jam, 1}); !errors.Is(err, checkout.ErrNothingLeft) {
		t.Errorf("asked when nothing is left: %v", err)
	}
	s.work()
	want := "confirmed to buyer in en, confirmed to producer in kaa, refund_asked to buyer in en, refund_asked to staff in en, " +
		"refund_asked to buyer in en, refund_asked to staff in en, refund_declined to buyer in en, " +
		"refund_asked to buyer in en, refund_asked to staff in en, refunded to buyer in en, refunded to producer in kaa"
	if got := s.letters(); got != want {
		t.Errorf("letters: %s", got)
	}
}

// TestRequestsLapse: by the clock for whoever reads, by the job for the books;
// and the buyer may ask again.
func TestRequestsLapse(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 2})
	s.ok(s.ask(placed.Token, want{jam, 1}))
	s.clock.pass(30 * day)
	first := s.requests(o.ID)[0]
	if first.Status != payments.RequestLapsed {
		t.Errorf("reads as %s", first.Status)
	}
	in := s.pieces(o, want{jam, 1})
	in.RequestID = first.ID
	if _, err := s.checkout.DecideRefund(t.Context(), 2, in); !errors.Is(err, checkout.ErrRequestOver) {
		t.Errorf("granted after it lapsed: %v", err)
	}
	if err := s.checkout.DeclineRequest(t.Context(), 2, first.ID, "no"); !errors.Is(err, checkout.ErrRequestOver) {
		t.Errorf("declined after it lapsed: %v", err)
	}
	s.ok(s.ask(placed.Token, want{jam, 1}))
	s.clock.pass(31 * day)
	if n, err := s.checkout.LapseRequests(t.Context()); n != 1 || err != nil {
		t.Errorf("%d lapsed, %v", n, err)
	}
	if n := number[int](s, `select count(*) from refund_requests where status = 'lapsed'`); n != 2 {
		t.Errorf("%d lapsed", n)
	}
}

// TestWhatCannotBeAsked is refused with a word at the right place.
func TestWhatCannotBeAsked(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 1})
	line := o.Lines[0].ID
	for field, in := range map[string]checkout.AskInput{
		"lines":   {Reason: payments.Damaged},
		"reason":  {Reason: "ugly", Lines: []checkout.AskLine{{line, 1}}},
		"message": {Reason: payments.Damaged, Message: string(make([]byte, 2001)), Lines: []checkout.AskLine{{line, 1}}},
		"photo":   {Reason: payments.Damaged, PhotoIDs: []int64{1, 2, 3, 4, 5}, Lines: []checkout.AskLine{{line, 1}}},
	} {
		var bad *errs.Fields
		if err := s.checkout.AskRefund(t.Context(), placed.Token, in); !errors.As(err, &bad) || !bad.Has(field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, lines := range [][]checkout.AskLine{{{line, 2}}, {{line, 0}}, {{line + 1000, 1}}, {{line, 1}, {line, 1}}} {
		if err := s.checkout.AskRefund(t.Context(), placed.Token, checkout.AskInput{Reason: payments.Damaged, Lines: lines}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%v: %v", lines, err)
		}
	}
	if err := s.checkout.AskRefund(t.Context(), "nobody's", checkout.AskInput{}); errs.KindOf(err) != errs.NotFound {
		t.Errorf("a wrong link: %v", err)
	}
	unpaid := s.place("uz", markets.COD, want{jam, 1})
	if err := s.ask(unpaid.Token, want{jam, 1}); !errors.Is(err, checkout.ErrNothingLeft) {
		t.Errorf("before it was paid: %v", err)
	}
}
