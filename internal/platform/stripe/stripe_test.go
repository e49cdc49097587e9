package stripe_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

var yen = money.New(7150, money.JPY)

func TestPay(t *testing.T) {
	for _, amount := range []money.Amount{yen, money.New(4899, money.USD), money.New(9_000_000, money.UZS)} {
		t.Run(string(amount.Currency), func(t *testing.T) {
			r := newRig(t)
			a := r.attempt(1, amount)
			started := r.start(t, a)
			if !started.ExpiresAt.Equal(a.ExpiresAt) || !strings.HasPrefix(started.RedirectURL, r.stripe.URL()+"/pay/") {
				t.Errorf("started: %+v", started)
			}
			open := r.lookup(t, started.ProviderRef)
			if open.Status != payments.StatusOpen || open.Amount != amount || open.RedirectURL != started.RedirectURL || open.ChargeRef != "" {
				t.Errorf("before paying: %+v", open)
			}
			if err := r.stripe.Pay(started.ProviderRef, standin.CardGood); err != nil {
				t.Fatal(err)
			}
			paid := r.lookup(t, started.ProviderRef)
			if paid.Status != payments.StatusSucceeded || paid.Amount != amount || paid.PaymentID != 1 || paid.Reference != "AW-197" ||
				!strings.HasPrefix(paid.ChargeRef, "pi_") || paid.FailureKey != "" || paid.RedirectURL != "" {
				t.Errorf("after paying: %+v", paid)
			}
			wantTypes(t, r.settled(t), "payment_intent.succeeded", "checkout.session.completed")
			for _, e := range r.events {
				if e.PaymentID != 1 || e.Provider != payments.ProviderStripe || e.ID == "" || !e.Created.Equal(r.now()) {
					t.Errorf("event: %+v", e)
				}
			}
			if r.events[0].ProviderRef != "" || r.events[1].ProviderRef != started.ProviderRef {
				t.Errorf("which session: %+v", r.events)
			}
		})
	}
}

func TestDeclineThenPay(t *testing.T) {
	r := newRig(t)
	ref := r.start(t, r.attempt(2, yen)).ProviderRef
	for _, c := range []struct{ card, key string }{
		{standin.CardDeclined, "errors.payment.declined"},
		{standin.CardNoFunds, "errors.payment.insufficient_funds"},
		{standin.CardExpired, "errors.payment.expired_card"},
		{standin.CardWrongCVC, "errors.payment.incorrect_cvc"},
		{standin.CardProcessing, "errors.payment.processing"},
		{"4111111111111111", "errors.payment.incorrect_number"},
	} {
		if err := r.stripe.Pay(ref, c.card); !errors.Is(err, standin.ErrDeclined) {
			t.Fatalf("%s: %v", c.card, err)
		}
		o := r.lookup(t, ref)
		if o.Status != payments.StatusOpen || o.FailureKey != c.key || o.RedirectURL == "" {
			t.Errorf("declined %s: %+v", c.card, o)
		}
	}
	if err := r.stripe.Pay(ref, standin.CardGood); err != nil {
		t.Fatal(err)
	}
	if o := r.lookup(t, ref); o.Status != payments.StatusSucceeded || o.FailureKey != "" {
		t.Errorf("paid in the end: %+v", o)
	}
	if types := r.settled(t); len(types) != 8 || types[0] != "payment_intent.payment_failed" {
		t.Errorf("webhooks: %v", types)
	}
	if err := r.stripe.Pay(ref, standin.CardGood); !errors.Is(err, standin.ErrNotOpen) {
		t.Errorf("paid twice: %v", err)
	}
}

