package checkout_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

// nameless places an order whose session the provider has made and we know
// nothing of, and of which no message will ever come.
func (s *shop) nameless() (placed checkout.Placed, ref string) {
	s.t.Helper()
	s.standin.Hold()
	s.standin.FailNext(standin.LostAnswer)
	placed, err := s.checkout.Place(s.t.Context(), s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card))
	if err != nil || errs.KindOf(placed.PayError) != errs.Unavailable {
		s.t.Fatalf("%+v, %v", placed, err)
	}
	sessions := s.sessions()
	if len(sessions) != 1 {
		s.t.Fatalf("%d sessions", len(sessions))
	}
	return placed, sessions[0]
}

// TestMoneyOfANamelessAttemptIsFound: neither the answer to our call nor a
// message ever came. Whoever looks first once the attempt is over finds the money, however late that is.
func TestMoneyOfANamelessAttemptIsFound(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(*shop) error{
		"ends overdue orders": func(s *shop) error { _, err := s.checkout.Expire(s.t.Context()); return err },
		"asks about attempts": func(s *shop) error { return s.checkout.Reconcile(s.t.Context()) },
	} {
		for _, later := range []time.Duration{40 * time.Minute, 26 * time.Hour, 9 * 24 * time.Hour} { // the key is forgotten after a day
			t.Run(name+" after "+later.String(), func(t *testing.T) {
				t.Parallel()
				s := newShop(t)
				placed, ref := s.nameless()
				s.ok(s.standin.Pay(ref, standin.CardGood))
				s.clock.pass(later)
				s.ok(look(s))
				s.is(placed.Token, orders.Paid, orders.ParcelToPack)
				s.once(placed.OrderID)
			})
		}
	}
}

// TestAKeyGivenUpIsLookedForFirst: before another session is made for an order,
// the one whose answer was lost is looked for; it is the one to pay.
func TestAKeyGivenUpIsLookedForFirst(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, ref := s.nameless()
	s.clock.pass(3 * time.Minute)
	s.standin.FailNext(standin.LostRequest)
	url, err := s.checkout.Pay(t.Context(), placed.Token)
	if err != nil {
		t.Fatal(err)
	}
	if session(url) != ref || len(s.sessions()) != 1 {
		t.Errorf("she is sent to %s, there are %v", url, s.sessions())
	}
	if n := number[int](s, `select count(*) from payments where status <> $1`, payments.Open); n != 0 {
		t.Errorf("%d attempts are given up", n)
	}
}

// TestAKeyGivenUpThatWasPaid: the session was even paid meanwhile.
func TestAKeyGivenUpThatWasPaid(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, ref := s.nameless()
	s.ok(s.standin.Pay(ref, standin.CardGood))
	s.clock.pass(3 * time.Minute)
	s.standin.FailNext(standin.LostRequest)
	if _, err := s.checkout.Pay(t.Context(), placed.Token); err != checkout.ErrPaid {
		t.Errorf("she is asked to pay again: %v", err)
	}
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
}

// underWay is the gateway of a call that takes its time.
type underWay struct {
	*stripe.Gateway
	meanwhile func()
}

// Start lets something happen before the call reaches the provider.
func (g underWay) Start(ctx context.Context, a payments.Attempt) (payments.Started, error) {
	g.meanwhile()
	return g.Gateway.Start(ctx, a)
}

// slowly is the shop on a node whose calls to begin an attempt take so long
// that something happens meanwhile; calls after that do not.
func (s *shop) slowly(meanwhile func()) *checkout.Service {
	config := s.checkout.Config
	var once sync.Once
	config.Gateways = payments.NewGateways(underWay{s.stripe, func() { once.Do(meanwhile) }})
	return checkout.New(config)
}

// TestAnAttemptGivenUpUnderWay: while a call to begin an attempt is under way
// the attempt is given up, and another begun. Nobody is sent to the first, of
// which nobody would ask.
func TestAnAttemptGivenUpUnderWay(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.FailNext(standin.LostRequest)
	placed, err := s.checkout.Place(t.Context(), s.input(s.fill("uz", want{jam, 1}), "uz", markets.Card))
	s.ok(err)
	var other string
	url, err := s.slowly(func() {
		s.clock.pass(3 * time.Minute)
		s.standin.FailNext(standin.LostRequest)
		if other, err = s.checkout.Pay(t.Context(), placed.Token); err != nil {
			t.Fatal(err)
		}
	}).Pay(t.Context(), placed.Token)
	if err != nil || url != other || len(s.sessions()) != 2 {
		t.Errorf("she is sent to %q and %q, %v; there are %v", other, url, err, s.sessions())
	}
	for _, ref := range s.sessions() {
		o, err := s.stripe.Lookup(t.Context(), ref)
		if want := map[bool]payments.Status{true: payments.StatusOpen, false: payments.StatusExpired}[ref == session(url)]; err != nil || o.Status != want {
			t.Errorf("%s is %s, want %s; %v", ref, o.Status, want, err)
		}
	}
}

// TestAnOrderCancelledUnderWay: nobody is sent to pay for what is cancelled.
func TestAnOrderCancelledUnderWay(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.FailNext(standin.LostRequest)
	placed, err := s.checkout.Place(t.Context(), s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card))
	s.ok(err)
	url, err := s.slowly(func() { s.ok(s.checkout.CancelByBuyer(t.Context(), placed.Token)) }).Pay(t.Context(), placed.Token)
	if url != "" || !errors.Is(err, checkout.ErrOver) {
		t.Errorf("she is sent to %q, %v", url, err)
	}
	s.is(placed.Token, orders.Cancelled, orders.ParcelCancelled)
}

// TestNothingIsGivenUpUnlooked: while the provider's list cannot be read, an
// attempt it may have stays open; the order itself does not wait for ever.
func TestNothingIsGivenUpUnlooked(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, ref := s.nameless()
	s.ok(s.standin.Pay(ref, standin.CardGood))
	s.clock.pass(50 * time.Minute)
	s.standin.FailNext(standin.LostRequest, standin.LostRequest)
	if _, err := s.checkout.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.checkout.Reconcile(t.Context()); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("the lost question: %v", err)
	}
	if o := s.order(placed.Token); o.Status != orders.Expired || o.Payments[0].Status != payments.Open {
		t.Errorf("order %s, attempt %s", o.Status, o.Payments[0].Status)
	}
	s.ok(s.checkout.Reconcile(t.Context()))
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
}

// TestAnAttemptNeverBegunIsClosed: what the provider has not is not waited for.
func TestAnAttemptNeverBegunIsClosed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.FailNext(standin.LostRequest)
	placed, err := s.checkout.Place(t.Context(), s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card))
	s.ok(err)
	s.clock.pass(40 * time.Minute)
	s.ok(s.checkout.Reconcile(t.Context()))
	if o := s.order(placed.Token); o.Payments[0].Status != payments.Expired || o.Payments[0].Ref() != "" {
		t.Errorf("%+v", o.Payments[0])
	}
}

// TestCancelledDespiteAFailureRemembered: the provider repeats its own failure
// under our key for a day; that it has no such attempt is enough to cancel.
func TestCancelledDespiteAFailureRemembered(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.FailNext(standin.ServerError)
	placed, err := s.checkout.Place(t.Context(), s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card))
	s.ok(err)
	s.clock.pass(3 * time.Minute)
	s.ok(s.checkout.CancelByBuyer(t.Context(), placed.Token))
	s.is(placed.Token, orders.Cancelled, orders.ParcelCancelled)
}
