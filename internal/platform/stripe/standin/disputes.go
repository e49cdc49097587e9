package standin

import (
	"errors"
	"slices"
	"time"

	"awil/internal/money"
)

// disputeObject is a buyer's bank taking money back, or asking about it.
type disputeObject struct {
	ID                  string            `json:"id"`
	Object              string            `json:"object"`
	Amount              int64             `json:"amount"`
	BalanceTransactions []*movement       `json:"balance_transactions"`
	Charge              string            `json:"charge"`
	Created             int64             `json:"created"`
	Currency            string            `json:"currency"`
	EvidenceDetails     evidenceDetails   `json:"evidence_details"`
	IsChargeRefundable  bool              `json:"is_charge_refundable"`
	Livemode            bool              `json:"livemode"`
	Metadata            map[string]string `json:"metadata"`
	PaymentIntent       string            `json:"payment_intent"`
	Reason              string            `json:"reason"`
	Status              string            `json:"status"`
}

type evidenceDetails struct {
	DueBy           int64 `json:"due_by"`
	HasEvidence     bool  `json:"has_evidence"`
	PastDue         bool  `json:"past_due"`
	SubmissionCount int64 `json:"submission_count"`
}

// evidenceTime is how long we have to answer a dispute.
const evidenceTime = 9 * 24 * time.Hour

// The states of a dispute.
const (
	disputeNeedsResponse = "needs_response"
	disputeWon           = "won"
	disputeLost          = "lost"
	inquiryNeedsResponse = "warning_needs_response"
	inquiryClosed        = "warning_closed"
)

// ErrNoDispute says that there is no such dispute, or none that could change so.
var ErrNoDispute = errors.New("stand-in: no such dispute to change")

// OpenDispute lets the buyer's bank take back all that is left of a paid
// session. reason is Stripe's word, such as "product_not_received".
func (s *Standin) OpenDispute(sessionID, reason string) (disputeID string, err error) {
	return s.openDispute(sessionID, reason, true)
}

// OpenInquiry lets the buyer's bank ask about a paid session, taking nothing.
func (s *Standin) OpenInquiry(sessionID, reason string) (disputeID string, err error) {
	return s.openDispute(sessionID, reason, false)
}

func (s *Standin) openDispute(sessionID, reason string, takes bool) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.state.Sessions[sessionID]
	if !ok {
		return "", ErrNoSession
	}
	c := s.chargeOf(r)
	if c == nil || c.Disputed || c.Refunded {
		return "", ErrNoDispute
	}
	defer s.save()
	d := &disputeObject{
		ID: newID("dp_"), Object: "dispute", Amount: c.Amount - c.AmountRefunded, BalanceTransactions: []*movement{},
		Charge: c.ID, Created: s.now(), Currency: c.Currency, IsChargeRefundable: !takes, Metadata: map[string]string{},
		EvidenceDetails: evidenceDetails{DueBy: s.cfg.Now().Add(evidenceTime).Unix()},
		PaymentIntent:   c.PaymentIntent, Reason: reason, Status: inquiryNeedsResponse,
	}
	s.state.Disputes = append(s.state.Disputes, d)
	if takes {
		d.Status = disputeNeedsResponse
		s.withdraw(d, c)
	}
	s.emit("charge.dispute.created", sessionID, d)
	if takes {
		s.emit("charge.dispute.funds_withdrawn", sessionID, d)
	}
	return d.ID, nil
}

func (s *Standin) withdraw(d *disputeObject, c *charge) {
	c.Disputed, d.IsChargeRefundable = true, false
	m := s.book(c, -d.Amount, "adjustment", "dispute", d.ID, disputeFee(feeDispute))
	d.BalanceTransactions = append(d.BalanceTransactions, m)
}

func disputeFee(units int64) func(money.Amount) (money.Amount, error) {
	return func(gross money.Amount) (money.Amount, error) { return money.New(units, gross.Currency), nil }
}

// Escalate turns an inquiry into a dispute that takes the money.
func (s *Standin) Escalate(disputeID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.disputeByID(disputeID)
	if d == nil || d.Status != inquiryNeedsResponse {
		return ErrNoDispute
	}
	defer s.save()
	d.Status = disputeNeedsResponse
	s.withdraw(d, s.state.Charges[d.Charge])
	s.emitDispute(d, "charge.dispute.updated", "charge.dispute.funds_withdrawn")
	return nil
}

// CloseDispute ends a dispute: won brings the money and the fee back. An
// inquiry ends without either.
func (s *Standin) CloseDispute(disputeID string, won bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.disputeByID(disputeID)
	if d == nil || d.Status != disputeNeedsResponse && d.Status != inquiryNeedsResponse {
		return ErrNoDispute
	}
	defer s.save()
	switch {
	case d.Status == inquiryNeedsResponse:
		d.Status = inquiryClosed
	case won:
		d.Status = disputeWon
		m := s.book(s.state.Charges[d.Charge], d.Amount, "adjustment", "dispute_reversal", d.ID, disputeFee(-feeDispute))
		d.BalanceTransactions = append(d.BalanceTransactions, m)
		s.emitDispute(d, "charge.dispute.funds_reinstated")
	default:
		d.Status = disputeLost
	}
	s.emitDispute(d, "charge.dispute.closed")
	return nil
}

func (s *Standin) emitDispute(d *disputeObject, kinds ...string) {
	session := ""
	if of := s.sessionOf(d.PaymentIntent); of != nil {
		session = of.Session.ID
	}
	for _, kind := range kinds {
		s.emit(kind, session, d)
	}
}

func (s *Standin) disputeByID(id string) *disputeObject {
	at := slices.IndexFunc(s.state.Disputes, func(d *disputeObject) bool { return d.ID == id })
	if at < 0 {
		return nil
	}
	return s.state.Disputes[at]
}

func (s *Standin) getDispute(c *call) (any, *apiError) {
	expand := c.expansions("payment_intent", "charge")
	if e := c.params.done(); e != nil {
		return nil, e
	}
	if d := s.disputeByID(c.id); d != nil {
		return s.expanded(d, expand), nil
	}
	return nil, missing("dispute", c.id)
}

func (s *Standin) listDisputes(c *call) (any, *apiError) {
	limit, after := c.paging()
	intent, of := c.params.text("payment_intent"), c.params.text("charge")
	from, to := c.created()
	expand := c.expansions("data.payment_intent", "data.charge")
	if e := c.params.done(); e != nil {
		return nil, e
	}
	all := newest(s.state.Disputes, func(d *disputeObject) bool {
		return (intent == nil || d.PaymentIntent == *intent) && (of == nil || d.Charge == *of) && d.Created >= from && d.Created <= to
	})
	return s.expanded(cut("/v1/disputes", all, func(d *disputeObject) string { return d.ID }, limit, after), expand), nil
}
