package checkout_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/stripe/standin"
)

// TestALostAnswerSendsNothingTwice: asked again for hours, a day later too, it
// is the same refund.
func TestALostAnswerSendsNothingTwice(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 3})
	s.standin.TamperNext(standin.Tamper{Drop: true}, standin.Tamper{Drop: true}, standin.Tamper{Drop: true}, standin.Tamper{Drop: true})
	s.standin.FailNextWrite(standin.LostAnswer)
	r := s.decide(s.pieces(o, want{jam, 1}))
	if err := s.checkout.SendRefund(t.Context(), r.ID); errs.KindOf(err) != errs.Unavailable {
		t.Fatalf("the answer was not lost: %v", err)
	}
	s.at(r.ID, payments.RefundDue, payments.ByProvider)
	s.clock.pass(26 * time.Hour)
	s.ok(s.checkout.Follow(t.Context())) // it is asked for hourly by now
	s.at(r.ID, payments.RefundDue, payments.ByProvider)
	s.ok(s.checkout.FollowOverdue(t.Context()))
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
	s.ok(s.checkout.SendRefund(t.Context(), r.ID))
	if got := s.standin.RefundsOf(session(placed.PayURL)); len(got) != 1 {
		t.Errorf("Stripe has %+v", got)
	}
	s.audited()
}

// deafGateway never answers when it is asked to send money back.
type deafGateway struct {
	fakeGateway
	asked int
}

func (g *deafGateway) Refund(context.Context, payments.RefundOrder) (payments.RefundOutcome, error) {
	g.asked++
	return payments.RefundOutcome{}, errs.E(errs.Unavailable, "no answer")
}

func (*deafGateway) LookupRefund(context.Context, string) (payments.RefundOutcome, error) {
	return payments.RefundOutcome{}, errs.E(errs.Unavailable, "no answer")
}

// TestWhatNobodyAnswersIsTold: asked less and less often, and staff know of it
// after a day, once.
func TestWhatNobodyAnswersIsTold(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, o := s.bought("uz", want{jam, 3})
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.exec(`delete from river_job where kind = 'refund_send'`)
	deaf := &deafGateway{}
	s.checkout.Gateways = payments.NewGateways(deaf)
	follow := func(after time.Duration, asked, told int) {
		t.Helper()
		s.clock.pass(after)
		deaf.asked = 0
		_, _ = s.checkout.Follow(t.Context()), s.checkout.FollowOverdue(t.Context())
		if deaf.asked != asked {
			t.Errorf("after %v asked %d times, want %d", after, deaf.asked, asked)
		}
		if n := number[int](s, `select count(*) from audit_events where action = 'refund.unanswered' and subject_id = $1`, r.ID); n != told {
			t.Errorf("after %v told %d times, want %d", after, n, told)
		}
	}
	follow(3*time.Minute, 1, 0) // by one of the two
	follow(time.Hour, 1, 0)
	follow(day, 1, 1)
	follow(day, 1, 1)
	s.ok(jobs.Drain(t.Context(), s.pool, s.workers()))
	if got := s.written[len(s.written)-1]; got.Letter != "refund_unanswered" || got.Audience != checkout.ToStaff {
		t.Errorf("letters: %s", s.letters())
	}
	s.checkout.Gateways = payments.NewGateways(s.stripe)
	s.ok(s.checkout.FollowOverdue(t.Context()))
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
}

// TestAMessageTellsWhatAnAnswerDidNot: the provider's own message names our
// refund, so that it is known without asking again.
func TestAMessageTellsWhatAnAnswerDidNot(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, o := s.bought("uz", want{jam, 3})
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.exec(`delete from river_job where kind = 'refund_send'`)
	s.standin.FailNextWrite(standin.LostAnswer)
	_ = s.checkout.SendRefund(t.Context(), r.ID)
	s.work()
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
	s.audited()
}

