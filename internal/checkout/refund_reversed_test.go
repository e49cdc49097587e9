package checkout_test

import (
	"testing"

	"awil/internal/checkout"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
)

// byPayme is an order paid through Payme, and Payme's name of the transaction.
func (s *localShop) byPayme(wants ...want) (checkout.Placed, checkout.Overview, string) {
	s.t.Helper()
	placed := s.place("uz", markets.Payme, wants...)
	id, err := s.payme.Pay(s.t.Context(), placed.PayURL)
	s.ok(err)
	s.work()
	s.settled(placed)
	return placed, s.order(placed.Token), id
}

const paymeReturn = 5 // Payme's reason: money is given back

// TestPaymeGivesItAllBack: nobody had decided; goods that never left go into
// stock again, and it is sent from Payme's till, once.
func TestPaymeGivesItAllBack(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed, o, id := s.byPayme(want{jam, 2}, want{felt, 1})
	for range 2 {
		s.ok(s.payme.Cancel(t.Context(), id, paymeReturn))
	}
	s.is(placed.Token, orders.Refunded, orders.ParcelCancelled)
	if s.stock(jam) != 10 || s.stock(felt) != 10 {
		t.Errorf("stock %d and %d", s.stock(jam), s.stock(felt))
	}
	list, err := payments.New(s.pool, s.queue, s.clock.Now).RefundsOfOrder(t.Context(), o.ID)
	s.ok(err)
	if len(list) != 1 || list[0].Amount() != o.Total() || list[0].Status != payments.RefundSent || list[0].Till != "payme" {
		t.Errorf("%+v", list)
	}
	s.stands(ledger.ClearingOf(ledger.TillPayme, money.UZS), 0)
	s.stands(ledger.ReserveOf(1, money.UZS), 0)
	s.work()
	s.audited()
}

// TestPaymeSendsWhatStaffDecided: part and rest, wherever the goods are.
func TestPaymeSendsWhatStaffDecided(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed, o, id := s.byPayme(want{jam, 2}, want{felt, 1})
	first := s.decide(s.pieces(o, want{jam, 1}))
	s.at(first.ID, payments.RefundDue, payments.ByHand)
	parcels := s.send(placed.Token)
	if err := s.payme.Cancel(t.Context(), id, paymeReturn); err == nil {
		t.Error("all went back though goods had left")
	}
	s.at(first.ID, payments.RefundDue, payments.ByHand)
	s.arrive(parcels...)
	rest := s.pieces(s.order(placed.Token), want{jam, 1}, want{felt, 1})
	for _, p := range o.Parcels {
		rest.Shipping = append(rest.Shipping, checkout.RefundShipping{ParcelID: p.ID, Amount: uzs(p.ShippingMinor)})
	}
	second := s.decide(rest)
	s.ok(s.payme.Cancel(t.Context(), id, paymeReturn))
	s.at(first.ID, payments.RefundSent, payments.ByHand)
	s.at(second.ID, payments.RefundSent, payments.ByHand)
	s.is(placed.Token, orders.Refunded, orders.ParcelDelivered)
	s.stands(ledger.ClearingOf(ledger.TillPayme, money.UZS), 0)
	s.stands(ledger.Of(ledger.Buyer, money.UZS), 0)
	s.audited()
}

// TestPaymeGivesNothingBackTwice: what people have sent from the bank is not
// reversed as well.
func TestPaymeGivesNothingBackTwice(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	_, o, id := s.byPayme(want{jam, 2})
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 17"))
	if err := s.payme.Cancel(t.Context(), id, paymeReturn); err == nil {
		t.Error("it went back a second time")
	}
	s.audited()
}
