package stripe_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

// paid opens a session and pays it with a good card.
func (r *rig) paid(t *testing.T, id int64, amount money.Amount) string {
	t.Helper()
	ref := r.start(t, r.attempt(id, amount)).ProviderRef
	pay(t, r, ref)
	return ref
}

func refundOf(id int64, ref string, amount money.Amount) payments.RefundOrder {
	return payments.RefundOrder{RefundID: id, PaymentID: 41, PaymentRef: ref, Amount: amount, IdempotencyKey: fmt.Sprintf("refund:%d", id)}
}

func (r *rig) refund(t *testing.T, o payments.RefundOrder) payments.RefundOutcome {
	t.Helper()
	outcome, err := r.gateway.Refund(t.Context(), o)
	if err != nil {
		t.Fatalf("Refund: %v", err)
	}
	return outcome
}

// In parts, in any currency's own units, and never more than was paid.
func TestRefundInParts(t *testing.T) {
	for _, c := range []struct {
		cur               money.Currency
		paid, part, units int64
	}{
		{money.JPY, 7150, 2430, 2430}, {money.USD, 4899, 1700, 1700}, {money.UZS, 9_000_000, 1_000_000, 1_000_000},
		{"UGX", 20_000, 5_000, 500_000}, {"KWD", 51_200, 5_120, 5_120}, {"MGA", 500_000, 100_000, 1_000},
	} {
		t.Run(string(c.cur), func(t *testing.T) {
			r := newRig(t)
			ref := r.paid(t, 41, money.New(c.paid, c.cur))
			part := refundOf(1, ref, money.New(c.part, c.cur))
			first := r.refund(t, part)
			if first.Status != payments.RefundArrived || first.RefundID != 1 || first.PaymentRef != ref || first.Amount != part.Amount || first.FailureKey != "" {
				t.Errorf("outcome: %+v", first)
			}
			if made := r.stripe.RefundsOf(ref); len(made) != 1 || made[0].Amount != c.units || made[0].Metadata["payment_id"] != "41" {
				t.Errorf("at Stripe: %+v", made)
			}
			found, err := r.gateway.LookupRefund(t.Context(), first.Ref)
			if err != nil || found != first {
				t.Errorf("looked up: %+v, %v", found, err)
			}
			wantTypes(t, r.settled(t), "payment_intent.succeeded", "checkout.session.completed", "refund.created", "charge.refunded")
			made, charged := r.events[2], r.events[3]
			if made.Subject != payments.AboutRefund || made.SubjectRef != first.Ref || made.PaymentID != 41 || made.ProviderRef != "" {
				t.Errorf("event: %+v", made)
			}
			if charged.Subject != payments.AboutCharge || charged.PaymentID != 41 {
				t.Errorf("event: %+v", charged)
			}

			over := refundOf(2, ref, money.New(c.paid, c.cur))
			if o, err := r.gateway.Refund(t.Context(), over); errs.KindOf(err) != errs.Invalid || o.FailureKey != "errors.refund.refused" || o.Status != payments.RefundRefused {
				t.Errorf("more than is left: %+v, %v", o, err)
			}
			rest := refundOf(3, ref, money.New(c.paid-c.part, c.cur))
			r.refund(t, rest)
			if o, err := r.gateway.Refund(t.Context(), refundOf(4, ref, part.Amount)); errs.KindOf(err) != errs.Invalid || o.FailureKey != "errors.refund.already" {
				t.Errorf("nothing left: %+v, %v", o, err)
			}
		})
	}
}

// Whatever is lost on the way and however late the repeat, one order is one refund.
func TestRefundOnce(t *testing.T) {
	for name, faults := range map[string][]standin.Fault{
		"lost answer": {standin.LostAnswer}, "lost request": {standin.LostRequest},
		"lost twice": {standin.LostAnswer, standin.LostAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			ref := r.paid(t, 41, yen)
			r.gateway = newGateway(t, stripe.Config{APIBase: r.stripe.URL(), Now: r.now})
			order := refundOf(1, ref, money.New(2000, money.JPY))
			r.stripe.FailNextWrite(faults...)
			if _, err := r.gateway.Refund(t.Context(), order); errs.KindOf(err) != errs.Unavailable {
				t.Fatalf("a lost call: %v", err)
			}
			r.stripe.FailNextWrite()
			var outcomes []payments.RefundOutcome
			for range 3 {
				if o, err := r.gateway.Refund(t.Context(), order); err == nil {
					outcomes = append(outcomes, o)
				} else if errs.KindOf(err) != errs.Unavailable {
					t.Fatal(err)
				}
				r.advance(25 * 3600e9) // Stripe has forgotten the key
			}
			if len(outcomes) < 2 || len(slices.Compact(outcomes)) != 1 || len(r.stripe.RefundsOf(ref)) != 1 {
				t.Errorf("%+v, at Stripe %+v", outcomes, r.stripe.RefundsOf(ref))
			}
		})
	}
	t.Run("the same number for another sum", func(t *testing.T) {
		r := newRig(t)
		ref := r.paid(t, 41, yen)
		r.refund(t, refundOf(1, ref, money.New(2000, money.JPY)))
		if _, err := r.gateway.Refund(t.Context(), refundOf(1, ref, money.New(2001, money.JPY))); errs.KindOf(err) != errs.Conflict {
			t.Errorf("got %v", err)
		}
		other := refundOf(2, ref, money.New(2001, money.JPY))
		other.IdempotencyKey = "refund:1"
		if _, err := r.gateway.Refund(t.Context(), other); errs.KindOf(err) != errs.Conflict {
			t.Errorf("the same key: %v", err)
		}
	})
}

