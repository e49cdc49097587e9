package stripe_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
)

func (r *rig) dispute(t *testing.T, ref string) payments.DisputeOutcome {
	t.Helper()
	o, err := r.gateway.LookupDispute(t.Context(), ref)
	if err != nil {
		t.Fatalf("LookupDispute: %v", err)
	}
	return o
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDisputes(t *testing.T) {
	for name, won := range map[string]bool{"won": true, "lost": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			ref := r.paid(t, 41, yen)
			r.refund(t, refundOf(1, ref, money.New(150, money.JPY)))
			id := must[string](t)(r.stripe.OpenDispute(ref, "product_not_received"))
			want := payments.DisputeOutcome{
				Ref: id, PaymentID: 41, Reference: "AW-197", Status: payments.DisputeOpen, Amount: money.New(7000, money.JPY),
				Reason: "product_not_received", RespondBy: r.now().Add(9 * 24 * time.Hour), OpenedAt: r.now(), PaymentRef: ref,
			}
			if o := r.dispute(t, id); o != want {
				t.Errorf("open: %+v", o)
			}
			if o, err := r.gateway.Refund(t.Context(), refundOf(2, ref, yen)); errs.KindOf(err) != errs.Invalid || o.FailureKey != "errors.refund.disputed" {
				t.Errorf("a refund meanwhile: %+v, %v", o, err)
			}
			check(t, r.stripe.CloseDispute(id, won))
			want.RespondBy, want.Status = time.Time{}, payments.DisputeLost
			if won {
				want.Status = payments.DisputeWon
			}
			if o := r.dispute(t, id); o != want {
				t.Errorf("closed: %+v", o)
			}
			types := r.settled(t)[4:]
			events := []string{"charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "charge.dispute.closed"}
			if !won {
				events = slices.Delete(events, 2, 3)
			}
			wantTypes(t, types, events...)
			for _, e := range r.events[4:] {
				if e.Subject != payments.AboutDispute || e.SubjectRef != id || e.ProviderRef != "" {
					t.Errorf("event: %+v", e)
				}
			}
		})
	}
}

// An inquiry asks and takes nothing, unless it becomes a dispute.
func TestInquiries(t *testing.T) {
	r := newRig(t)
	quiet, loud := r.paid(t, 41, yen), r.paid(t, 42, yen)
	asked, pressed := must[string](t)(r.stripe.OpenInquiry(quiet, "general")), must[string](t)(r.stripe.OpenInquiry(loud, "fraudulent"))
	if o := r.dispute(t, asked); o.Status != payments.DisputeOpen || !o.Amount.IsZero() || o.Amount.Currency != money.JPY || o.RespondBy.IsZero() {
		t.Errorf("asked: %+v", o)
	}
	check(t, r.stripe.CloseDispute(asked, false))
	if o := r.dispute(t, asked); o.Status != payments.DisputeWon || !o.Amount.IsZero() {
		t.Errorf("answered: %+v", o)
	}
	r.refund(t, refundOf(1, quiet, yen))
	check(t, r.stripe.Escalate(pressed))
	if o := r.dispute(t, pressed); o.Status != payments.DisputeOpen || o.Amount != yen || o.PaymentID != 42 {
		t.Errorf("escalated: %+v", o)
	}
	if _, err := r.gateway.LookupDispute(t.Context(), "dp_unknown"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("unknown: %v", err)
	}
}

