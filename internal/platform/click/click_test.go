package click

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// TestSign has the vectors of the protocol.
func TestSign(t *testing.T) {
	prepare := Sign("test_secret", "13456789", "12345", "ORD-197", "", "500000.00", "0", "2026-03-09 14:05:00")
	if want := "8eeaa3b9a5e7bc08021eee818f29d4c5"; prepare != want {
		t.Errorf("prepare: %s, want %s", prepare, want)
	}
	complete := Sign("test_secret", "13456789", "12345", "ORD-197", "77", "500000.00", "1", "2026-03-09 14:06:00")
	if want := "ef631e8c45e2ea2161c3fdd37edc400a"; complete != want {
		t.Errorf("complete: %s, want %s", complete, want)
	}
	if Sign("test_secret", "13456789", "12345", "ORD-197", "77", "500000.00", "0", "2026-03-09 14:05:00") != prepare {
		t.Error("what was prepared counts only when completing")
	}
}

// TestAmounts: exactly what was sent, nothing guessed.
func TestAmounts(t *testing.T) {
	for text, want := range map[string]int64{"500000": 50000000, "500000.0": 50000000, "500000.00": 50000000, "500000.000": 50000000,
		"1.5": 150, "0.01": 1, "500.10": 50010, "1500.990000": 150099} {
		if got, ok := (request{Amount: text}).amount(); !ok || got != money.New(want, money.UZS) {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-1", "+1", "1e3", "1,5", "1 000", "500.125", "500.001", ".5", "5.", "0x10", "NaN", "99999999999999", "٥", "500000.00 "} {
		if got, ok := (request{Amount: text}).amount(); ok {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func config() Config {
	return Config{ServiceID: "12345", MerchantID: "9", SecretKey: "test_secret",
		Now: func() time.Time { return time.Date(2026, 3, 9, 14, 5, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler)}
}

func TestGateway(t *testing.T) {
	g, err := New(config())
	if err != nil {
		t.Fatal(err)
	}
	a := payments.Attempt{PaymentID: 7, Reference: "7KQ2-M4XA", Amount: money.New(5_000_050, money.UZS), SuccessURL: "https://awil.test/o?pay=done",
		ExpiresAt: config().Now().Add(time.Hour)}
	started, err := g.Start(t.Context(), a)
	want := "https://my.click.uz/services/pay?amount=50000.50&merchant_id=9&return_url=https%3A%2F%2Fawil.test%2Fo%3Fpay%3Ddone&service_id=12345&transaction_param=7KQ2-M4XA"
	if err != nil || started.ProviderRef != "attempt-7" || started.RedirectURL != want {
		t.Errorf("%+v, %v", started, err)
	}
	a.ExpiresAt = config().Now()
	if _, err := g.Start(t.Context(), a); errs.KindOf(err) != errs.Gone {
		t.Errorf("too late: %v", err)
	}
	if err := g.Accepts(money.New(100, money.USD)); !errors.Is(err, payments.ErrCurrency) {
		t.Errorf("in dollars: %v", err)
	}
	if _, err := New(Config{ServiceID: "1"}); err == nil {
		t.Error("half a configuration was taken")
	}
}

// broken fails whatever is asked.
type broken struct{ payments.Incoming }

var errDatabase = errors.New("the database is gone")

func (broken) Offer(context.Context, payments.Provider, string) (payments.Bill, error) {
	return payments.Bill{}, errDatabase
}

func (broken) Begin(context.Context, payments.Provider, payments.Beginning) (payments.Transaction, error) {
	return payments.Transaction{}, errDatabase
}

func (broken) Look(context.Context, payments.Provider, string) (payments.Transaction, error) {
	return payments.Transaction{}, errDatabase
}

func (broken) KeepCall(context.Context, payments.Provider, payments.KeptCall) error {
	return errDatabase
}

func form(action string) url.Values {
	f := url.Values{"click_trans_id": {"1"}, "service_id": {"12345"}, "click_paydoc_id": {"2"}, "merchant_trans_id": {"7KQ2-M4XA"}, "merchant_prepare_id": {"3"},
		"amount": {"500"}, "action": {action}, "error": {"0"}, "sign_time": {"2026-03-09 14:05:00"}}
	f.Set("sign_string", Sign("test_secret", "1", "12345", "7KQ2-M4XA", "3", "500", action, "2026-03-09 14:05:00"))
	return f
}

// TestFailuresOfOursAreAskedAgain: without a verdict, for a refusal would send
// money back that may be booked.
func TestFailuresOfOursAreAskedAgain(t *testing.T) {
	s, err := NewServer(config(), broken{})
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"0", "1"} {
		reply := s.Answer(t.Context(), payments.Call{Method: http.MethodPost, Body: []byte(form(action).Encode())})
		if reply.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", action, reply.Status, reply.Body)
		}
	}
	twice := form("0").Encode() + "&amount=1"
	reply := s.Answer(t.Context(), payments.Call{Method: http.MethodPost, Body: []byte(twice)})
	var a answer
	if err := json.Unmarshal(reply.Body, &a); err != nil || a.Error != codeBadRequest {
		t.Errorf("a field twice: %s", reply.Body)
	}
}

// TestNoText: what the database does not take is a bad request, not a failure of
// ours that is asked again for ever.
func TestNoText(t *testing.T) {
	s, err := NewServer(config(), broken{})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"click_trans_id", "merchant_trans_id", "sign_time", "error_note"} {
		for _, text := range []string{"1\x00", "\xff"} {
			f := form("0")
			f.Set(field, text)
			f.Set("sign_string", Sign("test_secret", f.Get("click_trans_id"), "12345", f.Get("merchant_trans_id"), "", "500", "0", f.Get("sign_time")))
			reply := s.Answer(t.Context(), payments.Call{Method: http.MethodPost, Body: []byte(f.Encode())})
			var a answer
			if err := json.Unmarshal(reply.Body, &a); err != nil || a.Error != codeBadRequest {
				t.Errorf("%s %q: %d %s", field, text, reply.Status, reply.Body)
			}
		}
	}
}

// FuzzAnswer: whatever comes unsigned is refused, in JSON.
func FuzzAnswer(f *testing.F) {
	f.Add(form("0").Encode()[:60])
	f.Add("click_trans_id=1&service_id=12345&amount=%zz")
	f.Add("\x00&=&;")
	f.Add("click_trans_id=-0&service_id=12345&click_paydoc_id=1&merchant_trans_id=\xff&amount=1&action=1&error=0&sign_time=1&sign_string=x&merchant_prepare_id=1")
	s, err := NewServer(config(), broken{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if r, whole := read([]byte(body)); whole && r.signed("test_secret") {
			return
		}
		reply := s.Answer(t.Context(), payments.Call{Method: http.MethodPost, Body: []byte(body)})
		var a answer
		if err := json.Unmarshal(reply.Body, &a); err != nil || reply.Status != http.StatusOK || a.Error != codeBadRequest && a.Error != codeSign {
			t.Fatalf("%d %s: %v", reply.Status, reply.Body, err)
		}
	})
}

// FuzzAmount: what is read is what was written.
func FuzzAmount(f *testing.F) {
	for _, text := range []string{"500000.00", "56.000", "0.1", "1,000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := (request{Amount: text}).amount()
		if !ok {
			return
		}
		if again, ok := (request{Amount: got.Decimal()}).amount(); !ok || again != got {
			t.Fatalf("%q is %v, which is %v", text, got, again)
		}
	})
}
