package stripe_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"awil/internal/errs"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

func TestVerifyWebhook(t *testing.T) {
	now := time.Date(2026, 3, 9, 5, 0, 0, 0, time.UTC)
	g := newGateway(t, stripe.Config{Now: func() time.Time { return now }})
	body := `{"id":"evt_1","object":"event","api_version":"2023-10-16","created":1773032400,"type":"checkout.session.completed",` +
		`"data":{"object":{"id":"cs_test_1","object":"checkout.session","metadata":{"payment_id":"41"}}}}`
	sign := func(body, secret string, at time.Time) string {
		return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(webhook.ComputeSignature(at, []byte(body), secret)))
	}
	fresh := sign(body, testSecret, now)
	other := strings.Replace(body, "2023-10-16", "2026-07-29.dahlia", 1)
	stale := sign(body, testSecret, now.Add(-301*time.Second))

	for _, c := range []struct {
		name, body, signature string
		want                  error
	}{
		{"good", body, fresh, nil},
		{"as old as may be", body, sign(body, testSecret, now.Add(-300*time.Second)), nil},
		{"a rolled secret", body, fresh + ",v1=" + strings.Repeat("ab", 32), nil},
		{"unsigned", body, "", payments.ErrBadSignature},
		{"nonsense", body, "hello", payments.ErrBadSignature},
		{"only an old scheme", body, strings.Replace(fresh, "v1=", "v0=", 1), payments.ErrBadSignature},
		{"another's secret", body, sign(body, "whsec_other", now), payments.ErrBadSignature},
		{"altered", strings.Replace(body, "41", "42", 1), fresh, payments.ErrBadSignature},
		{"stale", body, stale, payments.ErrBadSignature},
		{"from the future", body, sign(body, testSecret, now.Add(301*time.Second)), payments.ErrBadSignature},
		{"stale behind a fresh time", body, fmt.Sprintf("t=%d,%s", now.Unix(), stale), payments.ErrBadSignature},
		{"another version", other, sign(other, testSecret, now), payments.ErrAPIVersion},
		{"another version, unsigned", other, sign(other, "whsec_other", now), payments.ErrBadSignature},
		{"not JSON", "hello", sign("hello", testSecret, now), errs.Invalid},
		{"without data", `{"id":"evt_1","api_version":"2023-10-16"}`, sign(`{"id":"evt_1","api_version":"2023-10-16"}`, testSecret, now), errs.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := g.VerifyWebhook([]byte(c.body), http.Header{"Stripe-Signature": {c.signature}})
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			want := payments.Event{Provider: "stripe", ID: "evt_1", Type: "checkout.session.completed", ProviderRef: "cs_test_1", PaymentID: 41, Created: now}
			if c.want == nil && e != want {
				t.Errorf("got %+v, want %+v", e, want)
			}
			if c.want != nil && e != (payments.Event{}) {
				t.Errorf("an event with its error: %+v", e)
			}
		})
	}
}

// An event about something else is taken and concerns nobody.
func TestForeignEvents(t *testing.T) {
	now := time.Now()
	g := newGateway(t, stripe.Config{Now: func() time.Time { return now }})
	for _, object := range []string{
		`{"id":"pi_1","object":"payment_intent","metadata":{"payment_id":"forty"}}`,
		`{"id":"po_1","object":"payout"}`, `{}`, `{"metadata":[1],"object":7,"id":{}}`,
	} {
		body := []byte(`{"id":"evt_2","api_version":"2023-10-16","type":"payout.paid","data":{"object":` + object + `}}`)
		signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: testSecret, Timestamp: now})
		e, err := g.VerifyWebhook(body, http.Header{"Stripe-Signature": {signed.Header}})
		if err != nil || e.ProviderRef != "" || e.PaymentID != 0 {
			t.Errorf("%s: %+v, %v", object, e, err)
		}
	}
}

// What tests can do to webhooks on their way, and that retries carry them
// through in the end.
func TestDeliveries(t *testing.T) {
	t.Run("held and released in another order", func(t *testing.T) {
		r := newRig(t)
		r.stripe.Hold()
		ref := r.start(t, r.attempt(20, yen)).ProviderRef
		pay(t, r, ref)
		wantTypes(t, r.settled(t))
		r.stripe.Reorder(func(n int) []int {
			order := make([]int, n)
			for i := range order {
				order[i] = n - 1 - i
			}
			return order
		})
		r.stripe.Release()
		wantTypes(t, r.settled(t), "checkout.session.completed", "payment_intent.succeeded")
	})
	t.Run("dropped, copied, sent again", func(t *testing.T) {
		r := newRig(t)
		r.stripe.TamperNext(standin.Tamper{Drop: true}, standin.Tamper{Copies: 2})
		ref := r.start(t, r.attempt(21, yen)).ProviderRef
		pay(t, r, ref)
		completed := "checkout.session.completed"
		wantTypes(t, r.settled(t), completed, completed, completed)
		if !r.stripe.Redeliver(r.events[0].ID) || r.stripe.Redeliver("evt_unknown") {
			t.Error("Redeliver")
		}
		wantTypes(t, r.settled(t), completed, completed, completed, completed)
		if r.events[0] != r.events[3] {
			t.Errorf("a repeat differs: %+v, %+v", r.events[0], r.events[3])
		}
	})
	t.Run("refused until right", func(t *testing.T) {
		r := newRig(t)
		r.stripe.Hold()
		ref := r.start(t, r.attempt(22, yen)).ProviderRef
		if err := r.gateway.Expire(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		r.stripe.TamperNext(standin.Tamper{WrongSignature: true}, standin.Tamper{APIVersion: "2026-07-29.dahlia"})
		r.stripe.Release()
		wantTypes(t, r.settled(t), "checkout.session.expired")
		if len(r.refused) != 2 || !errors.Is(r.refused[0], payments.ErrBadSignature) || !errors.Is(r.refused[1], payments.ErrAPIVersion) {
			t.Errorf("refused: %v", r.refused)
		}
		if log := r.stripe.Deliveries(); len(log) != 3 || log[0].Status != 400 || log[2].Status != 200 {
			t.Errorf("log: %+v", log)
		}
	})
	t.Run("given up", func(t *testing.T) {
		r := newRig(t)
		old := standin.Tamper{Age: time.Hour}
		r.stripe.TamperNext(old, old, old)
		ref := r.start(t, r.attempt(23, yen)).ProviderRef
		if err := r.gateway.Expire(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		wantTypes(t, r.settled(t))
		if notices := r.stripe.Notices(); len(notices) != 1 || !notices[0].Done || len(r.refused) != 3 {
			t.Errorf("%+v, refused %v", notices, r.refused)
		}
	})
}

func pay(t *testing.T, r *rig, ref string) {
	t.Helper()
	if err := r.stripe.Pay(ref, standin.CardGood); err != nil {
		t.Fatal(err)
	}
}
