package standin

import (
	"errors"
	"fmt"
	"slices"
)

// refundObject is money that goes back to a buyer.
type refundObject struct {
	ID                        string            `json:"id"`
	Object                    string            `json:"object"`
	Amount                    int64             `json:"amount"`
	BalanceTransaction        *string           `json:"balance_transaction"`
	Charge                    string            `json:"charge"`
	Created                   int64             `json:"created"`
	Currency                  string            `json:"currency"`
	FailureBalanceTransaction *string           `json:"failure_balance_transaction,omitempty"`
	FailureReason             string            `json:"failure_reason,omitempty"`
	InstructionsEmail         *string           `json:"instructions_email,omitempty"`
	Metadata                  map[string]string `json:"metadata"`
	PaymentIntent             string            `json:"payment_intent"`
	Reason                    *string           `json:"reason"`
	Status                    string            `json:"status"`
}

// The states of a refund.
const (
	refundPending        = "pending"
	refundRequiresAction = "requires_action"
	refundSucceeded      = "succeeded"
	refundFailed         = "failed"
)

// ErrNoRefund says that there is no such refund, or none that could change so.
var ErrNoRefund = errors.New("stand-in: no such refund to change")

// RefuseRefunds lets every new refund be refused with one of Stripe's error
// codes, "balance_insufficient" for one, until it is called with an empty one.
func (s *Standin) RefuseRefunds(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuseRefunds = code
}

// SlowRefunds lets new refunds stay pending until FinishRefund or FailRefund,
// as they do where banks take days.
func (s *Standin) SlowRefunds(slow bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slowRefunds = slow
}

func (s *Standin) createRefund(c *call) (any, *apiError) {
	p := c.params
	r := &refundObject{
		ID: newID("re_"), Object: "refund", Created: s.now(), Status: refundSucceeded,
		PaymentIntent: p.required("payment_intent"), Metadata: p.metadata("metadata"),
		Reason: p.oneOf("reason", "duplicate", "fraudulent", "requested_by_customer"), InstructionsEmail: p.email("instructions_email"),
	}
	if p.values.Has("amount") {
		r.Amount = p.integer("amount", 1)
	}
	expand := c.expansions("payment_intent", "charge", "balance_transaction")
	if e := p.done(); e != nil {
		return nil, e
	}
	of, session, e := s.refundable(r)
	if e != nil {
		return nil, e
	}
	s.refund(r, of, session)
	return s.expanded(r, expand), nil
}

// refundable finds the charge to refund and fills in what it decides.
func (s *Standin) refundable(r *refundObject) (*charge, string, *apiError) {
	session := s.sessionOf(r.PaymentIntent)
	if session == nil {
		return nil, "", missing("payment_intent", r.PaymentIntent)
	}
	c := s.chargeOf(session)
	if c == nil {
		return nil, "", invalid("", "payment_intent", "This PaymentIntent ("+r.PaymentIntent+") does not have a successful charge to refund.")
	}
	left := c.Amount - c.AmountRefunded
	if r.Amount == 0 {
		r.Amount = left
	}
	switch {
	case s.refuseRefunds != "":
		return nil, "", invalid(s.refuseRefunds, "", "The refund was refused ("+s.refuseRefunds+").")
	case c.Disputed:
		return nil, "", invalid("charge_disputed", "", "Charge "+c.ID+" has been charged back; cannot issue a refund.")
	case left == 0:
		return nil, "", invalid("charge_already_refunded", "", "Charge "+c.ID+" has already been refunded.")
	case r.Amount > left:
		return nil, "", invalid("", "amount", fmt.Sprintf("Refund amount (%d %s) is greater than unrefunded amount on charge (%d %s)", r.Amount, c.Currency, left, c.Currency))
	}
	r.Charge, r.Currency = c.ID, c.Currency
	return c, session.Session.ID, nil
}

func (s *Standin) refund(r *refundObject, c *charge, session string) {
	switch {
	case c.PaymentMethodDetails["type"] == konbini:
		r.Status = refundRequiresAction // the buyer is asked for a bank account
	case s.slowRefunds:
		r.Status = refundPending
	}
	c.AmountRefunded += r.Amount
	c.Refunded = c.AmountRefunded == c.Amount
	m := s.book(c, -r.Amount, refundKind(c), "refund", r.ID, nil)
	r.BalanceTransaction = &m.ID
	s.state.Refunds = append(s.state.Refunds, r)
	s.emit("refund.created", session, r)
	s.emit("charge.refunded", session, c)
}

func refundKind(c *charge) string {
	if c.PaymentMethodDetails["type"] == "card" {
		return "refund"
	}
	return "payment_refund"
}

