package payme

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/payments"
)

// TestLink has the vector of Payme's documentation.
func TestLink(t *testing.T) {
	l := Link{Merchant: "587f72c72cac0d162c722ae2", Order: "197", Amount: money.New(500, money.UZS)}
	if got, want := l.Encode(), "bT01ODdmNzJjNzJjYWMwZDE2MmM3MjJhZTI7YWMub3JkZXJfaWQ9MTk3O2E9NTAw"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestLinksKeepToOnePathSegment: a question mark in the way back makes a slash
// in base64 at every third place.
func TestLinksKeepToOnePathSegment(t *testing.T) {
	for _, lang := range []string{"", "ru", "uz", "en"} {
		for n := range 12 {
			l := Link{Merchant: "587f72c72cac0d162c722ae2", Order: "7KQ2-M4XA", Amount: money.New(5_000_000, money.UZS), Lang: lang,
				Return: "https://awil.test/orders/" + strings.Repeat("x", n) + "?pay=done"}
			text := l.Encode()
			if lang != "" && strings.Contains(text, "/") {
				t.Errorf("%q, %d: %s", lang, n, text)
			}
			if back, err := ParseLink(text); err != nil || back != l {
				t.Errorf("%+v came back as %+v, %v", l, back, err)
			}
		}
	}
}

func TestLanguages(t *testing.T) {
	for lang, want := range map[i18n.Lang]string{"uz": "uz", "kaa": "uz", "ru": "ru", "ky": "ru", "en": "en", "ja": "en"} {
		if got := Language(lang); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
}

func config() Config {
	return Config{MerchantID: "m", Key: "secret", Now: func() time.Time { return time.Date(2026, 3, 9, 14, 5, 0, 0, time.UTC) },
		Log: slog.New(slog.DiscardHandler)}
}

func TestGateway(t *testing.T) {
	g, err := New(config())
	if err != nil {
		t.Fatal(err)
	}
	a := payments.Attempt{PaymentID: 7, Reference: "7KQ2-M4XA", Amount: money.New(5_000_000, money.UZS), Lang: "kaa",
		SuccessURL: "https://awil.test/o?pay=done", ExpiresAt: config().Now().Add(time.Hour)}
	started, err := g.Start(t.Context(), a)
	if err != nil || started.ProviderRef != "attempt-7" || !strings.HasPrefix(started.RedirectURL, "https://checkout.paycom.uz/bT1") {
		t.Errorf("%+v, %v", started, err)
	}
	again, err := g.Start(t.Context(), a)
	if err != nil || again != started {
		t.Errorf("again: %+v, %v", again, err)
	}
	a.ExpiresAt = config().Now()
	if _, err := g.Start(t.Context(), a); errs.KindOf(err) != errs.Gone {
		t.Errorf("too late: %v", err)
	}
	a.Amount = money.New(500, money.JPY)
	if _, err := g.Start(t.Context(), a); !errors.Is(err, payments.ErrCurrency) {
		t.Errorf("in yen: %v", err)
	}
	if err := g.Accepts(money.New(0, money.UZS)); !errors.Is(err, payments.ErrBelowMinimum) {
		t.Errorf("nothing: %v", err)
	}
	for _, bad := range []Config{{Key: "k"}, {MerchantID: "m"}, {MerchantID: "m;a=1", Key: "k"}} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// broken fails whatever is asked.
type broken struct{ payments.Incoming }

var errDatabase = errors.New("the database is gone")

func (broken) Offer(context.Context, payments.Provider, string) (payments.Bill, error) {
	return payments.Bill{}, errDatabase
}

func (broken) Perform(context.Context, payments.Provider, string) (payments.Transaction, error) {
	return payments.Transaction{}, errDatabase
}

func (broken) Begin(context.Context, payments.Provider, payments.Beginning) (payments.Transaction, error) {
	return payments.Transaction{}, errDatabase
}

func (broken) Undo(context.Context, payments.Provider, string, int) (payments.Transaction, error) {
	return payments.Transaction{}, errDatabase
}

func (broken) Look(context.Context, payments.Provider, string) (payments.Transaction, error) {
	return payments.Transaction{}, errDatabase
}

func (broken) Statement(context.Context, payments.Provider, time.Time, time.Time) ([]payments.Transaction, error) {
	return nil, errDatabase
}

func (broken) KeepFiscal(context.Context, payments.Provider, string, string, json.RawMessage) error {
	return errDatabase
}

func (broken) KeepCall(context.Context, payments.Provider, payments.KeptCall) error {
	return errDatabase
}

func proof(login, key string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+key))}}
}

