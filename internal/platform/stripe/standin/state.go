package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The types below are what Stripe's API answers, field for field, and also
// what is kept in the file.

type session struct {
	ID                 string            `json:"id"`
	Object             string            `json:"object"`
	AmountSubtotal     int64             `json:"amount_subtotal"`
	AmountTotal        int64             `json:"amount_total"`
	CancelURL          *string           `json:"cancel_url"`
	ClientReferenceID  *string           `json:"client_reference_id"`
	Created            int64             `json:"created"`
	Currency           string            `json:"currency"`
	CustomerEmail      *string           `json:"customer_email"`
	ExpiresAt          int64             `json:"expires_at"`
	Livemode           bool              `json:"livemode"`
	Locale             *string           `json:"locale"`
	Metadata           map[string]string `json:"metadata"`
	Mode               string            `json:"mode"`
	PaymentIntent      *string           `json:"payment_intent"`
	PaymentMethodTypes []string          `json:"payment_method_types"`
	PaymentStatus      string            `json:"payment_status"`
	Status             string            `json:"status"`
	SuccessURL         string            `json:"success_url"`
}

// The states of a session.
const (
	sessionOpen     = "open"
	sessionComplete = "complete"
	sessionExpired  = "expired"
)

type line struct {
	Name       string `json:"name"`
	UnitAmount int64  `json:"unit_amount"`
	Quantity   int64  `json:"quantity"`
}

type intent struct {
	ID                 string            `json:"id"`
	Object             string            `json:"object"`
	Amount             int64             `json:"amount"`
	AmountReceived     int64             `json:"amount_received"`
	Created            int64             `json:"created"`
	Currency           string            `json:"currency"`
	Description        *string           `json:"description"`
	LastPaymentError   *cardError        `json:"last_payment_error"`
	LatestCharge       *string           `json:"latest_charge"`
	Livemode           bool              `json:"livemode"`
	Metadata           map[string]string `json:"metadata"`
	PaymentMethodTypes []string          `json:"payment_method_types"`
	Status             string            `json:"status"`
}

type cardError struct {
	Type        string `json:"type"`
	Code        string `json:"code"`
	DeclineCode string `json:"decline_code,omitempty"`
	Message     string `json:"message"`
}

// record is a session with what its creation asked for but its answer hides.
type record struct {
	Session           session           `json:"session"`
	Lines             []line            `json:"lines"`
	IntentDescription *string           `json:"intent_description"`
	IntentMetadata    map[string]string `json:"intent_metadata"`
}

// answer is what a POST with an idempotency key got, for whoever repeats it.
type answer struct {
	Request string          `json:"request"`
	Status  int             `json:"status"`
	Body    json.RawMessage `json:"body"`
	At      int64           `json:"at"`
}

// keyLife is how long Stripe remembers an idempotency key.
const keyLife = 24 * time.Hour

type state struct {
	Sessions map[string]*record `json:"sessions"`
	Order    []string           `json:"order"` // session ids, oldest first
	Intents  map[string]*intent `json:"intents"`
	Events   []*event           `json:"events"`
	Keys     map[string]answer  `json:"keys"`

	Charges     map[string]*charge    `json:"charges"`
	Refunds     []*refundObject       `json:"refunds"`
	Disputes    []*disputeObject      `json:"disputes"`
	Balance     []*movement           `json:"balance"`
	Settlements map[string]settlement `json:"settlements"`
	Payouts     []*payoutObject       `json:"payouts"`
	PaidOut     map[string]string     `json:"paid_out"` // balance transaction → payout
	Endpoints   []*endpoint           `json:"endpoints"`
}

// keepSessions bounds memory and the file; the oldest are forgotten, like a
// session that Stripe never had.
const keepSessions = 2000

func (s *Standin) add(r *record) {
	s.state.Sessions[r.Session.ID] = r
	s.state.Order = append(s.state.Order, r.Session.ID)
	for len(s.state.Order) > keepSessions {
		if pi := s.state.Sessions[s.state.Order[0]].Session.PaymentIntent; pi != nil {
			s.forgetPayment(*pi)
		}
		delete(s.state.Sessions, s.state.Order[0])
		s.state.Order = s.state.Order[1:]
	}
}

// forgetPayment drops a payment with all that came of it; what it moved stays
// in the balance.
func (s *Standin) forgetPayment(id string) {
	if c := s.state.Intents[id].LatestCharge; c != nil {
		delete(s.state.Charges, *c)
	}
	delete(s.state.Intents, id)
	s.state.Refunds = slices.DeleteFunc(s.state.Refunds, func(r *refundObject) bool { return r.PaymentIntent == id })
	s.state.Disputes = slices.DeleteFunc(s.state.Disputes, func(d *disputeObject) bool { return d.PaymentIntent == id })
}

// now is the clock's time as the API speaks of it.
func (s *Standin) now() int64 { return s.cfg.Now().Unix() }

// ExpireDue closes every open session whose time has come. Run does it once a
// second, and each call does it first.
func (s *Standin) ExpireDue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireDue()
}

func (s *Standin) expireDue() {
	now, closed := s.now(), false
	for _, id := range s.state.Order {
		if r := s.state.Sessions[id]; r.Session.Status == sessionOpen && r.Session.ExpiresAt <= now {
			s.expire(r)
			closed = true
		}
	}
	if closed {
		s.save()
	}
}

func (s *Standin) expire(r *record) {
	r.Session.Status = sessionExpired
	s.emit("checkout.session.expired", r.Session.ID, s.view(r))
}

// load reads the file. A missing file is a first start; a broken one is set
// aside, since losing play money beats a demo that does not start.
func (s *Standin) load() error {
	s.state = state{Sessions: map[string]*record{}, Intents: map[string]*intent{}, Keys: map[string]answer{},
		Charges: map[string]*charge{}, Settlements: map[string]settlement{}, PaidOut: map[string]string{}}
	if s.cfg.File == "" {
		return nil
	}
	data, err := os.ReadFile(s.cfg.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stand-in: %w", err)
	}
	kept := s.state
	if err := json.Unmarshal(data, &kept); err != nil {
		s.cfg.Log.Warn("stripe stand-in begins anew, its file cannot be read", "error", err)
		return os.Rename(s.cfg.File, s.cfg.File+".broken")
	}
	s.state = kept
	s.adopt()
	return nil
}

// save writes the file whole, under a name of its own first, so that a crash
// leaves the old one.
func (s *Standin) save() {
	if s.cfg.File == "" {
		return
	}
	if err := s.write(); err != nil {
		s.cfg.Log.Error("stripe stand-in cannot keep its state", "error", err)
	}
}

func (s *Standin) write() error {
	data, err := json.Marshal(s.state)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.cfg.File), 0o700); err != nil {
		return err
	}
	draft := s.cfg.File + ".tmp"
	if err := os.WriteFile(draft, data, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, s.cfg.File)
}

// forget drops idempotency keys past their life and delivered events beyond
// the last few hundred.
func (s *Standin) forget() {
	dead := s.now() - int64(keyLife/time.Second)
	for key, a := range s.state.Keys {
		if a.At <= dead {
			delete(s.state.Keys, key)
		}
	}
	if surplus := len(s.state.Events) - 500; surplus > 0 {
		s.state.Events = slices.DeleteFunc(s.state.Events, func(e *event) bool {
			surplus--
			return surplus >= 0 && e.Done
		})
	}
}
