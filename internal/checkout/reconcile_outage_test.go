package checkout_test

import (
	"errors"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/stripe/standin"
)

// TestALookupLostAfterAnOutage: nobody worked for eight days, no message ever
// came, and the first question about an attempt that was paid gets no answer.
// That says nothing of the money: the next round asks again and finds it.
func TestALookupLostAfterAnOutage(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 2})
	s.standin.Hold() // no message ever comes
	s.pay(placed.PayURL)
	s.clock.pass(8 * 24 * time.Hour)
	s.standin.FailNext(standin.LostRequest)
	if err := s.checkout.Reconcile(t.Context()); !errors.Is(err, errs.Unavailable) {
		t.Errorf("the lost question: %v", err)
	}
	if o := s.order(placed.Token); o.Payments[0].Status != payments.Open {
		t.Fatalf("given up without an answer: %+v", o.Payments)
	}
	if err := s.checkout.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
	if s.stock(jam) != 8 {
		t.Errorf("stock %d", s.stock(jam))
	}
}