func TestCharges(t *testing.T) {
	r := newRig(t)
	ref := r.start(t, r.attempt(41, yen)).ProviderRef
	if none, err := r.gateway.Charges(t.Context(), ref); err != nil || len(none) != 0 {
		t.Errorf("unpaid: %+v, %v", none, err)
	}
	pay(t, r, ref)
	paidAt := r.now()
	r.advance(time.Hour)
	r.stripe.SlowRefunds(true)
	back := r.refund(t, refundOf(1, ref, money.New(150, money.JPY)))
	r.advance(time.Hour)
	check(t, r.stripe.FailRefund(back.Ref, "declined"))
	r.advance(time.Hour)
	id := must[string](t)(r.stripe.OpenDispute(ref, "general"))
	r.advance(time.Hour)
	check(t, r.stripe.CloseDispute(id, true))

	got := must[[]payments.ProviderCharge](t)(r.gateway.Charges(t.Context(), ref))
	type line struct {
		kind       payments.ChargeKind
		gross, fee int64
	}
	var lines []line
	for i, c := range got {
		lines = append(lines, line{c.Kind, c.Gross.Minor, c.Fee.Minor})
		if c.Rate != nil || c.Of != c.Gross || c.Gross.Currency != money.JPY || c.Fee.Currency != money.JPY || !strings.HasPrefix(c.Ref, "txn_") || !c.At.Equal(paidAt.Add(time.Duration(i)*time.Hour)) {
			t.Errorf("movement %d: %+v", i, c)
		}
	}
	// 3.6 % of 7150 is 257.4.
	want := []line{{payments.ChargePayment, 7150, 257}, {payments.ChargeRefund, -150, 0}, {payments.ChargeRefund, 150, 0},
		{payments.ChargeDispute, -7150, 1500}, {payments.ChargeDisputeReversed, 7150, -1500}}
	if !slices.Equal(lines, want) {
		t.Errorf("got %v, want %v", lines, want)
	}
}

// Yen settled in dollars: sums in cents, the rate to its last digit.
func TestChargesInAnotherCurrency(t *testing.T) {
	r := newRig(t)
	check(t, r.stripe.SettleIn("jpy", "usd", "0.00663179"))
	ref := r.paid(t, 41, yen)
	check(t, r.stripe.SettleIn("jpy", "", ""))
	r.refund(t, refundOf(1, ref, money.New(2430, money.JPY)))
	got := must[[]payments.ProviderCharge](t)(r.gateway.Charges(t.Context(), ref))
	if len(got) != 2 || got[0].Gross != money.New(4742, money.USD) || got[0].Fee != money.New(171, money.USD) || got[1].Gross != money.New(-1612, money.USD) {
		t.Fatalf("got %+v", got)
	}
	if got[0].Of != yen || got[1].Of != money.New(-2430, money.JPY) {
		t.Errorf("of %v and %v", got[0].Of, got[1].Of)
	}
	for _, c := range got {
		if c.Rate == nil || c.Rate.String() != "0.00663179" {
			t.Errorf("rate %v", c.Rate)
		}
	}
}

// What Stripe works out later comes later, and it says so.
func TestChargesThatComeLater(t *testing.T) {
	r := newRig(t)
	r.stripe.HoldFees()
	ref := r.paid(t, 41, yen)
	if none, err := r.gateway.Charges(t.Context(), ref); err != nil || len(none) != 0 {
		t.Errorf("too early: %+v, %v", none, err)
	}
	r.stripe.ReleaseFees()
	if got := must[[]payments.ProviderCharge](t)(r.gateway.Charges(t.Context(), ref)); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
	wantTypes(t, r.settled(t)[2:], "charge.updated")
	if e := r.events[2]; e.Subject != payments.AboutCharge || e.PaymentID != 41 || !strings.HasPrefix(e.SubjectRef, "ch_") {
		t.Errorf("event: %+v", e)
	}
}