func codeIn(t *testing.T, reply payments.Reply) int {
	t.Helper()
	var a struct {
		Error struct{ Code int }
	}
	if err := json.Unmarshal(reply.Body, &a); err != nil || reply.Status != http.StatusOK {
		t.Errorf("%d %s: %v", reply.Status, reply.Body, err)
	}
	return a.Error.Code
}

// TestFailuresOfOursAreAskedAgain: with 200 and the protocol's own code.
func TestFailuresOfOursAreAskedAgain(t *testing.T) {
	s, err := NewServer(config(), broken{})
	if err != nil {
		t.Fatal(err)
	}
	for method, params := range map[string]string{
		"CheckPerformTransaction": `{"amount":500,"account":{"order_id":"7KQ2M4XA"}}`,
		"CreateTransaction":       `{"id":"5305e3bab097f420a62ced01","time":1399114284039,"amount":500,"account":{"order_id":"7KQ2M4XA"}}`,
		"PerformTransaction":      `{"id":"5305e3bab097f420a62ced01"}`,
		"CancelTransaction":       `{"id":"5305e3bab097f420a62ced01","reason":3}`,
		"CheckTransaction":        `{"id":"5305e3bab097f420a62ced01"}`,
		"GetStatement":            `{"from":1399114284039,"to":1399120284000}`,
		"SetFiscalData":           `{"id":"5305e3bab097f420a62ced01","type":"PERFORM","fiscal_data":{}}`,
	} {
		reply := s.Answer(t.Context(), payments.Call{Method: http.MethodPost, Header: proof("Paycom", "secret"),
			Body: []byte(`{"id":1,"method":"` + method + `","params":` + params + `}`)})
		if got := codeIn(t, reply); got != codeSystem {
			t.Errorf("%s: %d", method, got)
		}
		if strings.Contains(string(reply.Body), errDatabase.Error()) {
			t.Errorf("%s tells what broke: %s", method, reply.Body)
		}
	}
}

// TestOnlyPaymesAddresses: where the operator lists them.
func TestOnlyPaymesAddresses(t *testing.T) {
	c := config()
	c.Login, c.Allow = "Awil", []netip.Prefix{netip.MustParsePrefix("185.234.113.0/28")}
	s, err := NewServer(c, broken{})
	if err != nil {
		t.Fatal(err)
	}
	for remote, want := range map[string]int{"185.234.113.1": codeSystem, "185.234.113.15": codeSystem, "::ffff:185.234.113.2": codeSystem,
		"185.234.113.16": codeNotAuthorised, "127.0.0.1": codeNotAuthorised, "": codeNotAuthorised, "nowhere": codeNotAuthorised} {
		got := codeIn(t, s.Answer(t.Context(), payments.Call{Method: http.MethodPost, Header: proof("Awil", "secret"), Remote: remote,
			Body: []byte(`{"id":1,"method":"CheckTransaction","params":{"id":"5305e3bab097f420a62ced01"}}`)}))
		if got != want {
			t.Errorf("%q: %d, want %d", remote, got, want)
		}
	}
}

