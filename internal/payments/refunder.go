package payments

import (
	"context"
	"time"

	"awil/internal/money"
)

// Refunder is a Gateway that sends money back when we ask it to. Money taken
// by one that is no Refunder goes back by hand: in the provider's own cabinet,
// or by transfer.
type Refunder interface {
	// Refund sends some or all of a payment's money back the way it came.
	// Called again with the same RefundOrder it answers the same: one key, one
	// refund. Kind Unavailable leaves open whether it was done; repeat it. Kind
	// Invalid means that the provider will never do it (too old, the card is
	// gone, no balance): people send the money by hand.
	Refund(ctx context.Context, r RefundOrder) (RefundOutcome, error)

	// LookupRefund reads a refund as the provider has it now; a webhook only
	// says when to look.
	LookupRefund(ctx context.Context, ref string) (RefundOutcome, error)
}

// RefundOrder asks a provider to send money back; it is stored already.
type RefundOrder struct {
	RefundID       int64
	PaymentID      int64
	PaymentRef     string // the provider's name for the attempt whose money it is, Payment.Ref
	Amount         money.Amount
	IdempotencyKey string // made of our own ids; at most 255 bytes
}

// RefundStatus is where a refund stands at its provider.
type RefundStatus string

// The states of a refund at its provider. Even one that was sent may still
// fail: banks return what they cannot book.
const (
	RefundAtProvider RefundStatus = "pending"
	RefundArrived    RefundStatus = "sent"
	RefundRefused    RefundStatus = "failed"
)

// RefundOutcome is a refund as the provider has it.
type RefundOutcome struct {
	Ref        string // the provider's name for it
	Status     RefundStatus
	RefundID   int64        // ours, as given to Refund; 0 when the provider does not know it
	PaymentRef string       // whose money it is, when the provider says
	Amount     money.Amount // what goes back
	FailureKey string       // message key, for staff; empty without one
}

// Disputer is a Gateway whose buyers' banks can take money back.
type Disputer interface {
	// LookupDispute reads a dispute as the provider has it now.
	LookupDispute(ctx context.Context, ref string) (DisputeOutcome, error)
}

// DisputeLister is a Disputer that lists what disputes there are, so that one
// is known even if no message of it ever comes.
type DisputeLister interface {
	// DisputesSince returns the provider's names of the disputes opened since a
	// moment, in any order and whatever became of them.
	DisputesSince(ctx context.Context, since time.Time) ([]string, error)
}

// DisputeStatus is where a dispute stands.
type DisputeStatus string

// The states of a dispute, as the table disputes lists them.
const (
	DisputeOpen DisputeStatus = "open"
	DisputeWon  DisputeStatus = "won"
	DisputeLost DisputeStatus = "lost"
)

// DisputeOutcome is a dispute as the provider has it. A mere inquiry, which
// takes no money, has the amount nought.
type DisputeOutcome struct {
	Ref        string
	PaymentID  int64  // ours, when the provider knows it
	Reference  string // the order's, when the provider knows it
	Status     DisputeStatus
	Amount     money.Amount // taken back from us while it is open, in the payment's currency
	Reason     string       // the provider's word for it
	RespondBy  time.Time    // zero when there is nothing to answer
	OpenedAt   time.Time
	PaymentRef string // the attempt's reference, when the provider says
}

// ChargeKind says what moved the provider's balance.
type ChargeKind string

// The kinds of movements, as the table provider_charges lists them.
const (
	ChargePayment         ChargeKind = "charge"
	ChargeRefund          ChargeKind = "refund"
	ChargeDispute         ChargeKind = "dispute"
	ChargeDisputeReversed ChargeKind = "dispute_reversal"
)

// ProviderCharge is one movement of our balance at a provider because of a
// payment, and what the provider kept for it, both in the currency it settles
// in. Gross is positive when it is to our good.
type ProviderCharge struct {
	Ref   string // the provider's name for the movement
	Kind  ChargeKind
	Gross money.Amount
	Fee   money.Amount // what it kept; not negative but for a fee given back
	// Of is what moved it, in the payment's currency: the payment itself, or
	// less than nothing for what left.
	Of money.Amount
	// Rate turns the payment's currency into Gross's; nil when they are one.
	Rate *money.Rate
	At   time.Time
}

// FeeReader is a Gateway that tells what it kept of a payment.
type FeeReader interface {
	// Charges lists the movements of our balance because of a payment so far:
	// itself, its refunds, its disputes. Some may not be there yet.
	Charges(ctx context.Context, paymentRef string) ([]ProviderCharge, error)
}
