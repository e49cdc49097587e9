package checkout_test

import (
	"errors"
	"slices"
	"testing"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
)

// TestAWrongRecordIsTakenBack: finance had said that a refund left another
// till; the sending is booked back, and the refund is sent anew.
func TestAWrongRecordIsTakenBack(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.Bank, want{felt, 1})
	o := s.order(placed.Token)
	if _, err := s.checkout.BankReceived(t.Context(), 2, o.ID, o.Total()); err != nil {
		t.Fatal(err)
	}
	r := s.decide(s.pieces(s.order(placed.Token), want{felt, 1}))
	var bad *errs.Fields
	if err := s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillPayme, "cabinet 5"); !errors.As(err, &bad) || !bad.Has("till") {
		t.Errorf("a transfer goes back by Payme: %v", err)
	}
	if err := s.checkout.TakeBackRefundSent(t.Context(), 2, r.ID, "not yet"); !errors.Is(err, checkout.ErrRefundNotByHand) {
		t.Errorf("before it was sent: %v", err)
	}
	sum := r.Amount().Minor
	came := o.Total().Minor
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillCash, "Gulnara signed"))
	s.stands(ledger.ClearingOf(ledger.TillCash, money.UZS), -sum)
	if err := s.checkout.TakeBackRefundSent(t.Context(), 2, r.ID, "  "); !errors.As(err, &bad) || !bad.Has("undo") {
		t.Errorf("without a reason: %v", err)
	}
	s.ok(s.checkout.TakeBackRefundSent(t.Context(), 2, r.ID, "It was the bank"))
	r = s.at(r.ID, payments.RefundFailed, payments.ByHand)
	if !r.TakenBack() || !r.ForHands() || r.SentAt != nil {
		t.Errorf("%+v", r)
	}
	s.stands(ledger.ClearingOf(ledger.TillCash, money.UZS), 0)
	s.stands(ledger.Of(ledger.Buyer, money.UZS), -sum)
	s.audited()
	if n := number[int](s, `select count(*) from audit_events where action = 'refund.taken_back' and detail ->> 'reason' = 'It was the bank'`); n != 1 {
		t.Errorf("written down %d times", n)
	}
	if err := s.checkout.TakeBackRefundSent(t.Context(), 2, r.ID, "again"); !errors.Is(err, checkout.ErrRefundNotByHand) {
		t.Errorf("taken back twice: %v", err)
	}
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 17"))
	r = s.at(r.ID, payments.RefundSent, payments.ByHand)
	if r.Sendings != 2 || r.Till != "bank" || r.Failure != "" || !r.SaidSent() || r.GivenBack() {
		t.Errorf("%+v", r)
	}
	s.stands(ledger.ClearingOf(ledger.TillBank, money.UZS), came-sum)
	s.stands(ledger.Of(ledger.Buyer, money.UZS), 0)
	s.audited()
}

// TestWhatAProviderSentIsNotTakenBack by people.
func TestWhatAProviderSentIsNotTakenBack(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, o := s.bought("jp", want{jam, 1})
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.work()
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
	if err := s.checkout.TakeBackRefundSent(t.Context(), 2, r.ID, "no"); !errors.Is(err, checkout.ErrRefundNotByHand) {
		t.Errorf("taken back: %v", err)
	}
}

func TestHandTills(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		provider payments.Provider
		cur      money.Currency
		want     []ledger.Till
	}{
		{payments.ProviderStripe, money.JPY, []ledger.Till{ledger.TillStripe, ledger.TillBank}},
		{payments.ProviderPayme, money.UZS, []ledger.Till{ledger.TillPayme, ledger.TillBank, ledger.TillCash}},
		{payments.ProviderBank, money.KGS, []ledger.Till{ledger.TillBank, ledger.TillCash}},
		{payments.ProviderCOD, money.UZS, []ledger.Till{ledger.TillCash, ledger.TillCourier, ledger.TillBank}},
	} {
		if got := checkout.HandTills(c.provider, c.cur); !slices.Equal(got, c.want) {
			t.Errorf("%s in %s: %v", c.provider, c.cur, got)
		}
	}
}

// TestNoLetterOfWhatWasTakenBack: a letter that is written only after its refund
// was taken back says nothing; the next sending has one of its own.
func TestNoLetterOfWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.Bank, want{felt, 1})
	o := s.order(placed.Token)
	if _, err := s.checkout.BankReceived(t.Context(), 2, o.ID, o.Total()); err != nil {
		t.Fatal(err)
	}
	r := s.decide(s.pieces(s.order(placed.Token), want{felt, 1}))
	s.work()
	told := func(want int) {
		t.Helper()
		s.written = nil
		s.work()
		n := 0
		for _, m := range s.written {
			if m.Letter == orders.LetterRefundSent {
				n++
			}
		}
		if n != want {
			t.Errorf("%d letters that it was sent, want %d", n, want)
		}
	}
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillCash, "Gulnara signed"))
	s.ok(s.checkout.TakeBackRefundSent(t.Context(), 2, r.ID, "It was nobody"))
	told(0)
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillCash, "Gulnara signed"))
	s.ok(s.checkout.TakeBackRefundSent(t.Context(), 2, r.ID, "It was the bank"))
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 17"))
	told(1)
}
