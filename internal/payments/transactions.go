package payments

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
)

// Providers that call us: each of their payments is a Transaction they tell us
// of, and money is taken when we have said yes to it.
const (
	ProviderPayme Provider = "payme"
	ProviderClick Provider = "click"
)

// TransactionState is where a provider's transaction stands.
type TransactionState string

// The states of a transaction, as the table provider_transactions lists them.
const (
	TransactionCreated   TransactionState = "created"   // the buyer is paying
	TransactionPerformed TransactionState = "performed" // we said yes, the money is taken
	TransactionCancelled TransactionState = "cancelled" // over without money
	TransactionReversed  TransactionState = "reversed"  // the money went back after it was taken
)

// TransactionMoves says where a transaction may go. The table
// provider_transaction_moves lists the same, and the database refuses anything
// else.
var TransactionMoves = map[TransactionState][]TransactionState{
	TransactionCreated:   {TransactionPerformed, TransactionCancelled},
	TransactionPerformed: {TransactionReversed},
}

// Reason says why a transaction was cancelled. Providers have their own
// numbers; these are what we say when we cancel one ourselves, numbered as in
// Payme's Merchant API.
type Reason int

// Our reasons.
const (
	ReasonRefused  Reason = 3 // the order could not be paid any more
	ReasonTimedOut Reason = 4 // it was not performed in time
)

// Transaction is a provider's try to take the money of one attempt.
type Transaction struct {
	ID           int64
	Provider     Provider
	Ref          string // the provider's name for it
	PaymentID    int64
	OrderID      int64
	Reference    string // the order's
	State        TransactionState
	AmountMinor  int64
	Currency     money.Currency
	ProviderTime time.Time // when it began, by the provider's clock
	CreatedAt    time.Time
	ExpiresAt    time.Time // from then on it counts as cancelled unless performed before
	PerformedAt  *time.Time
	CancelledAt  *time.Time
	Reason       *int
}

// Amount is what the transaction takes.
func (t Transaction) Amount() money.Amount { return money.New(t.AmountMinor, t.Currency) }

// Live reports whether the transaction takes, or has taken, the money.
func (t Transaction) Live() bool {
	return t.State == TransactionCreated || t.State == TransactionPerformed
}

// At is the transaction as it is at a moment: one that was not performed in
// time is cancelled since it ran out, whether or not that was written down.
func (t Transaction) At(now time.Time) Transaction {
	if t.State == TransactionCreated && !t.ExpiresAt.After(now) {
		reason := int(ReasonTimedOut)
		t.State, t.CancelledAt, t.Reason = TransactionCancelled, &t.ExpiresAt, &reason
	}
	return t
}

// Beginning is a transaction a provider wants to begin.
type Beginning struct {
	Ref          string
	Reference    string // the order's, as the buyer or our link gave it
	Amount       money.Amount
	ProviderTime time.Time
	ExpiresAt    time.Time // when it will be over unless performed
}

// Bill is what an order that can be paid now comes to.
type Bill struct {
	Reference string
	Amount    money.Amount
	Lines     []BillLine // their sum and Shipping's is Amount
	Shipping  BillLine   // of amount nought where nothing is charged
}

// BillLine is one line of a bill, with its names in Uzbekistan's national
// catalogue where staff have entered them.
type BillLine struct {
	Title       string
	Unit        money.Amount
	Quantity    int64
	Code        string // IKPU, 17 digits; empty: not known
	PackageCode string
	VATPercent  int
}

// What may stand in the way of a provider that calls us.
var (
	ErrNoOrder          = errs.E(errs.NotFound, "payments: no such order")
	ErrOrderPaid        = errs.E(errs.Conflict, "payments: the order is paid")
	ErrOrderOver        = errs.E(errs.Gone, "payments: the order can no longer be paid")
	ErrOrderBusy        = errs.E(errs.Conflict, "payments: another transaction is paying the order")
	ErrOrderOtherwise   = errs.E(errs.Conflict, "payments: the order is paid in another way")
	ErrOtherAmount      = errs.E(errs.Invalid, "payments: the order comes to another sum")
	ErrNoTransaction    = errs.E(errs.NotFound, "payments: no such transaction")
	ErrTransactionOver  = errs.E(errs.Gone, "payments: the transaction can no longer be performed")
	ErrCannotBeReversed = errs.E(errs.Conflict, "payments: the goods are with the buyer, the money stays")
)

// Incoming is what a provider that calls us can have done. Everything may be
// asked twice: a transaction is known by its provider's reference, and the
// second answer is the first.
type Incoming interface {
	// Offer reads what an order comes to that could be paid now; it changes
	// nothing. ErrNoOrder, ErrOrderPaid, ErrOrderOver, ErrOrderBusy or
	// ErrOrderOtherwise say why it cannot.
	Offer(ctx context.Context, provider Provider, reference string) (Bill, error)
	// Begin binds a transaction to its order and keeps the goods until the
	// transaction is over. One that was begun before is returned as it stands.
	// Besides Offer's errors: ErrOtherAmount; ErrTransactionOver when its time
	// is over.
	Begin(ctx context.Context, provider Provider, b Beginning) (Transaction, error)
	// Perform takes the money and makes the order stand, in one transaction of
	// the database. One performed before is returned as it stands; ErrTransactionOver
	// means that it is cancelled, if need be by this call.
	Perform(ctx context.Context, provider Provider, ref string) (Transaction, error)
	// Drop cancels a transaction that was not performed; any other is returned
	// as it stands.
	Drop(ctx context.Context, provider Provider, ref string, reason int) (Transaction, error)
	// Undo cancels a transaction, or gives back the money of a performed one;
	// then ErrCannotBeReversed may say no. One undone before is returned as it
	// stands.
	Undo(ctx context.Context, provider Provider, ref string, reason int) (Transaction, error)
	// Look reads a transaction, or ErrNoTransaction.
	Look(ctx context.Context, provider Provider, ref string) (Transaction, error)
	// Statement lists the transactions that began, by the provider's clock,
	// between two moments, both included, the oldest first.
	Statement(ctx context.Context, provider Provider, from, to time.Time) ([]Transaction, error)
	// KeepFiscal keeps the tax authority's receipt of a kind for a transaction.
	KeepFiscal(ctx context.Context, provider Provider, ref, kind string, receipt json.RawMessage) error
	// KeepCall notes what was asked and answered.
	KeepCall(ctx context.Context, provider Provider, call KeptCall) error
}

// Call is a provider's request as it came.
type Call struct {
	Method string // of HTTP
	Header http.Header
	Remote string // the address it came from, proxies looked through
	Body   []byte
}

// Reply is our answer to a call.
type Reply struct {
	Status      int
	ContentType string
	Body        []byte
}

// Answerer speaks the protocol of a provider that calls us.
type Answerer interface {
	Answer(ctx context.Context, call Call) Reply
}

// KeptCall is a call worth keeping. Request has no secrets.
type KeptCall struct {
	Method  string
	Ref     string // the transaction it was about, if any
	Request json.RawMessage
	Code    int // of the answer; 0: done
}

// AttemptRef is what we call an attempt at a provider that has no name for it.
func AttemptRef(paymentID int64) string { return fmt.Sprintf("attempt-%d", paymentID) }
