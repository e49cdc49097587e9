package stripe_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

const hook = "https://shop.example/webhooks/stripe"

func newEndpoints(t *testing.T, r *rig) *stripe.Endpoints {
	t.Helper()
	e, err := stripe.NewEndpoints(stripe.Config{SecretKey: testKey, APIBase: r.stripe.URL(), MaxRetries: 2})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// post changes the account behind our back, as somebody can in the dashboard.
func (r *rig) post(t *testing.T, path string, form url.Values) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.stripe.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %v", path, answer, err)
	}
	_ = answer.Body.Close()
}

func TestEndpointFromNothing(t *testing.T) {
	r := newRig(t)
	e := newEndpoints(t, r)
	r.post(t, "/v1/webhook_endpoints", url.Values{"url": {"https://other.example/hook"}, "enabled_events[0]": {"*"}})

	if _, faults, err := e.Check(t.Context(), hook); err != nil || len(faults) != 1 || !strings.Contains(faults[0], "no webhook endpoint") {
		t.Errorf("before: %v, %v", faults, err)
	}
	r.stripe.FailNextWrite(standin.LostAnswer)
	made, err := e.SetUp(t.Context(), hook)
	if err != nil || !strings.HasPrefix(made.Secret, "whsec_") || made.Endpoint.APIVersion != stripe.APIVersion || len(made.Disabled) != 0 {
		t.Fatalf("made: %+v, %v", made, err)
	}
	if all, err := e.At(t.Context(), hook); err != nil || len(all) != 1 {
		t.Errorf("a lost answer made two: %+v, %v", all, err)
	}
	if _, faults, err := e.Check(t.Context(), hook); err != nil || len(faults) != 0 {
		t.Errorf("after: %v, %v", faults, err)
	}
	again, err := e.SetUp(t.Context(), hook)
	if err != nil || again.Endpoint.ID != made.Endpoint.ID || again.Secret != "" || again.Mended != nil || again.Disabled != nil {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestEndpointMended(t *testing.T) {
	r := newRig(t)
	e := newEndpoints(t, r)
	made, err := e.SetUp(t.Context(), hook)
	if err != nil {
		t.Fatal(err)
	}
	r.post(t, "/v1/webhook_endpoints/"+made.Endpoint.ID, url.Values{
		"enabled_events[0]": {"checkout.session.completed"}, "enabled_events[1]": {"invoice.paid"}, "disabled": {"true"}})
	_, faults, err := e.Check(t.Context(), hook)
	if err != nil || len(faults) != 3 || faults[0] != "it is disabled" ||
		!strings.Contains(faults[1], "refund.failed") || strings.Contains(faults[1], "checkout.session.completed") ||
		faults[2] != "it sends what nobody reads: invoice.paid" {
		t.Errorf("faults: %q, %v", faults, err)
	}
	mended, err := e.SetUp(t.Context(), hook)
	if err != nil || mended.Endpoint.ID != made.Endpoint.ID || mended.Secret != "" || !slices.Equal(mended.Mended, faults) {
		t.Errorf("mended: %+v, %v", mended, err)
	}
	if _, faults, err := e.Check(t.Context(), hook); err != nil || len(faults) != 0 {
		t.Errorf("after: %v, %v", faults, err)
	}
}

func TestEndpointOfAnotherVersion(t *testing.T) {
	r := newRig(t)
	e := newEndpoints(t, r)
	old := url.Values{"url": {hook}, "api_version": {"2022-11-15"}, "enabled_events[0]": {"*"}}
	r.post(t, "/v1/webhook_endpoints", old)
	old.Del("api_version")
	r.post(t, "/v1/webhook_endpoints", old)

	_, faults, err := e.Check(t.Context(), hook)
	if text := strings.Join(faults, "\n"); err != nil || !strings.Contains(text, "we need 2023-10-16") || !strings.Contains(text, "calls the same address") {
		t.Errorf("faults: %q, %v", faults, err)
	}
	made, err := e.SetUp(t.Context(), hook)
	if err != nil || made.Secret == "" || len(made.Disabled) != 2 {
		t.Errorf("made anew: %+v, %v", made, err)
	}
	if now, faults, err := e.Check(t.Context(), hook); err != nil || len(faults) != 0 || now.ID != made.Endpoint.ID {
		t.Errorf("after: %+v, %v, %v", now, faults, err)
	}
}

func TestEndpointsNeedAKey(t *testing.T) {
	if _, err := stripe.NewEndpoints(stripe.Config{}); err == nil {
		t.Error("made without a key")
	}
}

// Every event the stand-in sends is one of those we ask Stripe for, and none
// is asked for twice.
func TestEvents(t *testing.T) {
	events := stripe.Events()
	slices.Sort(events)
	if len(slices.Compact(slices.Clone(events))) != len(events) {
		t.Errorf("one is there twice: %v", events)
	}
}
