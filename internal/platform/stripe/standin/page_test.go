package standin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/platform/stripe/standin"
)

// browser follows no redirect: where it is sent is what the tests ask.
var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func get(t *testing.T, address string) (*goquery.Document, *http.Response) {
	t.Helper()
	r, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	doc, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc, r
}

// press sends the form with one of its buttons and returns where it leads.
func press(t *testing.T, page, action, number string) string {
	t.Helper()
	r, err := browser.PostForm(page, url.Values{"action": {action}, "number": {number}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s: status %d", action, r.StatusCode)
	}
	to, err := r.Location()
	if err != nil {
		t.Fatal(err)
	}
	return to.String()
}

func TestPageInThreeLanguages(t *testing.T) {
	s := serve(t, config())
	for _, c := range []struct{ locale, lang, currency, unit, amount, button string }{
		{"", "en", "jpy", "1480", "¥2,960", "Pay ¥2,960"},
		{"en", "en", "usd", "1599", "$31.98", "Pay $31.98"},
		{"ru", "ru", "jpy", "1480", "2\u00a0960\u00a0¥", "Заплатить 2\u00a0960\u00a0¥"},
		{"ja", "ja", "jpy", "1480", "2,960", "を支払う"},
		{"de", "en", "eur", "1000", "€20.00", "Pay €20.00"},
	} {
		_, page := s.open(t, "locale", c.locale, "line_items[0][price_data][currency]", c.currency,
			"line_items[0][price_data][unit_amount]", c.unit, "customer_email", "hanako@example.jp")
		doc, r := get(t, page)
		if r.StatusCode != 200 || doc.Find("html").AttrOr("lang", "") != c.lang {
			t.Errorf("%s: %d in %s", c.locale, r.StatusCode, doc.Find("html").AttrOr("lang", ""))
		}
		if got := doc.Find(".total").Text(); !strings.Contains(got, c.amount) {
			t.Errorf("%s: total %q, want %q", c.locale, got, c.amount)
		}
		if got := doc.Find("button.go").Text(); !strings.Contains(got, c.button) {
			t.Errorf("%s: button %q, want %q", c.locale, got, c.button)
		}
		if doc.Find("button").Length() != 3 || !strings.Contains(doc.Find(".slip").Text(), "Awıl demo programme") ||
			!strings.Contains(doc.Find(".slip").Text(), "メロンジャム × 2") || doc.Find("script").Length() != 0 || doc.Find(".demo").Length() != 1 {
			t.Errorf("%s: %s", c.locale, doc.Text())
		}
		if policy := r.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' https://shop.example") {
			t.Errorf("policy: %s", policy)
		}
	}
}

// TestPageFadesAsTheShopDoes: in the demo shop and pay page have one address,
// and a page without the shop's transition would break it off with an error.
func TestPageFadesAsTheShopDoes(t *testing.T) {
	s := serve(t, config())
	_, page := s.open(t)
	doc, _ := get(t, strings.TrimSuffix(page, page[strings.Index(page, "/pay/"):])+"/pay.css")
	if !strings.Contains(doc.Text(), "@view-transition { navigation: auto; }") {
		t.Error(doc.Text())
	}
}

func TestPageButtons(t *testing.T) {
	s := serve(t, config())
	id, page := s.open(t)
	if to := press(t, page, "abandon", ""); to != "https://shop.example/back" {
		t.Errorf("abandon leads to %s", to)
	}
	if to := press(t, page, "decline", standin.CardGood); to != page {
		t.Errorf("decline leads to %s", to)
	}
	doc, _ := get(t, page)
	if got := doc.Find("[role=alert]").Text(); !strings.Contains(got, "The card was declined.") || doc.Find("button").Length() != 3 {
		t.Errorf("after a refusal: %q", got)
	}
	if to := press(t, page, "pay", "1234"); to != page {
		t.Errorf("no card leads to %s", to)
	}
	if to := press(t, page, "other", ""); to != page {
		t.Errorf("no button leads to %s", to)
	}
	if to := press(t, page, "pay", "4242 4242 4242 4242"); to != "https://shop.example/ok?s="+id {
		t.Errorf("pay leads to %s", to)
	}
	if to := press(t, page, "pay", standin.CardGood); to != page {
		t.Errorf("paying again leads to %s", to)
	}
	doc, _ = get(t, page)
	if link := doc.Find("a.go").AttrOr("href", ""); doc.Find("form").Length() != 0 || link != "https://shop.example/ok?s="+id {
		t.Errorf("once paid: %s", doc.Text())
	}
	doc, r := get(t, s.url+"/pay/cs_test_unknown")
	if r.StatusCode != 404 || !strings.Contains(doc.Text(), "choose to pay again") {
		t.Errorf("unknown: %d %s", r.StatusCode, doc.Text())
	}
}

