package checkout_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	proof "awil/internal/books"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/templates/mail"
)

// proven fails the test unless the books are.
func (s *shop) proven() {
	s.t.Helper()
	report, err := proof.Check(s.t.Context(), s.pool, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, sentence := range report.Sentences() {
		s.t.Error(sentence)
	}
}

func (s *shop) correct(parcel orders.Parcel, who ledger.Collector) {
	s.t.Helper()
	if err := s.checkout.CorrectCash(s.t.Context(), 2, parcel.ID, who, "the slip says so"); err != nil {
		s.t.Fatal(err)
	}
	s.proven()
	s.audited()
}

// days lets time pass until earnings are released.
func (s *shop) days(n int) {
	s.clock.pass(time.Duration(n) * 24 * time.Hour)
}

// TestCashSaidWrongly: whoever has the cash in the end, the books say what they
// would have said of the truth.
func TestCashSaidWrongly(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 2}, want{felt, 1})
	parcels := s.send(placed.Token)
	s.arrive(parcels...)
	s.collect(checkout.ResultPaid, parcels[0], ledger.CollectorProducer)
	s.collect(checkout.ResultPaid, parcels[1], ledger.CollectorCourier)
	earned := 2*4_050_000 + int64(3_000_000) // of the jam, and for sending it
	s.stands(ledger.PayableTo(1, money.UZS), 900_000)

	s.correct(parcels[0], ledger.CollectorCourier)
	s.stands(ledger.PayableTo(1, money.UZS), 0)
	s.stands(ledger.ReserveOf(1, money.UZS), -earned)
	s.stands(ledger.ClearingOf(ledger.TillCourier, money.UZS), 12_000_000+11_500_000)
	if p := s.order(placed.Token).Parcels[0]; p.ReleasedAt != nil || p.Collector != "courier" {
		t.Errorf("%+v", p)
	}
	s.correct(parcels[0], ledger.CollectorProgramme)
	s.stands(ledger.ClearingOf(ledger.TillCash, money.UZS), 12_000_000)
	s.released(0)
	s.days(8)
	s.released(2)
	s.stands(ledger.PayableTo(1, money.UZS), -earned)

	// Released by the clock, and hers all the while.
	s.correct(parcels[0], ledger.CollectorProducer)
	s.stands(ledger.PayableTo(1, money.UZS), 900_000)
	s.stands(ledger.ReserveOf(1, money.UZS), 0)
	s.correct(parcels[0], ledger.CollectorCourier)
	s.stands(ledger.ReserveOf(1, money.UZS), -earned)
	s.released(1)
	s.stands(ledger.PayableTo(1, money.UZS), -earned)
	s.proven()

	if n := number[int](s, `select count(*) from cash_collections where parcel_id = $1`, parcels[0].ID); n != 5 {
		t.Errorf("%d were said to have it", n)
	}
	if n := number[int](s, `select count(*) from audit_events where action = 'parcel.cash_corrected' and detail ->> 'reason' = 'the slip says so'`); n != 4 {
		t.Errorf("%d lines in the audit trail", n)
	}
	s.refused("is fixed", `update parcels set released_at = null where id = $1`, parcels[1].ID)
	s.refused("already", `insert into cash_collections (parcel_id, turn, order_id, collector, amount_minor, currency, account_id, collected_at, reason)
		select parcel_id, 9, order_id, 'programme', amount_minor, currency, 2, now(), 'x' from cash_taken where parcel_id = $1`, parcels[1].ID)
}

// TestCashSaidWronglyAndRefunded: what went back to the buyer meanwhile is taken
// from where her earnings lie in the end.
func TestCashSaidWronglyAndRefunded(t *testing.T) {
	t.Parallel()
	for _, who := range [][]ledger.Collector{
		{ledger.CollectorProducer, ledger.CollectorCourier, ledger.CollectorProducer},
		{ledger.CollectorCourier, ledger.CollectorProducer, ledger.CollectorProgramme},
	} {
		s := newShop(t)
		placed := s.place("uz", markets.COD, want{jam, 3}, want{felt, 1})
		parcels := s.send(placed.Token)
		s.arrive(parcels...)
		s.collect(checkout.ResultPaid, parcels[0], who[0])
		s.collect(checkout.ResultPaid, parcels[1], ledger.CollectorProducer)
		s.decide(s.pieces(s.order(placed.Token), want{jam, 1}, want{felt, 1})) // of both, in one
		s.days(8)
		s.released(map[bool]int{true: 1}[who[0] == ledger.CollectorCourier])
		s.decide(s.pieces(s.order(placed.Token), want{jam, 1}))
		s.proven()
		for _, next := range who[1:] {
			s.correct(parcels[0], next)
		}
		if who[2] == ledger.CollectorProgramme {
			s.released(1)
			s.stands(ledger.PayableTo(1, money.UZS), -(4_050_000 + 3_500_000))
		} else { // she has taken for three and owes two to the buyer, and the commission of one
			s.stands(ledger.PayableTo(1, money.UZS), 450_000+2*4_500_000)
		}
		s.stands(ledger.ReserveOf(1, money.UZS), 0)
		s.proven()
	}
}