// TestEveryCodeHasItsWords in the three languages the protocol asks for.
func TestEveryCodeHasItsWords(t *testing.T) {
	codes := []int{codeNotPost, codeBadJSON, codeBadRequest, codeNoMethod, codeNotAuthorised, codeSystem, codeAmount, codeNoTransaction, codeDelivered, codeState}
	for _, e := range append(accountErrors, otherErrors...) {
		codes = append(codes, e.code)
	}
	for _, code := range codes {
		if w := texts[code]; w.RU == "" || w.UZ == "" || w.EN == "" {
			t.Errorf("%d: %+v", code, w)
		}
	}
	for _, e := range accountErrors {
		if f := failureOf(e.err); f.Data != "order_id" || f.Code > -31050 || f.Code < -31099 {
			t.Errorf("%v: %+v", e.err, f)
		}
	}
}

// TestReceiptsAddUp: no receipt is better than a wrong one.
func TestReceiptsAddUp(t *testing.T) {
	line := payments.BillLine{Title: "Jam", Unit: money.New(100, money.UZS), Quantity: 3, Code: "02007001001000001", PackageCode: "1"}
	good := payments.Bill{Amount: money.New(350, money.UZS), Lines: []payments.BillLine{line}, Shipping: payments.BillLine{Title: "Post", Unit: money.New(50, money.UZS)}}
	if d := detailOf(good); d == nil || d.Shipping.Price != 50 || d.Items[0].Count != 3 {
		t.Errorf("%+v", d)
	}
	wrong, uncoded, empty := good, good, good
	wrong.Amount = money.New(351, money.UZS)
	line.Code = ""
	uncoded.Lines = []payments.BillLine{line}
	empty.Lines, empty.Amount = nil, money.New(50, money.UZS)
	for what, b := range map[string]payments.Bill{"wrong sum": wrong, "no code": uncoded, "no lines": empty} {
		if d := detailOf(b); d != nil {
			t.Errorf("%s: %+v", what, d)
		}
	}
}

// FuzzAnswer: whatever comes, with proof or without, the answer is 200, valid
// JSON, and either a result or an error.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"method":"CheckTransaction","params":{"id":"5305e3bab097f420a62ced01"}}`, `{`, `[]`, `null`, "\x00", `{"id":{},"method":"x"}`,
		`{"id":"\ud800","method":"GetStatement","params":{"from":0,"to":9999999999999}}`, `{"id":-01,"method":1}`, `{"id":1e999,"method":"a","params":{}}`,
		`{"id":1,"method":"CreateTransaction","params":{"id":"5305e3bab097f420a62ced01","time":1399114284039,"amount":500,"account":{"order_id":1}}}`,
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	s, err := NewServer(config(), broken{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, proved bool) {
		call := payments.Call{Method: http.MethodPost, Header: http.Header{}, Body: body}
		if proved {
			call.Header = proof("Paycom", "secret")
		}
		reply := s.Answer(t.Context(), call)
		var a map[string]json.RawMessage
		if err := json.Unmarshal(reply.Body, &a); err != nil || reply.Status != http.StatusOK {
			t.Fatalf("%d %s: %v", reply.Status, reply.Body, err)
		}
		if (a["result"] == nil) == (a["error"] == nil) || a["id"] == nil {
			t.Fatalf("%s", reply.Body)
		}
		if code := codeIn(t, reply); !proved && code != codeNotAuthorised {
			t.Fatalf("without proof: %d", code)
		}
	})
}

// FuzzParseLink never panics, and what was read is what would be written.
func FuzzParseLink(f *testing.F) {
	f.Add("bT01ODdmNzJjNzJjYWMwZDE2MmM3MjJhZTI7YWMub3JkZXJfaWQ9MTk3O2E9NTAw")
	f.Add("====")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLink(text)
		if err != nil {
			return
		}
		if again, err := ParseLink(l.Encode()); err != nil || again != l {
			t.Fatalf("%+v became %+v, %v", l, again, err)
		}
	})
}
