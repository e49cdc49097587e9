// Package standin is a local stand-in for Click: its page to pay on and its
// calls of our SHOP-API, prepare and complete, as Click makes them. The demo
// and the tests run the very code that answers Click against it. It keeps
// nothing. No money moves.
package standin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"awil/internal/platform/click"
	"awil/internal/platform/paystand"
)

// Config sets up a stand-in.
type Config struct {
	Endpoint  string // where our SHOP-API is
	ServiceID string // the only service it knows
	SecretKey string // signs its calls
	Merchant  string // whom the pay page names
	Shop      string // addresses buyers may return to begin so
	Now       func() time.Time
	Log       *slog.Logger
	// RetryDelays are the waits between tries of a call that has no answer.
	// Nil: half a second, then one, then two.
	RetryDelays []time.Duration
}

// Standin is the stand-in; it is an http.Handler for the pay page.
type Standin struct {
	cfg  Config
	line *paystand.Line
	mux  *http.ServeMux
}

// New returns a stand-in.
func New(c Config) (*Standin, error) {
	if c.Endpoint == "" || c.SecretKey == "" || c.ServiceID == "" {
		return nil, errors.New("stand-in for Click: the endpoint, the secret key and the service's id are needed")
	}
	if c.RetryDelays == nil {
		c.RetryDelays = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}
	}
	s := &Standin{cfg: c, line: paystand.NewLine(c.Endpoint), mux: http.NewServeMux()}
	s.routes()
	return s, nil
}

// ServeHTTP serves the pay page.
func (s *Standin) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Disturb applies one fault each to the next calls, in order.
func (s *Standin) Disturb(faults ...paystand.Fault) { s.line.Disturb(faults...) }

// Refusal is an error the shop answered with.
type Refusal struct {
	Code int
	Note string
}

// Error names the code.
func (r *Refusal) Error() string { return fmt.Sprintf("click: %d %s", r.Code, r.Note) }

// Answer is what the shop answers.
type Answer struct {
	Prepare int64  `json:"merchant_prepare_id"`
	Confirm int64  `json:"merchant_confirm_id"`
	Error   int    `json:"error"`
	Note    string `json:"error_note"`
}

// The protocol's actions, and the errors Click completes with.
const (
	prepare  = "0"
	complete = "1"

	codePaid = -4

	// ErrorNoMoney is one of Click's own: the buyer's card has no money.
	ErrorNoMoney = -5017
)

// NewTrans makes a transaction's name as Click's are: a number.
func NewTrans() string { return strconv.FormatInt(1_000_000_000+rand.Int64N(9_000_000_000), 10) }

// Prepare asks whether an order can be paid and begins to. Amount is a decimal.
func (s *Standin) Prepare(ctx context.Context, trans, order, amount string) (Answer, error) {
	return s.call(ctx, prepare, trans, order, amount, "", 0)
}

// Complete tells that the money was taken, or with an error below nought that
// it could not be.
func (s *Standin) Complete(ctx context.Context, trans, order, amount string, prepareID int64, failed int) (Answer, error) {
	return s.call(ctx, complete, trans, order, amount, strconv.FormatInt(prepareID, 10), failed)
}

// call repeats a call as long as it has no answer.
func (s *Standin) call(ctx context.Context, action, trans, order, amount, prepareID string, failed int) (Answer, error) {
	form := s.form(action, trans, order, amount, prepareID, failed)
	answer, err := s.once(ctx, form)
	for _, wait := range s.cfg.RetryDelays {
		var refused *Refusal
		if err == nil || errors.As(err, &refused) {
			return answer, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return answer, ctx.Err()
		}
		answer, err = s.once(ctx, form)
	}
	return answer, err
}

func (s *Standin) form(action, trans, order, amount, prepareID string, failed int) url.Values {
	at := s.cfg.Now().Format(time.DateTime)
	form := url.Values{
		"click_trans_id": {trans}, "service_id": {s.cfg.ServiceID}, "click_paydoc_id": {trans}, "merchant_trans_id": {order},
		"amount": {amount}, "action": {action}, "error": {strconv.Itoa(failed)}, "error_note": {"Success"}, "sign_time": {at},
		"sign_string": {click.Sign(s.cfg.SecretKey, trans, s.cfg.ServiceID, order, prepareID, amount, action, at)},
	}
	if failed < 0 {
		form.Set("error_note", "Failed")
	}
	if action == complete {
		form.Set("merchant_prepare_id", prepareID)
	}
	return form
}

func (s *Standin) once(ctx context.Context, form url.Values) (Answer, error) {
	var answer Answer
	status, body, err := s.line.Post(ctx, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode()))
	switch {
	case err != nil:
		return answer, err
	case status != http.StatusOK:
		return answer, fmt.Errorf("status %d: %w", status, paystand.ErrNoAnswer)
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return answer, err
	}
	if answer.Error != 0 {
		return answer, &Refusal{answer.Error, answer.Note}
	}
	return answer, nil
}

// Pay pays what a link says, as a buyer with money does, and returns the
// transaction's name.
func (s *Standin) Pay(ctx context.Context, link string) (string, error) { return s.run(ctx, link, 0) }

// Decline lets a buyer try whose card has no money.
func (s *Standin) Decline(ctx context.Context, link string) (string, error) {
	return s.run(ctx, link, ErrorNoMoney)
}

func (s *Standin) run(ctx context.Context, link string, failed int) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", err
	}
	q := u.Query()
	order, amount := q.Get("transaction_param"), q.Get("amount")
	if q.Get("service_id") != s.cfg.ServiceID {
		return "", fmt.Errorf("stand-in for Click: no service %q", q.Get("service_id"))
	}
	trans := NewTrans()
	prepared, err := s.Prepare(ctx, trans, order, amount)
	if err != nil {
		return trans, err
	}
	_, err = s.Complete(ctx, trans, order, amount, prepared.Prepare, failed)
	var refused *Refusal
	if errors.As(err, &refused) && (failed < 0 || refused.Code == codePaid) { // no money, as it should be; or done before, its answer lost
		err = nil
	}
	return trans, err
}