func TestExpiry(t *testing.T) {
	r := newRig(t)
	ref := r.start(t, r.attempt(3, yen)).ProviderRef
	r.advance(59 * time.Minute)
	if o := r.lookup(t, ref); o.Status != payments.StatusOpen {
		t.Errorf("too early: %+v", o)
	}
	r.advance(time.Minute)
	if o := r.lookup(t, ref); o.Status != payments.StatusExpired || o.RedirectURL != "" {
		t.Errorf("at its time: %+v", o)
	}
	if err := r.stripe.Pay(ref, standin.CardGood); !errors.Is(err, standin.ErrNotOpen) {
		t.Errorf("paid after expiry: %v", err)
	}
	wantTypes(t, r.settled(t), "checkout.session.expired")
	if err := r.gateway.Expire(t.Context(), ref); err != nil {
		t.Errorf("expiring what has expired: %v", err)
	}
}

func TestExpire(t *testing.T) {
	r := newRig(t)
	open, paid := r.start(t, r.attempt(4, yen)).ProviderRef, r.start(t, r.attempt(5, yen)).ProviderRef
	if err := r.gateway.Expire(t.Context(), open); err != nil {
		t.Errorf("an open one: %v", err)
	}
	if o := r.lookup(t, open); o.Status != payments.StatusExpired {
		t.Errorf("expired: %+v", o)
	}
	if err := r.gateway.Expire(t.Context(), open); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := r.stripe.Pay(paid, standin.CardGood); err != nil {
		t.Fatal(err)
	}
	if err := r.gateway.Expire(t.Context(), paid); errs.KindOf(err) != errs.Conflict {
		t.Errorf("a paid one: %v", err)
	}
	if err := r.gateway.Expire(t.Context(), "cs_test_unknown"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("an unknown one: %v", err)
	}
}

func TestStartIsIdempotent(t *testing.T) {
	r := newRig(t)
	a := r.attempt(6, yen)
	first := r.start(t, a)
	r.advance(45 * time.Minute) // less than Stripe's half hour is left: the repeat must still find the first
	if again := r.start(t, a); again != first {
		t.Errorf("a repeat gave %+v, first was %+v", again, first)
	}
	a.Amount = money.New(7151, money.JPY)
	a.Items[0].Unit = a.Amount
	if _, err := r.gateway.Start(t.Context(), a); errs.KindOf(err) != errs.Conflict {
		t.Errorf("same key, other amount: %v", err)
	}
	late := r.attempt(7, yen)
	late.ExpiresAt = r.now().Add(29 * time.Minute)
	if _, err := r.gateway.Start(t.Context(), late); errs.KindOf(err) != errs.Gone {
		t.Errorf("too short a life: %v", err)
	}
}