func TestPageAfterExpiry(t *testing.T) {
	c := config()
	now := at
	c.Now = func() time.Time { return now }
	s := serve(t, c)
	_, page := s.open(t)
	now = now.Add(24 * time.Hour)
	doc, _ := get(t, page)
	if doc.Find("form").Length() != 0 || doc.Find("a.go").AttrOr("href", "") != "https://shop.example/back" {
		t.Errorf("expired: %s", doc.Text())
	}
}

// Mounted under a path of the shop, every link stays under it.
func TestMounted(t *testing.T) {
	c := config()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	c.PublicURL = server.URL + "/demo/stripe"
	s, err := standin.New(c)
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/demo/stripe/", http.StripPrefix("/demo/stripe", s))
	_, page := served{s, c.PublicURL}.open(t)
	doc, _ := get(t, page)
	base, _ := url.Parse(page)
	css, _ := base.Parse(doc.Find("link[rel=stylesheet]").AttrOr("href", ""))
	if _, r := get(t, css.String()); r.StatusCode != 200 {
		t.Errorf("style %s: %d", css, r.StatusCode)
	}
	if to := press(t, page, "decline", ""); to != page {
		t.Errorf("decline leads to %s", to)
	}
}

func TestRestart(t *testing.T) {
	c := config()
	c.File = filepath.Join(t.TempDir(), "data", "stripe.json")
	first := serve(t, c)
	key := map[string]string{"Idempotency-Key": "payment:41:1"}
	made := first.call(t, "POST", "/v1/checkout/sessions", order(), key)
	id := made.object["id"].(string)
	if err := first.Pay(id, standin.CardDeclined); !errors.Is(err, standin.ErrDeclined) {
		t.Fatal(err)
	}

	second := serve(t, c)
	if again := second.call(t, "POST", "/v1/checkout/sessions", order(), key); again.object["id"] != id {
		t.Errorf("the key was forgotten: %v", again.object)
	}
	if err := second.Pay(id, standin.CardGood); err != nil {
		t.Errorf("paying after a restart: %v", err)
	}

	if err := os.WriteFile(c.File, []byte("half a fi"), 0o600); err != nil {
		t.Fatal(err)
	}
	third := serve(t, c)
	if r := third.call(t, "GET", "/v1/checkout/sessions/"+id, "", nil); r.status != 404 || r.err()["code"] != "resource_missing" {
		t.Errorf("after losing the file: %d %v", r.status, r.object)
	}
	if _, err := os.Stat(c.File + ".broken"); err != nil {
		t.Error(err)
	}
}

// A webhook still on its way when the program ends goes out after the next
// start, and the buyer is sent back only when it has been tried.
func TestWebhooksOutliveARestart(t *testing.T) {
	c := config()
	c.File = filepath.Join(t.TempDir(), "stripe.json")
	c.RedirectWait = 5 * time.Second
	taken := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { taken <- r.Header.Get("Stripe-Signature") }))
	defer receiver.Close()
	c.WebhookURL = receiver.URL
	before := serve(t, c)
	id, _ := before.open(t)
	if err := before.Pay(id, standin.CardDeclined); !errors.Is(err, standin.ErrDeclined) {
		t.Fatal(err)
	}

	after := serve(t, c)
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan struct{})
	go func() { defer close(ran); after.Run(ctx) }()
	if err := after.Wait(ctx); err != nil || len(taken) != 1 {
		t.Errorf("%d webhooks, %v", len(taken), err)
	}
	press(t, after.url+"/pay/"+id, "pay", standin.CardGood)
	if len(taken) != 3 {
		t.Errorf("sent back with %d webhooks taken, want 3", len(taken))
	}
	stop()
	<-ran
}

func TestStart(t *testing.T) {
	s := serve(t, config())
	for _, addr := range []string{"0.0.0.0:0", ":0", "example.org:80", "nonsense"} {
		if err := s.Start(t.Context(), addr); err == nil {
			t.Errorf("listens on %s", addr)
		}
	}
	if _, err := standin.New(standin.Config{}); err == nil {
		t.Error("took no keys")
	}
}
