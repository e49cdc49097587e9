package stripe_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"awil/internal/money"
	"awil/internal/platform/stripe"
)

// The same requests that the stand-in takes, against Stripe's own mock, which
// knows every parameter of the API and nothing else: right addresses, right
// names, right types.
func TestContractWithStripeMock(t *testing.T) {
	base := startMock(t)
	wire := &watching{t: t}
	r := &rig{clock: &clock{t: time.Now()}}
	g := newGateway(t, stripe.Config{SecretKey: "sk_test_123", APIBase: base, Now: r.now, HTTPClient: &http.Client{Transport: wire}})

	for _, amount := range []money.Amount{yen, money.New(4899, money.USD)} {
		// The mock keeps nothing, so only the calls count, not what our side
		// makes of the made-up answers.
		_, startErr := g.Start(t.Context(), r.attempt(1, amount))
		_, lookupErr := g.Lookup(t.Context(), "cs_test_1")
		expireErr := g.Expire(t.Context(), "cs_test_1")
		t.Log(startErr, lookupErr, expireErr)
	}
	if wire.calls != 6 {
		t.Errorf("%d calls reached the mock, want 6", wire.calls)
	}
	checkMockChecks(t, base)

	before := wire.calls
	later := newGateway(t, stripe.Config{SecretKey: "sk_test_123", APIBase: base, Now: r.now,
		HTTPClient: &http.Client{Transport: wire}, PaymentMethods: []string{"card", "konbini"}})
	_, startErr := later.Start(t.Context(), r.attempt(1, yen))
	_, refundErr := g.Refund(t.Context(), refundOf(1, "cs_test_1", yen))
	_, foundErr := g.LookupRefund(t.Context(), "re_1")
	_, disputeErr := g.LookupDispute(t.Context(), "dp_1")
	_, chargesErr := g.Charges(t.Context(), "cs_test_1")
	t.Log(startErr, refundErr, foundErr, disputeErr, chargesErr)
	if calls := wire.calls - before; calls != 12 {
		t.Errorf("%d calls reached the mock, want 12", calls)
	}
	if wire.bodies["/v1/refunds"] == "" {
		t.Error("no refund reached the mock")
	}
}

// The mock's API is newer than ours, so that a name it does not know would be
// one that Stripe has dropped.
func TestEndpointsWithStripeMock(t *testing.T) {
	base := startMock(t)
	wire := &watching{t: t}
	e, err := stripe.NewEndpoints(stripe.Config{SecretKey: "sk_test_123", APIBase: base, HTTPClient: &http.Client{Transport: wire}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := e.SetUp(t.Context(), "https://shop.example/webhooks/stripe")
	if err != nil || made.Endpoint.ID == "" || wire.calls != 2 {
		t.Errorf("%d calls: %+v, %v", wire.calls, made, err)
	}
	found, err := e.At(t.Context(), "https://example.com/my/webhook/endpoint")
	if err != nil || len(found) == 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	if _, err := e.SetUp(t.Context(), found[0].URL); err != nil {
		t.Error(err)
	}
	for _, name := range stripe.Events() {
		if !strings.Contains(wire.bodies["/v1/webhook_endpoints"], name) {
			t.Errorf("%s was not asked for", name)
		}
	}
}

// watching fails the test at any answer but success.
type watching struct {
	t      *testing.T
	calls  int
	bodies map[string]string // of the last POST, by path
}

func (w *watching) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if w.bodies == nil {
			w.bodies = map[string]string{}
		}
		w.bodies[r.URL.Path] = string(body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		w.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		return nil, err
	}
	w.calls++
	if answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(answer.Body)
		w.t.Errorf("%s %s: %d %s", r.Method, r.URL, answer.StatusCode, body)
		answer.Body = io.NopCloser(strings.NewReader(string(body)))
	}
	return answer, nil
}

// checkMockChecks makes sure that the mock would have complained.
func checkMockChecks(t *testing.T, base string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, base+"/v1/checkout/sessions", strings.NewReader("mode=payment&sucess_url=https://shop.example"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sk_test_123")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a misspelt parameter: %d", answer.StatusCode)
	}
}

// startMock runs stripe-mock on a free port until the test ends.
func startMock(t *testing.T) string {
	t.Helper()
	binary := os.Getenv("AWIL_STRIPE_MOCK")
	if binary == "" {
		binary = filepath.Join("..", "..", "..", "bin", "tools", "stripe-mock")
	}
	if _, err := os.Stat(binary); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("stripe-mock is missing: %v", err)
		}
		t.Skipf("NOT CHECKED against Stripe's API: no stripe-mock at %s; make test installs it", binary)
	}
	port := freePort(t)
	mock := exec.Command(binary, "-http-addr", "127.0.0.1:"+port)
	var output strings.Builder
	mock.Stdout, mock.Stderr = &output, &output
	if err := mock.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- mock.Wait() }()
	t.Cleanup(func() {
		_ = mock.Process.Kill()
		<-ended
	})
	base := "http://127.0.0.1:" + port
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
		if err == nil {
			_ = conn.Close()
			return base
		}
	}
	t.Fatal("stripe-mock did not start")
	return ""
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}
