package stripe_test

import (
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

// A session is found by our number and the order's reference, however many
// others there are; with its page only while it can be paid there.
func TestFind(t *testing.T) {
	r := newRig(t)
	find := func(a payments.Attempt) (payments.Started, errs.Kind) {
		t.Helper()
		found, err := r.gateway.Find(t.Context(), a)
		return found, errs.KindOf(err)
	}
	a := r.attempt(41, yen)
	a.CreatedAt = r.now()
	if found, kind := find(a); kind != errs.NotFound {
		t.Errorf("never begun, found as %+v", found)
	}
	r.stripe.FailNext(standin.LostAnswer)
	lost := newGateway(t, stripe.Config{APIBase: r.stripe.URL(), Now: r.now})
	if _, err := lost.Start(t.Context(), a); errs.KindOf(err) != errs.Unavailable {
		t.Fatal(err)
	}
	for id := range int64(101) { // more than a page
		r.start(t, r.attempt(1000+id, yen))
	}
	found, _ := find(a)
	if o := r.lookup(t, found.ProviderRef); o.PaymentID != 41 || found.RedirectURL == "" || found.RedirectURL != o.RedirectURL || !found.ExpiresAt.Equal(a.ExpiresAt) {
		t.Errorf("found %+v, which is %+v", found, o)
	}
	other, later := a, a
	other.Reference += "X"
	later.CreatedAt, later.ExpiresAt = a.CreatedAt.Add(time.Hour), a.ExpiresAt.Add(time.Hour)
	for what, wrong := range map[string]payments.Attempt{"another shop's": other, "of another time": later} {
		if found, kind := find(wrong); kind != errs.NotFound {
			t.Errorf("%s is found as %+v", what, found)
		}
	}
	r.stripe.FailNext(standin.LostRequest, standin.LostRequest, standin.LostRequest)
	if found, kind := find(a); kind != errs.Unavailable {
		t.Errorf("without an answer, found %+v, %v", found, kind)
	}
	r.advance(25 * time.Hour)
	if over, _ := find(a); over.ProviderRef != found.ProviderRef || over.RedirectURL != "" {
		t.Errorf("over, found as %+v", over)
	}
}