// TestARefundMayTakeDaysAndFail: pending, sent, and back from the buyer's bank;
// then people send it, and the books know each step.
func TestARefundMayTakeDaysAndFail(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 3})
	s.standin.SlowRefunds(true)
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.work()
	r = s.at(r.ID, payments.RefundPending, payments.ByProvider)
	s.stands(ledger.Of(ledger.Buyer, money.UZS), -4_500_000)
	if err := s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 1"); !errors.Is(err, checkout.ErrRefundGone) {
		t.Errorf("sent by hand while the provider is at it: %v", err)
	}
	s.standin.TamperNext(standin.Tamper{Drop: true}, standin.Tamper{Drop: true})
	s.ok(s.standin.FinishRefund(r.Ref()))
	s.work()
	s.clock.pass(time.Hour)
	s.ok(s.checkout.Follow(t.Context()))
	s.at(r.ID, payments.RefundPending, payments.ByProvider)
	s.ok(s.checkout.FollowOverdue(t.Context()))
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
	s.stands(ledger.Of(ledger.Buyer, money.UZS), 0)
	s.ok(s.standin.FailRefund(r.Ref(), "expired_or_canceled_card"))
	s.work()
	r = s.at(r.ID, payments.RefundFailed, payments.ByHand)
	if r.Failure != "errors.refund.card_gone" || !r.ForHands() {
		t.Errorf("%+v", r)
	}
	s.stands(ledger.Of(ledger.Buyer, money.UZS), -4_500_000)
	s.audited()
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 18"))
	s.stands(ledger.Of(ledger.Buyer, money.UZS), 0)
	s.stands(ledger.ClearingOf(ledger.TillBank, money.UZS), -4_500_000)
	if _, err := s.checkout.RefundChanged(t.Context(), payments.ProviderStripe, r.Ref()); err != nil {
		t.Error(err)
	}
	if r = s.at(r.ID, payments.RefundSent, payments.ByHand); r.Sendings != 2 || r.Till != "bank" {
		t.Errorf("%+v", r)
	}
	s.audited()
	s.work()
	if n := number[int](s, `select count(*) from ledger_transactions where rule in ('refund_sent', 'refund_failed')`); n != 3 {
		t.Errorf("%d bookings", n)
	}
	if got := s.standin.RefundsOf(session(placed.PayURL)); len(got) != 1 {
		t.Errorf("Stripe has %+v", got)
	}
}

// TestARefusedRefundIsForPeople: who learn why.
func TestARefusedRefundIsForPeople(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, o := s.bought("uz", want{jam, 3})
	s.standin.RefuseRefunds("balance_insufficient")
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.work()
	if r = s.at(r.ID, payments.RefundFailed, payments.ByHand); r.Failure != "errors.refund.balance" {
		t.Errorf("%+v", r)
	}
	if got := s.written[len(s.written)-1]; got.Letter != "refund_failed" || got.Audience != checkout.ToStaff {
		t.Errorf("letters: %s", s.letters())
	}
	s.audited()
}

// TestALostJobIsFollowed: even if the job that sends it was lost.
func TestALostJobIsFollowed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, o := s.bought("uz", want{jam, 3})
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.exec(`delete from river_job where kind = 'refund_send'`)
	s.ok(jobs.Drain(t.Context(), s.pool, s.workers()))
	s.at(r.ID, payments.RefundDue, payments.ByProvider)
	s.clock.pass(3 * time.Minute)
	s.ok(s.checkout.Follow(t.Context()))
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
}

// TestRefundsMadeInTheDashboard: a whole order is booked as refunded, part of
// one is told to staff once, and what they then decide is sent by nobody.
func TestRefundsMadeInTheDashboard(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 3})
	if _, err := s.standin.RefundByHand(session(placed.PayURL), 4_500_000); err != nil {
		t.Fatal(err)
	}
	s.work()
	if n := number[int](s, `select count(*) from refunds`); n != 0 {
		t.Errorf("%d refunds out of nothing", n)
	}
	if n := number[int](s, `select count(*) from audit_events where action = 'refund.found'`); n != 1 {
		t.Errorf("told %d times", n)
	}
	in := s.pieces(o, want{jam, 1})
	in.ByHand = true
	r := s.decide(in)
	s.at(r.ID, payments.RefundDue, payments.ByHand)
	ref := s.standin.RefundsOf(session(placed.PayURL))[0].ID
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillStripe, ref))
	for range 2 {
		if got, err := s.checkout.RefundChanged(t.Context(), payments.ProviderStripe, ref); err != nil || got != checkout.ResultFound && got != checkout.ResultAlready {
			t.Errorf("%s, %v", got, err)
		}
	}
	if r = s.at(r.ID, payments.RefundSent, payments.ByProvider); r.Ref() != ref || r.SentBy == nil || *r.SentBy != 2 || r.Proof != ref {
		t.Errorf("%+v", r)
	}
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillStripe, ref)) // said again
	s.ok(s.standin.FailRefund(ref, "lost_or_stolen_card"))
	s.work()
	if r = s.at(r.ID, payments.RefundFailed, payments.ByHand); !r.ForHands() {
		t.Errorf("%+v", r)
	}
	s.stands(ledger.Of(ledger.Buyer, money.UZS), -4_500_000)
	s.audited()
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 19"))
	s.stands(ledger.Of(ledger.Buyer, money.UZS), 0)
	if got := s.standin.RefundsOf(session(placed.PayURL)); len(got) != 1 {
		t.Errorf("Stripe has %+v", got)
	}
	s.audited()

	whole, _ := s.bought("uz", want{tea, 2}, want{felt, 1})
	if _, err := s.standin.RefundByHand(session(whole.PayURL), 0); err != nil {
		t.Fatal(err)
	}
	s.work()
	s.is(whole.Token, "refunded", "cancelled")
	if s.stock(tea) != 10 || s.stock(felt) != 10 {
		t.Errorf("stock %d and %d", s.stock(tea), s.stock(felt))
	}
	s.stands(ledger.Of(ledger.Buyer, money.UZS), 0)
	s.audited()
}
