package standin_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"awil/internal/platform/stripe/standin"
)

// at is a whole second in the middle of an ordinary day.
var at = time.Date(2026, 3, 9, 5, 0, 0, 0, time.UTC)

func config() standin.Config {
	return standin.Config{
		SecretKey: "sk_test_awil", WebhookSecret: "whsec_awil", Merchant: "Awıl demo programme",
		Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler),
	}
}

// served is a stand-in behind a plain test server.
type served struct {
	*standin.Standin
	url string
}

func serve(t *testing.T, c standin.Config) served {
	t.Helper()
	var s *standin.Standin
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	if c.PublicURL == "" {
		c.PublicURL = server.URL
	}
	s, err := standin.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return served{Standin: s, url: server.URL}
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	object map[string]any
}

func (r reply) err() map[string]any {
	e, _ := r.object["error"].(map[string]any)
	return e
}

func (s served) call(t *testing.T, method, path, body string, header map[string]string) reply {
	t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sk_test_awil")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: answer.StatusCode, header: answer.Header}
	if err := json.Unmarshal(data, &r.object); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, data)
	}
	return r
}

// order is a session that Stripe would take, with changes; an empty value
// removes a parameter.
func order(changes ...string) string {
	form := url.Values{
		"mode": {"payment"}, "success_url": {"https://shop.example/ok?s={CHECKOUT_SESSION_ID}"}, "cancel_url": {"https://shop.example/back"},
		"line_items[0][price_data][currency]": {"jpy"}, "line_items[0][price_data][unit_amount]": {"1480"},
		"line_items[0][price_data][product_data][name]": {"メロンジャム"}, "line_items[0][quantity]": {"2"},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			form.Del(changes[i])
		}
	}
	return form.Encode()
}

func (s served) open(t *testing.T, changes ...string) (id, page string) {
	t.Helper()
	r := s.call(t, "POST", "/v1/checkout/sessions", order(changes...), nil)
	if r.status != 200 {
		t.Fatalf("open: %d %v", r.status, r.object)
	}
	return r.object["id"].(string), r.object["url"].(string)
}
