package stripe_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
)

// answering is a transport that answers everything alike.
type answering struct {
	status int
	body   string
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Body: io.NopCloser(strings.NewReader(a.body)), Header: http.Header{}, Request: r}, nil
}

// recording keeps the last request on its way to an answer.
type recording struct {
	answering
	header http.Header
	url    string
	body   string
}

func (r *recording) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	r.header, r.url, r.body = req.Header, req.URL.String(), string(body)
	return r.answering.RoundTrip(req)
}

// What goes over the wire, word for word: yen whole, dollars in cents.
func TestRequestBodies(t *testing.T) {
	at := time.Date(2026, 3, 9, 5, 0, 0, 0, time.UTC)
	common := []string{
		"cancel_url=https://shop.example/checkout",
		"client_reference_id=AW-197",
		"customer_email=hanako@example.jp",
		"expires_at=1773036000",
		"metadata[order_id]=197", "metadata[order_reference]=AW-197", "metadata[payment_id]=41",
		"mode=payment",
		"payment_intent_data[description]=AW-197",
		"payment_intent_data[metadata][order_id]=197", "payment_intent_data[metadata][order_reference]=AW-197", "payment_intent_data[metadata][payment_id]=41",
		"payment_method_types[0]=card",
		"success_url=https://shop.example/orders/t0ken",
	}
	for _, c := range []struct {
		name string
		lang i18n.Lang
		cur  money.Currency
		unit [2]int64
		want []string
	}{
		{"yen", i18n.JA, money.JPY, [2]int64{2360, 2430}, []string{
			"line_items[0][price_data][currency]=jpy", "line_items[0][price_data][product_data][name]=メロンジャム",
			"line_items[0][price_data][unit_amount]=2360", "line_items[0][quantity]=2",
			"line_items[1][price_data][currency]=jpy", "line_items[1][price_data][product_data][name]=EMS",
			"line_items[1][price_data][unit_amount]=2430", "line_items[1][quantity]=1",
			"locale=ja",
		}},
		{"dollars", i18n.KAA, money.USD, [2]int64{1599, 1700}, []string{
			"line_items[0][price_data][currency]=usd", "line_items[0][price_data][product_data][name]=メロンジャム",
			"line_items[0][price_data][unit_amount]=1599", "line_items[0][quantity]=2",
			"line_items[1][price_data][currency]=usd", "line_items[1][price_data][product_data][name]=EMS",
			"line_items[1][price_data][unit_amount]=1700", "line_items[1][quantity]=1",
			"locale=ru",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire := &recording{answering: answering{200, `{"id":"cs_test_1","url":"https://pay.example","expires_at":1773036000}`}}
			g := newGateway(t, stripe.Config{Now: func() time.Time { return at }, HTTPClient: &http.Client{Transport: wire}})
			_, err := g.Start(t.Context(), payments.Attempt{
				PaymentID: 41, OrderID: 197, Reference: "AW-197", IdempotencyKey: "payment:41:1",
				Amount: money.New(2*c.unit[0]+c.unit[1], c.cur),
				Items: []payments.Item{
					{Name: "メロンジャム", Unit: money.New(c.unit[0], c.cur), Quantity: 2},
					{Name: "EMS", Unit: money.New(c.unit[1], c.cur), Quantity: 1},
				},
				Email: "hanako@example.jp", Lang: c.lang,
				SuccessURL: "https://shop.example/orders/t0ken", CancelURL: "https://shop.example/checkout",
				ExpiresAt: at.Add(time.Hour),
			})
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Concat(common, c.want)
			slices.Sort(want)
			if got := plain(t, wire.body); !slices.Equal(got, want) {
				t.Errorf("body:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if wire.url != "https://api.stripe.com/v1/checkout/sessions" || wire.header.Get("Idempotency-Key") != "payment:41:1" ||
				wire.header.Get("Stripe-Version") != "2023-10-16" || wire.header.Get("Authorization") != "Bearer "+testKey {
				t.Errorf("request: %s %v", wire.url, wire.header)
			}
		})
	}
}

// A refund word for word: what is read before, and what is sent.
func TestRefundBody(t *testing.T) {
	for _, c := range []struct {
		name   string
		amount money.Amount
		method string
		want   []string
	}{
		{"yen", money.New(2430, money.JPY), "card", []string{"amount=2430"}},
		{"dollars", money.New(1700, money.USD), "card", []string{"amount=1700"}},
		{"shillings", money.New(5, "UGX"), "card", []string{"amount=500"}},
		{"cash at a counter", money.New(2430, money.JPY), "konbini", []string{"amount=2430", "instructions_email=hanako@example.jp"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			units, err := stripe.Units(c.amount)
			if err != nil {
				t.Fatal(err)
			}
			wire := &scripted{answers: map[string]answering{
				"GET /v1/checkout/sessions/cs_1": {200, `{"id":"cs_1","customer_email":"hanako@example.jp","payment_intent":{"id":"pi_1",` +
					`"latest_charge":{"id":"ch_1","payment_method_details":{"type":"` + c.method + `"}}}}`},
				"GET /v1/refunds":  {200, `{"object":"list","data":[{"id":"re_0","metadata":{"refund_id":"8"}}]}`},
				"POST /v1/refunds": {200, fmt.Sprintf(`{"id":"re_1","amount":%d,"currency":"%s","status":"pending","metadata":{"refund_id":"9"}}`, units, c.amount.Currency)},
			}}
			g := newGateway(t, stripe.Config{Now: time.Now, HTTPClient: &http.Client{Transport: wire}})
			o, err := g.Refund(t.Context(), payments.RefundOrder{RefundID: 9, PaymentID: 41, PaymentRef: "cs_1", Amount: c.amount, IdempotencyKey: "refund:9"})
			want := payments.RefundOutcome{Ref: "re_1", Status: payments.RefundAtProvider, RefundID: 9, PaymentRef: "cs_1", Amount: c.amount}
			if err != nil || o != want {
				t.Fatalf("got %+v, %v", o, err)
			}
			if len(wire.asked) != 3 {
				t.Fatalf("%d calls", len(wire.asked))
			}
			for i, address := range []string{
				"https://api.stripe.com/v1/checkout/sessions/cs_1?expand[0]=payment_intent.latest_charge",
				"https://api.stripe.com/v1/refunds?limit=100&payment_intent=pi_1",
				"https://api.stripe.com/v1/refunds",
			} {
				if got, err := url.PathUnescape(wire.asked[i].url); err != nil || got != address {
					t.Errorf("call %d: %s", i, got)
				}
			}
			body := append(c.want, "metadata[payment_id]=41", "metadata[refund_id]=9", "payment_intent=pi_1")
			slices.Sort(body)
			if got := plain(t, wire.asked[2].body); !slices.Equal(got, body) {
				t.Errorf("body:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(body, "\n"))
			}
			if key := wire.asked[2].header.Get("Idempotency-Key"); key != "refund:9" {
				t.Errorf("key %q", key)
			}
		})
	}
}

// plain decodes a form into sorted name=value lines.
func plain(t *testing.T, body string) []string {
	t.Helper()
	values, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for name, vs := range values {
		for _, v := range vs {
			lines = append(lines, name+"="+v)
		}
	}
	slices.Sort(lines)
	return lines
}
