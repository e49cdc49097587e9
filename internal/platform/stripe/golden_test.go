package stripe_test

import (
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
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
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
