package standin

import (
	"errors"
	"time"
)

// payoutObject is money sent from our balance to our bank.
type payoutObject struct {
	ID                 string `json:"id"`
	Object             string `json:"object"`
	Amount             int64  `json:"amount"`
	ArrivalDate        int64  `json:"arrival_date"`
	Automatic          bool   `json:"automatic"`
	BalanceTransaction string `json:"balance_transaction"`
	Created            int64  `json:"created"`
	Currency           string `json:"currency"`
	Livemode           bool   `json:"livemode"`
	Method             string `json:"method"`
	Status             string `json:"status"`
	Type               string `json:"type"`
}

// ErrNothing says that there is no money to pay out.
var ErrNothing = errors.New("stand-in: nothing to pay out")

// Payout is a transfer of our balance to our bank.
type Payout struct {
	ID       string
	Currency string // lower case
	Units    int64  // Stripe's
	At       time.Time
}

// PayOut sends all that lies in a currency's balance to our bank, available or
// not: the stand-in's bank does not wait.
func (s *Standin) PayOut(currency string) (Payout, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var batch []*movement
	total := int64(0)
	for _, m := range s.state.Balance {
		if _, out := s.state.PaidOut[m.ID]; m.Currency == currency && !out {
			batch = append(batch, m)
			total += m.Net
		}
	}
	if total <= 0 {
		return Payout{}, ErrNothing
	}
	defer s.save()
	now := s.now()
	p := &payoutObject{ID: newID("po_"), Object: "payout", Amount: total, ArrivalDate: now, Automatic: true, Created: now,
		Currency: currency, Method: "standard", Status: "paid", Type: "bank_account"}
	m := &movement{ID: newID("txn_"), Object: "balance_transaction", Amount: -total, AvailableOn: now, Created: now, Currency: currency,
		Net: -total, ReportingCategory: "payout", Source: p.ID, Status: "available", Type: "payout"}
	p.BalanceTransaction = m.ID
	s.state.Balance = append(s.state.Balance, m)
	s.state.Payouts = append(s.state.Payouts, p)
	s.state.PaidOut[m.ID] = p.ID
	for _, one := range batch {
		one.Status = "available"
		s.state.PaidOut[one.ID] = p.ID
	}
	return Payout{ID: p.ID, Currency: currency, Units: total, At: time.Unix(now, 0).UTC()}, nil
}