// The rate as Stripe may write it: with an exponent, or between units instead
// of currencies; and never one that does not lead from sum to sum.
func TestRates(t *testing.T) {
	for _, c := range []struct{ rate, currency, want string }{
		{"0.0066318", "usd", "0.0066318"},
		{"6.6318e-3", "usd", "0.0066318"},
		{"0.66318", "usd", "0.0066318"}, // yen to cents
		{"0.66318", "jpy", ""},
		{"6.6318", "usd", "error"},
		{"null", "usd", "error"},
	} {
		amount, currency := "4742", c.currency
		if currency == "jpy" {
			amount = "7150"
		}
		wire := &scripted{answers: map[string]answering{
			"GET /v1/checkout/sessions/cs_1": {200, `{"id":"cs_1","payment_intent":"pi_1"}`},
			"GET /v1/charges": {200, `{"data":[{"id":"ch_1","amount":7150,"currency":"jpy","balance_transaction":{"id":"txn_1","amount":` + amount +
				`,"currency":"` + currency + `","fee":0,"exchange_rate":` + c.rate + `,"created":1773032400}}]}`},
			"GET /v1/refunds":  {200, `{"data":[{"id":"re_1","amount":1,"currency":"jpy","balance_transaction":null}]}`},
			"GET /v1/disputes": {200, `{"data":[{"id":"dp_1","amount":1,"currency":"jpy","balance_transactions":[]}]}`},
		}}
		g := newGateway(t, stripe.Config{Now: time.Now, HTTPClient: &http.Client{Transport: wire}})
		got, err := g.Charges(t.Context(), "cs_1")
		switch {
		case c.want == "error":
			if err == nil {
				t.Errorf("%s: %+v", c.rate, got)
			}
			continue
		case err != nil || len(got) != 1:
			t.Errorf("%s: %+v, %v", c.rate, got, err)
		case c.want == "" && got[0].Rate != nil, c.want != "" && got[0].Rate.String() != c.want:
			t.Errorf("%s: rate %v, want %q", c.rate, got[0].Rate, c.want)
		}
		for i, address := range []string{
			"/v1/checkout/sessions/cs_1", "/v1/charges?expand[0]=data.balance_transaction&limit=100&payment_intent=pi_1",
			"/v1/refunds?expand[0]=data.balance_transaction&expand[1]=data.failure_balance_transaction&limit=100&payment_intent=pi_1",
			"/v1/disputes?limit=100&payment_intent=pi_1",
		} {
			u, err := url.QueryUnescape(wire.asked[i].url)
			if sorted(u) != sorted("https://api.stripe.com"+address) || err != nil {
				t.Errorf("call %d: %s", i, u)
			}
		}
	}
}

// sorted puts the parameters of an address in order.
func sorted(address string) string {
	path, query, _ := strings.Cut(address, "?")
	pairs := strings.Split(query, "&")
	slices.Sort(pairs)
	return path + "?" + strings.Join(pairs, "&")
}

// More than a page of refunds is read whole.
func TestManyRefunds(t *testing.T) {
	r := newRig(t)
	ref := r.paid(t, 41, yen)
	for range 130 {
		must[string](t)(r.stripe.RefundByHand(ref, 10))
	}
	ours := r.refund(t, refundOf(1, ref, money.New(10, money.JPY)))
	for range 130 {
		must[string](t)(r.stripe.RefundByHand(ref, 10))
	}
	r.advance(25 * time.Hour)
	if again := r.refund(t, refundOf(1, ref, money.New(10, money.JPY))); again != ours {
		t.Errorf("two refunds: %+v, %+v", ours, again)
	}
	if got := must[[]payments.ProviderCharge](t)(r.gateway.Charges(t.Context(), ref)); len(got) != 262 {
		t.Errorf("%d movements", len(got))
	}
}

// A refund made in Stripe's dashboard is found, with whose money it is.
func TestRefundByHand(t *testing.T) {
	r := newRig(t)
	ref := r.paid(t, 41, yen)
	id := must[string](t)(r.stripe.RefundByHand(ref, 0))
	o, err := r.gateway.LookupRefund(t.Context(), id)
	want := payments.RefundOutcome{Ref: id, Status: payments.RefundArrived, PaymentRef: ref, Amount: yen}
	if err != nil || o != want {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestDisputesSince(t *testing.T) {
	r := newRig(t)
	ref := r.paid(t, 41, yen)
	id := must[string](t)(r.stripe.OpenDispute(ref, "product_not_received"))
	for since, want := range map[time.Time][]string{r.now().Add(-time.Hour): {id}, r.now().Add(time.Hour): nil} {
		got, err := r.gateway.DisputesSince(t.Context(), since)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("since %v: %v, %v; want %v", since, got, err, want)
		}
	}
}
