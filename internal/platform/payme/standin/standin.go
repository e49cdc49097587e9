// Package standin is a local stand-in for Payme: its page to pay on, its
// cabinet, and its calls of our Merchant API, one after the other as Payme
// makes them. The demo and the tests run the very code that answers Payme
// against it. It keeps nothing: all there is to know we have been told, and
// GetStatement tells it again. No money moves.
package standin

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"awil/internal/money"
	"awil/internal/platform/payme"
	"awil/internal/platform/paystand"
)

// Config sets up a stand-in.
type Config struct {
	Endpoint   string // where our Merchant API is
	Login, Key string // what it proves itself with
	MerchantID string // the only merchant it knows
	Merchant   string // whom the pay page names
	Shop       string // addresses buyers may return to begin so
	Now        func() time.Time
	Log        *slog.Logger
	// RetryDelays are the waits between tries of a call that has no answer, or
	// the one for a failure of the shop. Nil: half a second, then one, then two.
	RetryDelays []time.Duration
}

// Standin is the stand-in; it is an http.Handler for the pay page and the
// cabinet.
type Standin struct {
	cfg    Config
	line   *paystand.Line
	mux    *http.ServeMux
	lastID atomic.Int64
}

// New returns a stand-in.
func New(c Config) (*Standin, error) {
	if c.Endpoint == "" || c.Key == "" || c.MerchantID == "" {
		return nil, errors.New("stand-in for Payme: the endpoint, the key and the merchant's id are needed")
	}
	if c.Login == "" {
		c.Login = payme.DefaultLogin
	}
	if c.RetryDelays == nil {
		c.RetryDelays = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}
	}
	s := &Standin{cfg: c, line: paystand.NewLine(c.Endpoint), mux: http.NewServeMux()}
	s.routes()
	return s, nil
}

// ServeHTTP serves the pay page and the cabinet.
func (s *Standin) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Disturb applies one fault each to the next calls, in order.
func (s *Standin) Disturb(faults ...paystand.Fault) { s.line.Disturb(faults...) }

// Refusal is an error the shop answered with.
type Refusal struct {
	Code    int
	Message map[string]string // by language: ru, uz, en
	Data    string
}

// Error names the code.
func (r *Refusal) Error() string { return fmt.Sprintf("payme: %d %s", r.Code, r.Message["en"]) }

// codeSystem is the shop's word for a failure of its own, which is asked again.
const codeSystem = -32400

// Call calls one method of the shop's Merchant API and reads its result. A
// *Refusal is the shop's answer; paystand.ErrNoAnswer means that there was none.
func (s *Standin) Call(ctx context.Context, method string, params, result any) error {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": s.lastID.Add(1), "method": method, "params": params})
	if err != nil {
		return err
	}
	proof := base64.StdEncoding.EncodeToString([]byte(s.cfg.Login + ":" + s.cfg.Key))
	status, raw, err := s.line.Post(ctx, http.Header{"Authorization": {"Basic " + proof}, "Content-Type": {"application/json"}}, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return &Refusal{Code: codeSystem}
	}
	var answer struct {
		Result json.RawMessage
		Error  *Refusal
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if answer.Error != nil {
		return answer.Error
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result, result)
}

// insist repeats a call as long as it has no answer.
func (s *Standin) insist(ctx context.Context, method string, params any) error {
	err := s.Call(ctx, method, params, nil)
	for _, wait := range s.cfg.RetryDelays {
		var refused *Refusal
		if err == nil || errors.As(err, &refused) && refused.Code != codeSystem {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		err = s.Call(ctx, method, params, nil)
	}
	return err
}

// Account is what a payment is for.
type Account struct {
	OrderID string `json:"order_id"`
}

// NewID makes a transaction's name as Payme's are: 24 characters.
func NewID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

// Check asks whether an order can be paid.
func (s *Standin) Check(ctx context.Context, order string, amount money.Amount) error {
	return s.insist(ctx, "CheckPerformTransaction", map[string]any{"amount": amount.Minor, "account": Account{order}})
}

// Create begins a transaction that Payme says began at a moment.
func (s *Standin) Create(ctx context.Context, id string, at time.Time, order string, amount money.Amount) error {
	return s.insist(ctx, "CreateTransaction", map[string]any{"id": id, "time": at.UnixMilli(), "amount": amount.Minor, "account": Account{order}})
}

// Perform takes a transaction's money. Long after Create it is a late payment.
func (s *Standin) Perform(ctx context.Context, id string) error {
	return s.insist(ctx, "PerformTransaction", map[string]any{"id": id})
}

// The reasons for cancelling.
const (
	ReasonDebitFailed = 2
	ReasonFailed      = 3
	ReasonTimedOut    = 4
	ReasonRefund      = 5
)

// Cancel cancels a transaction; of a performed one it gives the money back, as
// the merchant's staff do in Payme's cabinet.
func (s *Standin) Cancel(ctx context.Context, id string, reason int) error {
	return s.insist(ctx, "CancelTransaction", map[string]any{"id": id, "reason": reason})
}

// Pay pays what a checkout link says, as a buyer with money does, and returns
// the transaction's name.
func (s *Standin) Pay(ctx context.Context, link string) (string, error) {
	return s.run(ctx, link, s.Perform)
}

// Decline lets a buyer try whose card has no money.
func (s *Standin) Decline(ctx context.Context, link string) (string, error) {
	return s.run(ctx, link, func(ctx context.Context, id string) error { return s.Cancel(ctx, id, ReasonDebitFailed) })
}

func (s *Standin) run(ctx context.Context, link string, then func(context.Context, string) error) (string, error) {
	l, err := payme.ParseLink(lastPart(link))
	if err != nil {
		return "", err
	}
	if l.Merchant != s.cfg.MerchantID {
		return "", fmt.Errorf("stand-in for Payme: no merchant %q", l.Merchant)
	}
	if err := s.Check(ctx, l.Order, l.Amount); err != nil {
		return "", err
	}
	id := NewID()
	if err := s.Create(ctx, id, s.cfg.Now(), l.Order, l.Amount); err != nil {
		return id, err
	}
	err = then(ctx, id)
	var refused *Refusal
	if errors.As(err, &refused) { // what the shop does not take, the buyer keeps
		err = errors.Join(err, s.Cancel(ctx, id, ReasonFailed))
	}
	return id, err
}