func TestWhatCashCannotBeCorrected(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 1})
	parcel := s.send(placed.Token)[0]
	correct := func(who ledger.Collector, reason string) error {
		return s.checkout.CorrectCash(t.Context(), 2, parcel.ID, who, reason)
	}
	if err := correct(ledger.CollectorCourier, "why"); errs.KindOf(err) != errs.Conflict {
		t.Errorf("nobody has it: %v", err)
	}
	s.collect(checkout.ResultPaid, parcel, ledger.CollectorCourier)
	for name, err := range map[string]error{"a neighbour": correct("neighbour", "why"), "no reason": correct(ledger.CollectorProducer, "  ")} {
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.ok(correct(ledger.CollectorCourier, "why"))
	if n := number[int](s, `select count(*) from ledger_transactions`); n != 1 {
		t.Errorf("%d transactions", n)
	}
}

// TestPartNeverSent: one parcel came back, another was never packed: staff end
// what nobody will send, and with it the order.
func TestPartNeverSent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before func(s *shop, p orders.Parcel)
		status orders.Status
		paid   bool
	}{
		"the other came back": {func(s *shop, p orders.Parcel) { s.ok(s.checkout.ReturnedForStaff(t.Context(), 2, p.ID, true)) }, orders.Cancelled, false},
		"the other was taken": {func(s *shop, p orders.Parcel) {
			s.arrive(p)
			s.collect(checkout.ResultPaid, p, ledger.CollectorCourier)
		}, orders.Delivered, true},
		"the other is on its way": {func(*shop, orders.Parcel) {}, orders.Shipped, false},
	} {
		s := newShop(t)
		placed := s.place("uz", markets.COD, want{jam, 1}, want{felt, 2})
		parcels := s.order(placed.Token).Parcels
		s.ok(s.orders.MarkPacked(t.Context(), 1, 1, parcels[0].ID))
		s.ok(s.orders.MarkShipped(t.Context(), 1, 1, parcels[0].ID, "uzpost", "CP761294038UZ"))
		tt.before(s, parcels[0])
		if err := s.checkout.CancelByStaff(t.Context(), 2, s.order(placed.Token).ID, "she is ill"); !errors.Is(err, checkout.ErrPacked) {
			t.Errorf("%s: cancelled whole: %v", name, err)
		}
		for range 2 {
			s.ok(s.checkout.CancelParcelByStaff(t.Context(), 2, parcels[1].ID, "she is ill"))
		}
		got := s.order(placed.Token)
		if got.Status != tt.status || (got.PaidAt != nil) != tt.paid || got.Parcels[1].Status != orders.ParcelCancelled || s.stock(felt) != 10 {
			t.Errorf("%s: %+v, stock %d", name, got.Order, s.stock(felt))
		}
		if tt.status == orders.Cancelled && (got.CancelReason != "she is ill" || got.Payments[0].Status != payments.Cancelled) {
			t.Errorf("%s: %+v", name, got.Order)
		}
		s.work()
		if told := strings.Contains(s.letters(), "parcel_off to buyer in en"); told == (tt.status == orders.Cancelled) || got.WhyDropped(parcels[1].ID) != "she is ill" {
			t.Errorf("%s: letters: %s; why: %q", name, s.letters(), got.WhyDropped(parcels[1].ID))
		}
		s.saysWhy(orders.LetterParcelOff, "she is ill")
		s.audited()
		s.proven()
	}
}

// TestPartNeverSentThenAll: goods that went back into stock with their parcel do
// not go back once more with the order.
func TestPartNeverSentThenAll(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 1}, want{felt, 2})
	parcels := s.order(placed.Token).Parcels
	s.ok(s.checkout.CancelParcelByStaff(t.Context(), 2, parcels[0].ID, "none left"))
	if s.stock(jam) != 10 || s.stock(felt) != 8 {
		t.Errorf("stock %d and %d", s.stock(jam), s.stock(felt))
	}
	s.ok(s.checkout.CancelByStaff(t.Context(), 2, s.order(placed.Token).ID, "none at all"))
	s.is(placed.Token, orders.Cancelled, orders.ParcelCancelled)
	if s.stock(jam) != 10 || s.stock(felt) != 10 {
		t.Errorf("stock %d and %d", s.stock(jam), s.stock(felt))
	}
}

func TestWhatPartCannotBeCancelled(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, card := s.bought("jp", want{jam, 1}, want{felt, 1})
	cash := s.place("uz", markets.COD, want{jam, 1})
	parcel := s.order(cash.Token).Parcels[0]
	cancel := func(id int64, reason string) error {
		return s.checkout.CancelParcelByStaff(t.Context(), 2, id, reason)
	}
	if err := cancel(card.Parcels[0].ID, "ill"); errs.KindOf(err) != errs.Invalid {
		t.Errorf("prepaid: %v", err)
	}
	if err := cancel(parcel.ID, " "); errs.KindOf(err) != errs.Invalid {
		t.Errorf("no reason: %v", err)
	}
	s.ok(s.orders.MarkPacked(t.Context(), 1, 1, parcel.ID))
	if err := cancel(parcel.ID, "ill"); !errors.Is(err, checkout.ErrPacked) {
		t.Errorf("packed: %v", err)
	}
}

// saysWhy looks for a reason in every letter of a kind, as the buyer reads it.
func (s *shop) saysWhy(letter orders.Letter, why string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.written {
		if m.Letter != letter {
			continue
		}
		w, err := mail.Write(s.t.Context(), m)
		if err != nil {
			s.t.Fatal(err)
		}
		if !strings.Contains(w.Text, why) || !strings.Contains(w.HTML, why) {
			s.t.Errorf("%s does not say %q: %s\n%s", letter, why, w.Text, w.HTML)
		}
	}
}
