package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

// TestStripeSetup: from an account with nothing to one that is right, through every way of being wrong.
func TestStripeSetup(t *testing.T) {
	t.Parallel()
	const key, hook = "sk_test_setup", "https://shop.example/webhooks/stripe"
	s, err := standin.New(standin.Config{SecretKey: key, WebhookSecret: "whsec_other", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	if err := s.Start(ctx, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); <-s.Done() })
	c := Config{StripeKey: key, BaseURL: "https://shop.example", StripeAPIBase: s.URL()}
	run := func(check bool) (string, error) {
		var out bytes.Buffer
		err := stripeSetup(t.Context(), c, check, &out)
		return out.String(), err
	}
	post := func(path string, form url.Values) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(key, "")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(req)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v %v", path, answer, err)
		}
		_ = answer.Body.Close()
	}
	expect := func(check bool, fails bool, want ...string) string {
		t.Helper()
		out, err := run(check)
		if (err != nil) != fails {
			t.Errorf("check %v: %v, said %q", check, err, out)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("check %v: %q does not say %q", check, out, w)
			}
		}
		return out
	}

	expect(true, true, "no webhook endpoint calls "+hook)
	post("/v1/webhook_endpoints", url.Values{"url": {hook}, "api_version": {"2022-11-15"}, "enabled_events[0]": {"*"}})
	expect(true, true, "API version 2022-11-15, we need "+stripe.APIVersion, "sends what nobody reads: *")
	expect(false, false, "is new and calls "+hook, "STRIPE_WEBHOOK_SECRET=whsec_", "is disabled now")
	right := expect(true, false, "as it should", stripe.APIVersion)
	if again := expect(false, false); again != right || strings.Contains(again, "whsec_") {
		t.Errorf("again: %q", again)
	}
	id, _, _ := strings.Cut(right, " ")
	post("/v1/webhook_endpoints/"+id, url.Values{"enabled_events[0]": {"charge.updated"}, "disabled": {"true"}})
	expect(true, true, id, "it is disabled", "it does not send checkout.session.completed")
	expect(false, false, "is mended and keeps its secret", "it is disabled")
	expect(true, false)
}

func TestStripeSetupNeeds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"a key":               {BaseURL: "https://shop.example"},
		"an address":          {StripeKey: "sk_test_1"},
		"one Stripe reaches":  {StripeKey: "sk_test_1", BaseURL: "http://localhost:8080"},
		"https for the real":  {StripeKey: "sk_live_1", BaseURL: "http://shop.example"},
		"a Stripe that hears": {StripeKey: "sk_test_1", BaseURL: "https://shop.example", StripeAPIBase: "http://127.0.0.1:1"},
	} {
		if err := stripeSetup(t.Context(), c, true, &bytes.Buffer{}); err == nil {
			t.Errorf("went on without %s", name)
		}
	}
	err := stripeSetup(t.Context(), Config{}, true, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "STRIPE_SECRET_KEY") || !strings.Contains(err.Error(), "AWIL_BASE_URL") {
		t.Errorf("does not ask for all that is missing at once: %v", err)
	}
	if err := stripeCommand(t.Context(), []string{"listen"}); err == nil {
		t.Error("took another word than setup")
	}
}