// Whatever is lost on the way, one attempt makes one session.
func TestLostCalls(t *testing.T) {
	t.Run("retried within the call", func(t *testing.T) {
		r := newRig(t)
		r.stripe.FailNext(standin.LostAnswer, standin.LostRequest)
		first := r.start(t, r.attempt(8, yen))
		if again := r.start(t, r.attempt(8, yen)); again != first {
			t.Errorf("two sessions: %+v and %+v", first, again)
		}
	})
	t.Run("retried by the caller", func(t *testing.T) {
		r := newRig(t)
		r.gateway = newGateway(t, stripe.Config{APIBase: r.stripe.URL(), Now: r.now})
		r.stripe.FailNext(standin.LostAnswer)
		if _, err := r.gateway.Start(t.Context(), r.attempt(9, yen)); errs.KindOf(err) != errs.Unavailable {
			t.Fatalf("a lost answer: %v", err)
		}
		a, b := r.start(t, r.attempt(9, yen)), r.start(t, r.attempt(9, yen))
		if a != b {
			t.Errorf("two sessions: %+v and %+v", a, b)
		}
	})
	t.Run("a failure of Stripe's is remembered under its key", func(t *testing.T) {
		r := newRig(t)
		r.stripe.FailNext(standin.ServerError)
		for range 2 {
			if _, err := r.gateway.Start(t.Context(), r.attempt(10, yen)); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("status 500: %v", err)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	r := newRig(t)
	t.Run("wrong key", func(t *testing.T) {
		g := newGateway(t, stripe.Config{SecretKey: "sk_test_other", APIBase: r.stripe.URL(), Now: r.now})
		if _, err := g.Start(t.Context(), r.attempt(11, yen)); errs.KindOf(err) != errs.Unavailable || strings.Contains(err.Error(), "sk_") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("unknown session", func(t *testing.T) {
		if _, err := r.gateway.Lookup(t.Context(), "cs_test_unknown"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("got %v", err)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		g := newGateway(t, stripe.Config{APIBase: "http://127.0.0.1:1", Now: r.now})
		if _, err := g.Lookup(t.Context(), "cs_test_1"); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an address Stripe does not take", func(t *testing.T) {
		a := r.attempt(12, yen)
		a.Email = "not an address"
		if _, err := r.gateway.Start(t.Context(), a); errs.KindOf(err) != errs.Invalid {
			t.Errorf("got %v", err)
		}
	})
	t.Run("before calling", func(t *testing.T) {
		silent := newGateway(t, stripe.Config{APIBase: "http://127.0.0.1:1", Now: r.now, HTTPClient: &http.Client{Transport: refuse{t}}})
		for name, spoil := range map[string]func(*payments.Attempt){
			"no key":     func(a *payments.Attempt) { a.IdempotencyKey = "" },
			"lines":      func(a *payments.Attempt) { a.Items[0].Quantity = 2 },
			"currencies": func(a *payments.Attempt) { a.Items[0].Unit.Currency = money.USD },
			"expired":    func(a *payments.Attempt) { a.ExpiresAt = r.now() },
			"too long":   func(a *payments.Attempt) { a.ExpiresAt = r.now().Add(25 * time.Hour) },
			"too small":  func(a *payments.Attempt) { a.Amount.Minor, a.Items[0].Unit.Minor = 49, 49 },
		} {
			a := r.attempt(13, yen)
			spoil(&a)
			if _, err := silent.Start(t.Context(), a); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}

// refuse fails the test when anything is sent.
type refuse struct{ t *testing.T }

func (r refuse) RoundTrip(*http.Request) (*http.Response, error) {
	r.t.Error("a call was made")
	return nil, errors.New("no calls")
}

// A minimum that only Stripe knows comes back as the same error.
func TestMinimumFromStripe(t *testing.T) {
	answer := `{"error":{"type":"invalid_request_error","code":"amount_too_small","message":"converted"}}`
	g := newGateway(t, stripe.Config{Now: time.Now, HTTPClient: &http.Client{Transport: answering{400, answer}}})
	r := rig{clock: &clock{t: time.Now()}}
	if _, err := g.Start(t.Context(), r.attempt(14, money.New(100, money.KGS))); !errors.Is(err, payments.ErrBelowMinimum) {
		t.Errorf("got %v", err)
	}
}

func TestManyLines(t *testing.T) {
	r := newRig(t)
	a := r.attempt(15, yen)
	a.Items = nil
	for i := range 101 {
		a.Items = append(a.Items, payments.Item{Name: fmt.Sprint("Jar ", i), Unit: money.New(100, money.JPY), Quantity: 2})
	}
	a.Amount = money.New(20200, money.JPY)
	if o := r.lookup(t, r.start(t, a).ProviderRef); o.Amount != a.Amount {
		t.Errorf("a hundred and one lines: %v", o.Amount)
	}
}

func TestFailureKeysAreErrorsOfTheCatalogue(t *testing.T) {
	for _, key := range stripe.FailureKeys() {
		if area, _, _ := strings.Cut(key, "."); area != "errors" {
			t.Errorf("%s is not of the errors area", key)
		}
	}
}

func TestLocales(t *testing.T) {
	for _, lang := range i18n.Langs() {
		r := newRig(t)
		a := r.attempt(16, yen)
		a.Lang = lang
		r.start(t, a) // the stand-in knows Stripe's list of locales and refuses others
	}
}
