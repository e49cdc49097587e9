package stripe_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

const (
	testKey    = "sk_test_awil"
	testSecret = "whsec_awil"
)

// clock is a time that only tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// rig is our gateway, the stand-in it talks to, and a receiver of webhooks
// that verifies each with the gateway.
type rig struct {
	*clock
	gateway *stripe.Gateway
	stripe  *standin.Standin
	mu      sync.Mutex
	events  []payments.Event
	refused []error
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{clock: &clock{t: time.Date(2026, 3, 9, 5, 0, 0, 0, time.UTC)}}
	receiver := httptest.NewServer(http.HandlerFunc(r.receive))
	var err error
	r.stripe, err = standin.New(standin.Config{
		SecretKey: testKey, WebhookSecret: testSecret, WebhookURL: receiver.URL, Merchant: "Awıl",
		Now: r.now, Log: slog.New(slog.DiscardHandler), RetryDelays: []time.Duration{time.Millisecond, time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	if err := r.stripe.Start(ctx, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		<-r.stripe.Done()
		receiver.Close()
	})
	r.gateway = newGateway(t, stripe.Config{APIBase: r.stripe.URL(), Now: r.now, MaxRetries: 2})
	return r
}

func newGateway(t *testing.T, c stripe.Config) *stripe.Gateway {
	t.Helper()
	if c.SecretKey == "" {
		c.SecretKey = testKey
	}
	c.WebhookSecret = testSecret
	if c.HTTPClient == nil {
		// A fresh connection a call: net/http silently repeats calls on a
		// kept one that broke, which would hide what stripe-go does.
		c.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	}
	g, err := stripe.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (r *rig) receive(w http.ResponseWriter, req *http.Request) {
	payload, err := io.ReadAll(req.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	event, err := r.gateway.VerifyWebhook(payload, req.Header)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.refused = append(r.refused, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.events = append(r.events, event)
}

// settled waits for the webhooks and returns their types in order of arrival.
func (r *rig) settled(t *testing.T) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := r.stripe.Wait(ctx); err != nil {
		t.Fatalf("webhooks did not come to rest: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	types := make([]string, len(r.events))
	for i, e := range r.events {
		types[i] = e.Type
	}
	return types
}

func (r *rig) attempt(id int64, amount money.Amount) payments.Attempt {
	return payments.Attempt{
		PaymentID: id, OrderID: 197, Reference: "AW-197", IdempotencyKey: "payment:" + i18n.For(i18n.EN).Number(id),
		Amount: amount, Items: []payments.Item{{Name: "Melon jam, 500 g", Unit: amount, Quantity: 1}},
		Email: "hanako@example.jp", Lang: i18n.JA,
		SuccessURL: "https://shop.example/ja-jp/orders/t0ken", CancelURL: "https://shop.example/ja-jp/checkout",
		ExpiresAt: r.now().Add(time.Hour),
	}
}

func (r *rig) start(t *testing.T, a payments.Attempt) payments.Started {
	t.Helper()
	started, err := r.gateway.Start(t.Context(), a)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	return started
}

func (r *rig) lookup(t *testing.T, ref string) payments.Outcome {
	t.Helper()
	outcome, err := r.gateway.Lookup(t.Context(), ref)
	if err != nil {
		t.Fatalf("Lookup: %v", err)
	}
	return outcome
}

func wantTypes(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("webhooks: got %v, want %v", got, want)
	}
}