// FinishRefund lets a pending refund arrive.
func (s *Standin) FinishRefund(refundID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refundByID(refundID)
	if r == nil || r.Status != refundPending && r.Status != refundRequiresAction {
		return ErrNoRefund
	}
	defer s.save()
	r.Status = refundSucceeded
	s.emitRefund(r, "refund.updated", "charge.refund.updated")
	return nil
}

// FailRefund lets a refund fail that is pending or, since banks send back what
// they cannot book, succeeded before. reason is Stripe's word for why:
// "expired_or_canceled_card", "lost_or_stolen_card", "declined", "unknown".
func (s *Standin) FailRefund(refundID, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refundByID(refundID)
	if r == nil || r.Status == refundFailed {
		return ErrNoRefund
	}
	defer s.save()
	c := s.state.Charges[r.Charge]
	c.AmountRefunded -= r.Amount
	c.Refunded = false
	m := s.book(c, r.Amount, "refund_failure", "refund_failure", r.ID, nil)
	r.Status, r.FailureReason, r.FailureBalanceTransaction = refundFailed, reason, &m.ID
	s.emitRefund(r, "refund.updated", "refund.failed", "charge.refund.updated")
	return nil
}

func (s *Standin) emitRefund(r *refundObject, kinds ...string) {
	session := ""
	if of := s.sessionOf(r.PaymentIntent); of != nil {
		session = of.Session.ID
	}
	for _, kind := range kinds {
		s.emit(kind, session, r)
	}
}

// RefundedBy is a refund of a session, for tests.
type RefundedBy struct {
	ID, Status string
	Amount     int64 // in Stripe's units
	Metadata   map[string]string
}

// RefundsOf lists the refunds of a session, the oldest first.
func (s *Standin) RefundsOf(sessionID string) []RefundedBy {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []RefundedBy
	for _, r := range s.state.Refunds {
		if of := s.sessionOf(r.PaymentIntent); of != nil && of.Session.ID == sessionID {
			all = append(all, RefundedBy{ID: r.ID, Status: r.Status, Amount: r.Amount, Metadata: r.Metadata})
		}
	}
	return all
}

// RefundByHand makes a refund that our program did not ask for, as somebody
// can in Stripe's dashboard; units of Stripe's, 0 for all that is left.
func (s *Standin) RefundByHand(sessionID string, units int64) (refundID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.state.Sessions[sessionID]
	if !ok || session.Session.PaymentIntent == nil {
		return "", ErrNoSession
	}
	r := &refundObject{ID: newID("re_"), Object: "refund", Created: s.now(), Status: refundSucceeded,
		PaymentIntent: *session.Session.PaymentIntent, Metadata: map[string]string{}, Amount: units}
	c, _, e := s.refundable(r)
	if e != nil {
		return "", errors.New("stand-in: " + e.Message)
	}
	defer s.save()
	s.refund(r, c, sessionID)
	return r.ID, nil
}

func (s *Standin) refundByID(id string) *refundObject {
	at := slices.IndexFunc(s.state.Refunds, func(r *refundObject) bool { return r.ID == id })
	if at < 0 {
		return nil
	}
	return s.state.Refunds[at]
}

// sessionOf finds the session of a payment.
func (s *Standin) sessionOf(intentID string) *record {
	for _, id := range slices.Backward(s.state.Order) {
		if r := s.state.Sessions[id]; r.Session.PaymentIntent != nil && *r.Session.PaymentIntent == intentID {
			return r
		}
	}
	return nil
}

func (s *Standin) getRefund(c *call) (any, *apiError) {
	expand := c.expansions("payment_intent", "charge", "balance_transaction", "failure_balance_transaction")
	if e := c.params.done(); e != nil {
		return nil, e
	}
	if r := s.refundByID(c.id); r != nil {
		return s.expanded(r, expand), nil
	}
	return nil, missing("refund", c.id)
}

func (s *Standin) listRefunds(c *call) (any, *apiError) {
	limit, after := c.paging()
	intent, of := c.params.text("payment_intent"), c.params.text("charge")
	expand := c.expansions("data.balance_transaction", "data.failure_balance_transaction", "data.payment_intent")
	if e := c.params.done(); e != nil {
		return nil, e
	}
	all := newest(s.state.Refunds, func(r *refundObject) bool {
		return (intent == nil || r.PaymentIntent == *intent) && (of == nil || r.Charge == *of)
	})
	return s.expanded(cut("/v1/refunds", all, func(r *refundObject) string { return r.ID }, limit, after), expand), nil
}