func TestRefundThatTakesTime(t *testing.T) {
	r := newRig(t)
	r.stripe.SlowRefunds(true)
	ref := r.paid(t, 41, yen)
	slow, bad := r.refund(t, refundOf(1, ref, money.New(1000, money.JPY))), r.refund(t, refundOf(2, ref, money.New(2000, money.JPY)))
	if slow.Status != payments.RefundAtProvider || bad.Status != payments.RefundAtProvider {
		t.Errorf("at once: %+v, %+v", slow, bad)
	}
	if err := r.stripe.FinishRefund(slow.Ref); err != nil {
		t.Fatal(err)
	}
	if err := r.stripe.FailRefund(bad.Ref, "expired_or_canceled_card"); err != nil {
		t.Fatal(err)
	}
	if o, err := r.gateway.LookupRefund(t.Context(), slow.Ref); err != nil || o.Status != payments.RefundArrived {
		t.Errorf("finished: %+v, %v", o, err)
	}
	if o, err := r.gateway.LookupRefund(t.Context(), bad.Ref); err != nil || o.Status != payments.RefundRefused || o.FailureKey != "errors.refund.card_gone" {
		t.Errorf("failed: %+v, %v", o, err)
	}
	if err := r.stripe.FailRefund(slow.Ref, "unknown"); err != nil {
		t.Fatal(err)
	}
	if o := r.refund(t, refundOf(1, ref, money.New(1000, money.JPY))); o.Status != payments.RefundRefused || o.FailureKey != "errors.refund.refused" {
		t.Errorf("failed after it had arrived: %+v", o)
	}
	r.stripe.SlowRefunds(false)
	r.refund(t, refundOf(3, ref, yen)) // what came back can be sent again
	types := r.settled(t)
	for _, want := range []string{"refund.updated", "refund.failed", "charge.refund.updated"} {
		if !slices.Contains(types, want) {
			t.Errorf("no %s among %v", want, types)
		}
	}
}

func TestRefundRefused(t *testing.T) {
	r := newRig(t)
	ref := r.paid(t, 41, yen)
	order := refundOf(1, ref, yen)
	for code, key := range map[string]string{
		"balance_insufficient": "errors.refund.balance", "charge_not_refundable": "errors.refund.too_old",
		"charge_disputed": "errors.refund.disputed", "something_new": "errors.refund.refused",
	} {
		r.stripe.RefuseRefunds(code)
		o, err := r.gateway.Refund(t.Context(), order)
		if errs.KindOf(err) != errs.Invalid || o.FailureKey != key || o.Status != payments.RefundRefused {
			t.Errorf("%s: %+v, %v", code, o, err)
		}
		if !slices.Contains(stripe.FailureKeys(), key) {
			t.Errorf("%s is not listed", key)
		}
	}
	r.stripe.RefuseRefunds("")
	r.refund(t, order)

	unpaid := r.start(t, r.attempt(42, yen)).ProviderRef
	for name, c := range map[string]struct {
		spoil func(*payments.RefundOrder)
		kind  errs.Kind
	}{
		"unpaid":          {func(o *payments.RefundOrder) { o.PaymentRef = unpaid }, errs.Invalid},
		"unknown session": {func(o *payments.RefundOrder) { o.PaymentRef = "cs_test_unknown" }, errs.NotFound},
		"no key":          {func(o *payments.RefundOrder) { o.IdempotencyKey = "" }, errs.Internal},
		"nothing":         {func(o *payments.RefundOrder) { o.Amount.Minor = 0 }, errs.Internal},
		"part of a unit":  {func(o *payments.RefundOrder) { o.Amount = money.New(5124, "KWD") }, errs.Invalid},
	} {
		o := order
		c.spoil(&o)
		if _, err := r.gateway.Refund(t.Context(), o); err == nil || errs.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.gateway.LookupRefund(t.Context(), "re_unknown"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("unknown refund: %v", err)
	}
}

// What Stripe answers, and what a refund makes of it.
func TestRefundAnswers(t *testing.T) {
	session := `{"id":"cs_1","payment_intent":{"id":"pi_1"}}`
	for _, c := range []struct {
		name, body string
		status     int
		kind       errs.Kind
	}{
		{"our mistake", `{"error":{"type":"invalid_request_error","code":"parameter_unknown","param":"amuont"}}`, 400, errs.Internal},
		{"too fast", `{"error":{"type":"invalid_request_error","code":"rate_limit"}}`, 429, errs.Unavailable},
		{"their mistake", `{"error":{"type":"api_error"}}`, 500, errs.Unavailable},
		{"wrong key", `{"error":{"type":"invalid_request_error"}}`, 401, errs.Unavailable},
		{"will not", `{"error":{"type":"invalid_request_error","message":"Too old."}}`, 400, errs.Invalid},
		{"a state nobody knows", `{"id":"re_1","amount":7150,"currency":"jpy","status":"strange"}`, 200, errs.Internal},
	} {
		wire := &scripted{answers: map[string]answering{
			"GET /v1/checkout/sessions/cs_1": {200, session}, "GET /v1/refunds": {200, `{"data":[]}`}, "POST /v1/refunds": {c.status, c.body},
		}}
		g := newGateway(t, stripe.Config{Now: (&clock{}).now, HTTPClient: &http.Client{Transport: wire}})
		if _, err := g.Refund(t.Context(), refundOf(1, "cs_1", yen)); err == nil || errs.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// scripted answers by method and path and keeps what was asked.
type scripted struct {
	answers map[string]answering
	asked   []recording
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, ok := s.answers[r.Method+" "+r.URL.Path]
	if !ok {
		return nil, fmt.Errorf("nobody answers %s %s", r.Method, r.URL.Path)
	}
	one := recording{answering: answer}
	response, err := one.RoundTrip(r)
	s.asked = append(s.asked, one)
	return response, err
}
