// Package reconcile compares the books with what others say: it takes in
// reports of payment providers and statements of the bank, finds for each of
// their lines the entry of the ledger that is the same money, lists what has no
// counterpart, and closes each day with a verdict.
//
// A line and an entry are matched once, and both sides of a match add up; the
// database sees to that. What no rule can explain finance resolves by hand, in
// words, through the ledger's rules; nothing is changed afterwards, only undone.
package reconcile

import (
	"context"
	"log/slog"
	"time"

	"awil/internal/checkout"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Config is what reconciliation works with.
type Config struct {
	DB       postgres.DB
	Checkout *checkout.Service // confirms transfers for orders
	Clock    func() time.Time
	Zone     *time.Location // the programme's: its days are closed
	// Books proves the books and says in a sentence each what does not hold;
	// nil where nobody can prove them.
	Books func(ctx context.Context) ([]string, error)
	Log   *slog.Logger
}

// Service holds the use cases. It is safe for concurrent use.
type Service struct{ Config }

// New returns the service.
func New(c Config) *Service {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Service{c}
}

// now is the moment things are written with, as exact as the database keeps it.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// Tills are those that send reports, in the order they are shown.
var Tills = []ledger.Till{ledger.TillStripe, ledger.TillPayme, ledger.TillClick, ledger.TillBank}

// reports says whether somebody sends reports of a till. Cash lies with people.
func reports(t ledger.Till) bool {
	for _, one := range Tills {
		if one == t {
			return true
		}
	}
	return false
}

// LineKind says what a line of a report is about.
type LineKind string

// The kinds of lines, as the table import_lines lists them.
const (
	LinePayment  LineKind = "payment"
	LineRefund   LineKind = "refund"
	LineDispute  LineKind = "dispute"
	LineFee      LineKind = "fee"
	LinePayout   LineKind = "payout"   // from the provider to the bank
	LineTransfer LineKind = "transfer" // at the bank, in or out
	LineOther    LineKind = "other"
)

// Line is one movement as a report has it.
type Line struct {
	ID           int64
	ImportID     int64
	Number       int // of the line in its file
	Till         ledger.Till
	ExternalID   string // unique in its till
	Kind         LineKind
	AmountMinor  int64 // positive: to our good
	Currency     money.Currency
	Refs         []string // names the ledger may know it by, the surest first
	Counterparty string
	Purpose      string
	Document     string
	At           time.Time
}

// Amount is what moved; positive is to our good.
func (l Line) Amount() money.Amount { return money.New(l.AmountMinor, l.Currency) }

// size is the amount without its sign.
func size(a money.Amount) money.Amount {
	if a.Minor < 0 {
		a.Minor = -a.Minor
	}
	return a
}
