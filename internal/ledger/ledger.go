// Package ledger keeps the programme's books: double entry, nothing ever
// changed, every transaction balanced in each currency.
//
// A rule is a pure function that says which entries one event of business
// makes: OrderPaid, Refund, Payout. Post writes what a rule says, once for each
// event, however often it is called. What was wrong is reversed by Correct. The
// accounts and the rules are told for people in docs/money.md.
package ledger

import (
	"time"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Service writes and reads the books, on a pool or inside a transaction.
type Service struct {
	db postgres.DB
}

// New returns the service on db.
func New(db postgres.DB) *Service { return &Service{db: db} }

// Rule names why something was booked, as the table ledger_transactions lists it.
type Rule string

// The rules. Each has a function of the same name; a correction is made by
// Service.Correct.
const (
	RuleOrderPaid        Rule = "order_paid"
	RuleCashCollected    Rule = "cash_collected"
	RuleUnexpected       Rule = "money_unexpected"
	RuleRefund           Rule = "refund"
	RuleRefundSent       Rule = "refund_sent"
	RuleRefundFailed     Rule = "refund_failed"
	RuleDisputeOpened    Rule = "dispute_opened"
	RuleDisputeWon       Rule = "dispute_won"
	RuleDisputeLost      Rule = "dispute_lost"
	RuleProviderFee      Rule = "provider_fee"
	RuleProviderExchange Rule = "provider_exchange"
	RuleProviderPaidOut  Rule = "provider_paid_out"
	RuleEarningsReleased Rule = "earnings_released"
	RulePayout           Rule = "payout"
	RulePayoutPaid       Rule = "payout_paid"
	RulePayoutReturned   Rule = "payout_returned"
	RuleCashHandedIn     Rule = "cash_handed_in"
	RuleDebtPaid         Rule = "debt_paid"
	RuleExchange         Rule = "exchange"
	RuleUnexplained      Rule = "unexplained"
	RuleCorrection       Rule = "correction"
)

// SubjectKind says what a transaction is about: which table its subject's id
// is of.
type SubjectKind string

// What transactions are about.
const (
	SubjectPayment     SubjectKind = "payment"
	SubjectParcel      SubjectKind = "parcel"
	SubjectRefund      SubjectKind = "refund"
	SubjectDispute     SubjectKind = "dispute"
	SubjectPayout      SubjectKind = "payout"
	SubjectCharge      SubjectKind = "charge"      // provider_charges
	SubjectImportLine  SubjectKind = "import_line" // of a provider's report or the bank's
	SubjectEntry       SubjectKind = "entry"       // manual_entries
	SubjectTransaction SubjectKind = "transaction" // one that is corrected
)

// Entry moves one account. A debit is positive, a credit negative; the entries
// of a transaction sum to nothing in each currency.
type Entry struct {
	Account  Account
	Minor    int64 // minor units of Account.Currency: debit > 0, credit < 0
	LineID   int64 // the order line it is about, or 0
	ParcelID int64 // the parcel it is about, or 0
	// Rate is set on the side of an exchange that the rate is quoted for: one
	// unit of Account.Currency was worth Rate units of RateTo.
	Rate   *money.Rate
	RateTo money.Currency
}

// Amount is what the entry adds to its account; negative is a credit.
func (e Entry) Amount() money.Amount { return money.New(e.Minor, e.Account.Currency) }

// Posting is one transaction of the ledger: what happened, to what, and its
// entries. Rule, Subject, SubjectID and Turn together name the event, which is
// booked at most once.
type Posting struct {
	Rule      Rule
	Subject   SubjectKind
	SubjectID int64
	Turn      int   // more than 0: the same event once more, after a correction or another try
	OrderID   int64 // the order it belongs to, or 0
	Reverses  int64 // the transaction a correction reverses, else 0
	Entries   []Entry
	At        time.Time
	By        int64  // the account of whoever did it; 0: a provider or the clock
	Memo      string // at most 500 bytes
}
