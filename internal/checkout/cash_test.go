package checkout_test

import (
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
)

// send has every parcel of an order packed and sent, and returns them.
func (s *shop) send(token string) []orders.Parcel {
	s.t.Helper()
	parcels := s.order(token).Parcels
	for _, p := range parcels {
		s.ok(s.orders.MarkPacked(s.t.Context(), p.ProducerID, 1, p.ID))
		s.ok(s.orders.MarkShipped(s.t.Context(), p.ProducerID, 1, p.ID, "uzpost", "CP761294038UZ"))
	}
	return parcels
}

func (s *shop) arrive(parcels ...orders.Parcel) {
	s.t.Helper()
	for _, p := range parcels {
		s.ok(s.checkout.ArrivedForStaff(s.t.Context(), 2, p.ID))
	}
}

func (s *shop) collect(want checkout.Result, parcel orders.Parcel, who ledger.Collector) {
	s.t.Helper()
	if got, err := s.checkout.CashCollected(s.t.Context(), 2, parcel.ID, who); got != want || err != nil {
		s.t.Errorf("cash: %s, want %s; %v", got, want, err)
	}
}

func (s *shop) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// stands fails the test unless an account stands so: a debit positive.
func (s *shop) stands(a ledger.Account, minor int64) {
	s.t.Helper()
	got, err := ledger.New(s.pool).Balance(s.t.Context(), a)
	if err != nil || got.Minor != minor {
		s.t.Errorf("%s of %d %s stands at %v, want %d; %v", a.Kind, a.ProducerID, a.Till, got, minor, err)
	}
}

// audited fails the test unless the ledger agrees with the orders.
func (s *shop) audited() {
	s.t.Helper()
	for what, sql := range books {
		if n := number[int](s, sql); n != 0 {
			s.t.Errorf("%s: %d rows", what, n)
		}
	}
}

// TestCashIsTakenByTheParcel: that goods have come does not say that their cash
// has, whoever says it; and who has the cash decides whose it is.
func TestCashIsTakenByTheParcel(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 1}, want{felt, 1})
	parcels := s.send(placed.Token)
	s.is(placed.Token, orders.Shipped, orders.ParcelShipped)
	s.ok(s.checkout.ArrivedForBuyer(t.Context(), placed.Token, parcels[0].ID))
	if got := s.order(placed.Token); got.PaidAt != nil || got.Status != orders.Shipped {
		t.Errorf("half of it has come: %+v", got.Order)
	}
	s.arrive(parcels[1])
	got := s.order(placed.Token)
	if got.PaidAt != nil || got.Status != orders.Delivered || got.Payments[0].Status != payments.Open || !orders.CashDue(got.Order, got.Parcels[0]) {
		t.Errorf("the goods have come, the cash has not: %+v, %+v", got.Order, got.Payments)
	}
	s.refused("orders_paid_when_completed", `update orders set status = 'completed'`)

	s.collect(checkout.ResultPaid, parcels[0], ledger.CollectorCourier)
	s.collect(checkout.ResultAlready, parcels[0], ledger.CollectorProgramme)
	if got := s.order(placed.Token); got.PaidAt != nil || got.Payments[0].Status != payments.Open || got.Parcels[0].Collector != "courier" {
		t.Errorf("half of the cash has come: %+v", got.Order)
	}
	for _, other := range []int64{1, 99} {
		if _, err := s.checkout.CashCollectedByProducer(t.Context(), other, 1, parcels[1].ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("producer %d has another's cash: %v", other, err)
		}
	}
	for _, want := range []checkout.Result{checkout.ResultPaid, checkout.ResultAlready} {
		if result, err := s.checkout.CashCollectedByProducer(t.Context(), 2, 1, parcels[1].ID); result != want || err != nil {
			t.Errorf("%s, want %s; %v", result, want, err)
		}
	}
	got = s.order(placed.Token)
	if got.PaidAt == nil || got.Status != orders.Delivered || got.Payments[0].Status != payments.Succeeded || orders.CashDue(got.Order, got.Parcels[1]) {
		t.Errorf("all the cash has come: %+v, %+v", got.Order, got.Payments)
	}
	if got.Parcels[0].ReleasedAt != nil || got.Parcels[1].ReleasedAt == nil {
		t.Error("who took the cash herself has her part, who did not has not")
	}
	// Jam: 45 000 soʻm and 25 000 for sending; slippers: 90 000 and 25 000. Commission a tenth of the goods.
	s.stands(ledger.ClearingOf(ledger.TillCourier, money.UZS), 7_000_000)
	s.stands(ledger.ReserveOf(1, money.UZS), -(4_050_000 + 2_500_000))
	s.stands(ledger.PayableTo(2, money.UZS), 900_000) // she owes the commission
	s.stands(ledger.Of(ledger.Commission, money.UZS), -(450_000 + 900_000))
	s.stands(ledger.Of(ledger.Shipping, money.UZS), 0)
	s.audited()
	if n := number[int](s, `select count(*) from audit_events where action = 'parcel.cash_collected'`); n != 2 {
		t.Errorf("%d lines in the audit trail", n)
	}
}

