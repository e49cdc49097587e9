package reconcile

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// readPayme reads the answer to GetStatement, or the table of Payme's cabinet.
func readPayme(text string, zone *time.Location) ([]Line, error) {
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		return readPaymeStatement(trimmed, zone)
	}
	return readPaymeTable(text, zone)
}

// paymeTransaction is one of GetStatement's; money in tiyin, times in
// milliseconds (developer.help.paycom.uz, GetStatement).
type paymeTransaction struct {
	ID          string         `json:"id"`
	Time        int64          `json:"time"`
	Amount      int64          `json:"amount"`
	Account     map[string]any `json:"account"`
	PerformTime int64          `json:"perform_time"`
	CancelTime  int64          `json:"cancel_time"`
	Transaction any            `json:"transaction"`
	State       int            `json:"state"`
}

type paymeStatement struct {
	Result       *paymeStatement   `json:"result"`
	Transactions []json.RawMessage `json:"transactions"`
}

func readPaymeStatement(text string, zone *time.Location) ([]Line, error) {
	var s paymeStatement
	var err error
	if strings.HasPrefix(text, "[") {
		err = json.Unmarshal([]byte(text), &s.Transactions)
	} else {
		err = json.Unmarshal([]byte(text), &s)
	}
	if err != nil {
		return nil, whole("closing.bad.json")
	}
	if s.Result != nil {
		s = *s.Result
	}
	if len(s.Transactions) > maxRows {
		return nil, whole("closing.bad.rows", "n", maxRows)
	}
	var lines []Line
	var c complaints
	for i, raw := range s.Transactions {
		number := i + 1
		var t paymeTransaction
		if err := json.Unmarshal(raw, &t); err != nil {
			c.add(number, "closing.bad.entry")
			continue
		}
		m := movement{number: number, till: ledger.TillPayme, id: t.ID, amount: money.New(t.Amount, money.UZS), order: orderOf(t.Account)}
		if t.State != paymePerformed && t.State != paymeReturned {
			continue // no money moved
		}
		m.returned = t.State == paymeReturned
		var problem string
		if m.at, problem = milliseconds(t.PerformTime, t.Time, zone); problem == "" && m.returned {
			m.returnedAt, problem = milliseconds(t.CancelTime, t.PerformTime, zone)
		}
		if problem == "" {
			problem = m.problem()
		}
		if problem != "" {
			c.add(number, problem)
			continue
		}
		lines = append(lines, m.lines()...)
	}
	return lines, c.err()
}

// The states of a transaction in which money has moved.
const (
	paymePerformed = 2
	paymeReturned  = -2
)

func milliseconds(ms, otherwise int64, zone *time.Location) (time.Time, string) {
	if ms == 0 {
		ms = otherwise
	}
	t, err := moment(strconv.FormatInt(ms, 10), zone)
	if err != nil {
		return t, "closing.bad.no_date"
	}
	return t, ""
}

// orderOf is what the account of a transaction calls our order, whatever the
// field's name.
func orderOf(account map[string]any) string {
	for _, name := range []string{"order", "order_id", "reference", "order_reference"} {
		if text, ok := account[name].(string); ok {
			return tidy(text)
		}
	}
	return ""
}

// movement is a payment, and perhaps its return, at a provider that pays one
// transaction one way.
type movement struct {
	number     int
	till       ledger.Till
	id         string
	other      string // another name of the transaction
	order      string
	amount     money.Amount
	at         time.Time
	returned   bool
	returnedAt time.Time
}

// problem says what is missing.
func (m movement) problem() string {
	switch {
	case m.id == "" || len(m.id) > maxRef:
		return "closing.bad.id"
	case m.amount.Sign() <= 0:
		return "closing.bad.not_positive"
	}
	return ""
}

// lines are one for the payment and one for its return.
func (m movement) lines() []Line {
	paid := Line{Number: m.number, Till: m.till, ExternalID: m.id, Kind: LinePayment, AmountMinor: m.amount.Minor, Currency: m.amount.Currency,
		Refs: refsOf(m.id, m.other, strings.ToUpper(m.order)), Document: cut(m.order, 100), At: m.at}
	if !m.returned {
		return []Line{paid}
	}
	back := paid
	back.ExternalID, back.Kind, back.AmountMinor, back.At = m.id+"/cancel", LineRefund, -m.amount.Minor, m.returnedAt
	return []Line{paid, back}
}
