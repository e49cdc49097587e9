// Package standin is a local stand-in for Stripe: it speaks the part of
// Stripe's HTTP API that we use, keeps what it is told, shows a page to pay
// on, and sends signed webhooks. The demo and the tests run the very code
// that talks to Stripe against it. No money moves.
//
// It checks what Stripe checks (keys, parameters, amounts, idempotency), and
// tests can make it misbehave as Stripe and networks do; see FailNext, Hold
// and TamperNext.
package standin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config sets up a stand-in.
type Config struct {
	SecretKey     string // the only key it accepts
	WebhookSecret string // signs webhooks
	WebhookURL    string // where webhooks go; empty: nowhere
	// PublicURL is where a browser reaches the stand-in, without a final
	// slash, when it is mounted in another server. Start fills it in.
	PublicURL string
	Merchant  string // whom the pay page names
	File      string // keeps the state over restarts; empty: memory only
	Now       func() time.Time
	Log       *slog.Logger
	// RetryDelays are the waits between tries of one webhook; after the last
	// it is given up. Nil: from a second to five minutes.
	RetryDelays []time.Duration
	// RedirectWait is how long a buyer who has paid waits for the webhooks
	// to be taken before she is sent back. Stripe waits up to ten seconds.
	RedirectWait time.Duration
}

var defaultRetryDelays = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second,
	30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
}

// Standin is the stand-in; it is an http.Handler for API and pay page alike.
// Webhooks go out and sessions expire by themselves only while Run or Start runs.
type Standin struct {
	cfg    Config
	mux    *http.ServeMux
	client *http.Client
	wake   chan struct{} // something may be due for delivery

	mu     sync.Mutex
	state  state
	faults []Fault
	writes []Fault // of the next calls that change something
	hooks  hooks

	holdFees      bool
	slowRefunds   bool
	refuseRefunds string // the code they are refused with; empty: they are not

	changed chan struct{} // closed and replaced when a delivery ends
	served  chan struct{} // closed when Start's server has stopped
}

// New returns a stand-in, with the state of c.File when there is one.
func New(c Config) (*Standin, error) {
	if c.SecretKey == "" || c.WebhookSecret == "" {
		return nil, errors.New("stand-in: both the secret key and the webhook secret are needed")
	}
	if c.RetryDelays == nil {
		c.RetryDelays = defaultRetryDelays
	}
	s := &Standin{
		cfg:     c,
		mux:     http.NewServeMux(),
		client:  &http.Client{Timeout: 10 * time.Second},
		wake:    make(chan struct{}, 1),
		changed: make(chan struct{}),
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	s.routes()
	return s, nil
}

func (s *Standin) routes() {
	s.mux.HandleFunc("POST /v1/checkout/sessions", s.api(s.createSession))
	s.mux.HandleFunc("GET /v1/checkout/sessions", s.api(s.listSessions))
	s.mux.HandleFunc("GET /v1/checkout/sessions/{id}", s.api(s.getSession))
	s.mux.HandleFunc("POST /v1/checkout/sessions/{id}/expire", s.api(s.expireSession))
	s.mux.HandleFunc("GET /v1/payment_intents/{id}", s.api(s.getIntent))
	s.mux.HandleFunc("GET /v1/charges", s.api(s.listCharges))
	s.mux.HandleFunc("GET /v1/charges/{id}", s.api(s.getCharge))
	s.mux.HandleFunc("POST /v1/refunds", s.api(s.createRefund))
	s.mux.HandleFunc("GET /v1/refunds", s.api(s.listRefunds))
	s.mux.HandleFunc("GET /v1/refunds/{id}", s.api(s.getRefund))
	s.mux.HandleFunc("GET /v1/disputes", s.api(s.listDisputes))
	s.mux.HandleFunc("GET /v1/disputes/{id}", s.api(s.getDispute))
	s.mux.HandleFunc("GET /v1/balance_transactions/{id}", s.api(s.getMovement))
	s.mux.HandleFunc("POST /v1/webhook_endpoints", s.api(s.createEndpoint))
	s.mux.HandleFunc("GET /v1/webhook_endpoints", s.api(s.listEndpoints))
	s.mux.HandleFunc("GET /v1/webhook_endpoints/{id}", s.api(s.getEndpoint))
	s.mux.HandleFunc("POST /v1/webhook_endpoints/{id}", s.api(s.updateEndpoint))
	s.mux.HandleFunc("DELETE /v1/webhook_endpoints/{id}", s.api(s.deleteEndpoint))
	s.mux.HandleFunc("/v1/", s.api(unknownURL))
	s.mux.HandleFunc("GET /pay/{id}", s.showPage)
	s.mux.HandleFunc("POST /pay/{id}", s.submitPage)
	s.mux.HandleFunc("GET /pay.css", s.style)
	s.mux.HandleFunc("GET /reports/{name}", s.serveReport)
}

// ServeHTTP serves the API under /v1/ and the pay page under /pay/.
func (s *Standin) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Run delivers webhooks and lets sessions expire until ctx ends.
func (s *Standin) Run(ctx context.Context) {
	expiry := time.NewTicker(time.Second)
	defer expiry.Stop()
	for {
		next := time.NewTimer(s.deliverDue(ctx))
		select {
		case <-ctx.Done():
			next.Stop()
			return
		case <-s.wake:
		case <-next.C:
		case <-expiry.C:
			s.ExpireDue()
		}
		next.Stop()
	}
}

// Start listens on a loopback address such as "127.0.0.1:0", serves and runs
// until ctx ends; it returns as soon as calls are answered. Done tells when
// everything has stopped.
func (s *Standin) Start(ctx context.Context, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("stand-in: address: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("stand-in: %s is not a loopback address; anyone could pay with nothing", host)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("stand-in: %w", err)
	}
	s.mu.Lock()
	if s.cfg.PublicURL == "" {
		s.cfg.PublicURL = "http://" + listener.Addr().String()
	}
	s.served = make(chan struct{})
	s.mu.Unlock()
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.serve(ctx, server, listener)
	return nil
}

func (s *Standin) serve(ctx context.Context, server *http.Server, listener net.Listener) {
	defer close(s.served)
	var work sync.WaitGroup
	work.Go(func() { s.Run(ctx) })
	work.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.cfg.Log.Error("stripe stand-in stopped", "error", err)
		}
	})
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close() // whoever is still connected has had two seconds
	}
	work.Wait()
}

// Done is closed when what Start began has stopped.
func (s *Standin) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served
}

// URL is where the stand-in is reached: Stripe's API base and the pay page's.
func (s *Standin) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg.PublicURL
}

// newID makes an id that looks like Stripe's and cannot be guessed.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()) }