func TestWhatCashCannotBeTaken(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	early, card := s.place("uz", markets.COD, want{jam, 1}), s.place("jp", markets.Card, want{jam, 1})
	s.pay(card.PayURL)
	s.work()
	for name, tt := range map[string]struct {
		parcel int64
		who    ledger.Collector
		kind   errs.Kind
	}{
		"goods that have not left": {s.order(early.Token).Parcels[0].ID, ledger.CollectorCourier, errs.Conflict},
		"a card order":             {s.order(card.Token).Parcels[0].ID, ledger.CollectorCourier, errs.Invalid},
		"no parcel":                {99, ledger.CollectorCourier, errs.NotFound},
	} {
		if _, err := s.checkout.CashCollected(t.Context(), 2, tt.parcel, tt.who); errs.KindOf(err) != tt.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	parcel := s.send(early.Token)[0]
	if _, err := s.checkout.CashCollected(t.Context(), 2, parcel.ID, "neighbour"); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a neighbour: %v", err)
	}
	if n := number[int](s, `select count(*) from cash_collections`); n != 0 {
		t.Errorf("%d collections", n)
	}
	s.ok(s.checkout.ReturnedForStaff(t.Context(), 2, parcel.ID, true))
	if _, err := s.checkout.CashCollected(t.Context(), 2, parcel.ID, ledger.CollectorCourier); errs.KindOf(err) != errs.Conflict {
		t.Errorf("what came back: %v", err)
	}
}

// TestRefusedAtTheDoor: what nobody took costs nobody anything, and its goods
// are there again if they are good.
func TestRefusedAtTheDoor(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 2}, want{felt, 1})
	waiting := s.order(placed.Token).Parcels[0]
	if err := s.checkout.ReturnedForStaff(t.Context(), 2, waiting.ID, true); errs.KindOf(err) != errs.Conflict {
		t.Errorf("it has not left: %v", err)
	}
	parcels := s.send(placed.Token)
	s.arrive(parcels[1])
	for range 2 {
		s.ok(s.checkout.ReturnedForStaff(t.Context(), 2, parcels[0].ID, true))
	}
	got := s.order(placed.Token)
	if got.Status != orders.Delivered || got.Parcels[0].Status != orders.ParcelReturned || got.Parcels[0].ReturnedAt == nil || s.stock(jam) != 10 {
		t.Errorf("one of two came back: %s, %+v, stock %d", got.Status, got.Parcels[0], s.stock(jam))
	}
	s.ok(s.checkout.ReturnedForStaff(t.Context(), 2, parcels[1].ID, false))
	got = s.order(placed.Token)
	if got.Status != orders.Cancelled || got.Payments[0].Status != payments.Cancelled || got.CancelledAs != orders.FactRefusedDoor {
		t.Errorf("both came back: %+v", got.Order)
	}
	if s.stock(jam) != 10 || s.stock(felt) != 9 {
		t.Errorf("stock %d and %d", s.stock(jam), s.stock(felt))
	}
	s.audited()
	if n := number[int](s, `select count(*) from ledger_transactions`); n != 0 {
		t.Errorf("%d transactions of nothing", n)
	}
	s.work()
	if got, want := s.letters(), "confirmed to buyer in en, confirmed to producer in kaa, shipped to buyer in en, shipped to buyer in en, cancelled to buyer in en"; got != want {
		t.Errorf("wrote %q", got)
	}
}

// TestHalfIsRefused: the half that was taken pays for the order.
func TestHalfIsRefused(t *testing.T) {
	t.Parallel()
	for _, refusedFirst := range []bool{true, false} {
		s := newShop(t)
		placed := s.place("uz", markets.COD, want{jam, 1}, want{felt, 1})
		parcels := s.send(placed.Token)
		steps := []func(){
			func() { s.ok(s.checkout.ReturnedForStaff(t.Context(), 2, parcels[0].ID, true)) },
			func() { s.collect(checkout.ResultPaid, parcels[1], ledger.CollectorProgramme) },
		}
		if !refusedFirst {
			steps[0], steps[1] = steps[1], steps[0]
		}
		steps[0]()
		if got := s.order(placed.Token); got.PaidAt != nil {
			t.Error("paid with half of it open")
		}
		steps[1]()
		if got := s.order(placed.Token); got.PaidAt == nil || got.Payments[0].Status != payments.Succeeded || got.Status != orders.Shipped {
			t.Errorf("%+v", got.Order)
		}
		s.stands(ledger.ClearingOf(ledger.TillCash, money.UZS), 11_500_000)
		s.stands(ledger.ReserveOf(1, money.UZS), 0)
		s.audited()
	}
}

// TestWhatWasPaidComesBack: the parcel is back, and nothing else has happened.
func TestWhatWasPaidComesBack(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 2})
	s.pay(placed.PayURL)
	s.work()
	parcel := s.send(placed.Token)[0]
	s.ok(s.checkout.ReturnedForStaff(t.Context(), 2, parcel.ID, true))
	got := s.order(placed.Token)
	if got.Status != orders.Shipped || got.Parcels[0].Status != orders.ParcelReturned || s.stock(jam) != 8 {
		t.Errorf("%s, %s, stock %d", got.Status, got.Parcels[0].Status, s.stock(jam))
	}
	s.clock.pass(60 * 24 * time.Hour)
	if n, err := s.checkout.ReleaseEarnings(t.Context()); n != 0 || err != nil {
		t.Errorf("%d released, %v", n, err)
	}
	s.audited()
}
