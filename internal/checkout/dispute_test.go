package checkout_test

import (
	"errors"
	"strings"
	"testing"

	"awil/internal/checkout"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe/standin"
)

func (s *shop) dispute(ref string, status payments.DisputeStatus) payments.Dispute {
	s.t.Helper()
	list, err := payments.New(s.pool, s.queue, s.clock.Now).DisputesOfOrder(s.t.Context(), number[int64](s, `select order_id from disputes where provider_ref = $1`, ref))
	s.ok(err)
	for _, d := range list {
		if d.ProviderRef == ref {
			if d.Status != status {
				s.t.Errorf("dispute is %s, want %s", d.Status, status)
			}
			return d
		}
	}
	s.t.Fatalf("no dispute %s", ref)
	return payments.Dispute{}
}

// TestADisputeIsLost: booked and told once each, whatever is repeated; the
// programme bears it, her earnings wait only while it is open, and what the
// bank has does not go back once more.
func TestADisputeIsLost(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	placed, _ := s.paid(want{felt, 1})
	o := s.order(placed.Token)
	ref, err := s.standin.OpenDispute(session(placed.PayURL), "product_not_received")
	s.ok(err)
	s.work()
	d := s.dispute(ref, payments.DisputeOpen)
	if d.Amount() != o.Total() || d.RespondBy == nil || d.Reason != "product_not_received" {
		t.Errorf("%+v", d)
	}
	s.stands(ledger.Of(ledger.Disputed, money.UZS), o.TotalMinor)
	if _, err := s.checkout.DecideRefund(ctx, 2, s.pieces(o, want{felt, 1})); !errors.Is(err, checkout.ErrDisputed) {
		t.Errorf("refunded while the bank decides: %v", err)
	}
	s.clock.pass(8 * day)
	s.released(0)

	s.standin.TamperNext(standin.Tamper{Drop: true}, standin.Tamper{Drop: true}, standin.Tamper{Drop: true})
	s.ok(s.standin.CloseDispute(ref, false))
	s.work()
	s.dispute(ref, payments.DisputeOpen)
	s.clock.pass(30 * day) // past the day it was to be answered by
	s.ok(s.checkout.FollowOverdue(ctx))
	s.dispute(ref, payments.DisputeLost)
	for range 2 {
		if got, err := s.checkout.DisputeChanged(ctx, payments.ProviderStripe, ref); got != checkout.ResultAlready || err != nil {
			t.Errorf("once more: %s, %v", got, err)
		}
	}
	s.stands(ledger.Of(ledger.Disputed, money.UZS), 0)
	s.stands(ledger.Of(ledger.Losses, money.UZS), o.TotalMinor)
	s.released(1)
	if _, err := s.checkout.DecideRefund(ctx, 2, s.pieces(o, want{felt, 1})); !errors.Is(err, checkout.ErrDisputed) {
		t.Errorf("refunded after the bank gave the money back: %v", err)
	}
	s.work()
	if got := s.letters(); strings.Count(got, "dispute_opened to staff") != 1 || strings.Count(got, "dispute_closed to staff") != 1 {
		t.Errorf("letters: %s", got)
	}
	s.audited()
}

// TestADisputeIsWon: the money is back, and refunds go on.
func TestADisputeIsWon(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, _ := s.paid(want{felt, 1})
	ref, err := s.standin.OpenDispute(session(placed.PayURL), "fraudulent")
	s.ok(err)
	s.work()
	s.ok(s.standin.CloseDispute(ref, true))
	s.work()
	s.dispute(ref, payments.DisputeWon)
	s.stands(ledger.Of(ledger.Disputed, money.UZS), 0)
	s.stands(ledger.Of(ledger.Losses, money.UZS), 0)
	s.decide(s.pieces(s.order(placed.Token), want{felt, 1}))
	s.audited()
}

// TestAnInquiryTakesNothing, until it does.
func TestAnInquiryTakesNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, _ := s.paid(want{felt, 1})
	ref, err := s.standin.OpenInquiry(session(placed.PayURL), "general")
	s.ok(err)
	s.work()
	if n := number[int](s, `select count(*) from disputes`); n != 0 {
		t.Errorf("%d disputes", n)
	}
	if _, err := s.checkout.DisputeChanged(t.Context(), payments.ProviderStripe, ref); err != nil {
		t.Error(err)
	}
	s.work()
	if got := s.letters(); strings.Count(got, "inquiry to staff") != 1 {
		t.Errorf("letters: %s", got)
	}
	s.ok(s.standin.Escalate(ref))
	s.work()
	s.dispute(ref, payments.DisputeOpen)
}

// TestADisputeOfSomebodyElses changes nothing here.
func TestADisputeOfSomebodyElses(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, _ := s.paid(want{felt, 1})
	ref, err := s.standin.OpenDispute(session(placed.PayURL), "general")
	s.ok(err)
	s.exec(`update payments set provider_ref = 'cs_another' where order_id = $1`, placed.OrderID)
	if got, err := s.checkout.DisputeChanged(t.Context(), payments.ProviderStripe, ref); got != checkout.ResultUnknown || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}

// TestADisputeNobodyToldOf is found in the provider's own list, once.
func TestADisputeNobodyToldOf(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, _ := s.paid(want{felt, 1})
	s.standin.Hold()
	ref, err := s.standin.OpenDispute(session(placed.PayURL), "general")
	s.ok(err)
	for range 2 {
		s.ok(s.checkout.FollowDisputes(t.Context()))
	}
	if n := number[int](s, `select count(*) from disputes where order_id = $1 and provider_ref = $2 and status = 'open'`, placed.OrderID, ref); n != 1 {
		t.Errorf("%d disputes, want the one", n)
	}
	if n := number[int](s, `select count(*) from ledger_transactions where rule = 'dispute_opened' and order_id = $1`, placed.OrderID); n != 1 {
		t.Errorf("booked %d times, want once", n)
	}
}
