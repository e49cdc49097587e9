package payments

import (
	"context"
	"errors"
	"net/http"
	"time"

	"awil/internal/i18n"
	"awil/internal/money"
)

// Provider names whoever takes the money; it is stored with each payment and
// each webhook event.
type Provider string

// ProviderStripe takes cards through Checkout Sessions.
const ProviderStripe Provider = "stripe"

// Gateway is what checkout needs of a provider that takes money online. It
// fits providers we call (Stripe) and providers that call us (Payme, Click):
// for the latter Start makes no call but builds the link, Lookup answers from
// what the provider has told us, and Expire makes us refuse a payment that
// comes late. The buyer is always sent to Started.RedirectURL.
//
// No method may be called inside a database transaction: the attempt is
// written first, and the answer is written after.
type Gateway interface {
	// Provider names the provider of this gateway.
	Provider() Provider

	// Accepts says whether the provider can charge this sum at all, without
	// calling it, so that checkout offers no way to pay that must fail. The
	// error matches ErrBelowMinimum, ErrAboveMaximum or ErrCurrency.
	Accepts(amount money.Amount) error

	// Start opens the attempt at the provider. Called again with the same
	// Attempt it returns the same Started: one idempotency key, one charge.
	// An error of kind Unavailable leaves open whether the provider did the
	// work; repeat with the same Attempt. Kind Conflict means the key was
	// used for another attempt, kind Gone that the attempt is too old to be
	// started.
	Start(ctx context.Context, attempt Attempt) (Started, error)

	// Lookup reads the attempt as the provider has it now. It is the only
	// source of truth for settling: webhooks only say when to look.
	Lookup(ctx context.Context, providerRef string) (Outcome, error)

	// Expire closes an open attempt so that it can no longer be paid. An
	// attempt already expired is fine; one already paid or being processed
	// is an error of kind Conflict, and the caller looks it up and settles it.
	Expire(ctx context.Context, providerRef string) error
}

// Finder is a Gateway that looks through the provider's attempts for one whose
// name we never learnt because the answer to Start was lost. Keys are forgotten
// after a day and remember failures; the provider's list does neither.
type Finder interface {
	// Find returns an attempt as Start did, without a RedirectURL once it cannot
	// be paid any more. Kind NotFound means that the provider has none with our
	// number.
	Find(ctx context.Context, attempt Attempt) (Started, error)
}

// WebhookVerifier proves that a callback comes from the provider and says
// what it is about. Gateways of providers that notify us implement it.
type WebhookVerifier interface {
	// VerifyWebhook checks the raw body against its signature. The error
	// matches ErrBadSignature, ErrAPIVersion or is of kind Invalid.
	VerifyWebhook(payload []byte, header http.Header) (Event, error)
}

// Attempt is one try to have one order paid, already stored when a gateway
// sees it. A repeat of a try must carry exactly the same values.
type Attempt struct {
	PaymentID      int64
	OrderID        int64
	Reference      string // what buyer and staff call the order; never the private token
	IdempotencyKey string // made of our own ids, one per buyer's intent; at most 255 bytes
	Amount         money.Amount
	Items          []Item // their sum is Amount, shipping included
	Email          string // empty when the buyer gave none
	Lang           i18n.Lang
	SuccessURL     string // where the buyer returns having paid; that page only reads
	CancelURL      string // where the buyer returns having not
	CreatedAt      time.Time
	// ExpiresAt is when the attempt can no longer be paid. Stripe takes 30
	// minutes to 24 hours from now, so leave a minute of margin at both ends.
	ExpiresAt time.Time
}

// Item is a line the buyer sees on the provider's page.
type Item struct {
	Name     string // in the buyer's language
	Unit     money.Amount
	Quantity int64
}

// Started is an attempt open at the provider.
type Started struct {
	ProviderRef string // the provider's name for the attempt, the key for Lookup and Expire
	RedirectURL string // where the buyer pays
	ExpiresAt   time.Time
}

// Status is where an attempt stands.
type Status string

// The states of an attempt. Succeeded, Failed and Expired are final; a
// declined card leaves an attempt Open, since the buyer may try another.
const (
	StatusOpen       Status = "open"
	StatusProcessing Status = "processing"
	StatusSucceeded  Status = "succeeded"
	StatusFailed     Status = "failed"
	StatusExpired    Status = "expired"
)

// Final reports whether the provider can no longer change the state.
func (s Status) Final() bool {
	return s == StatusSucceeded || s == StatusFailed || s == StatusExpired
}

// Outcome is an attempt as the provider has it.
type Outcome struct {
	Status      Status
	PaymentID   int64        // ours, as given to Start; 0 when the provider does not know it
	Reference   string       // the order's, as given to Start; empty when the provider does not know it
	Amount      money.Amount // what was asked for; paid exactly when Status is Succeeded
	ChargeRef   string       // the provider's name for the charge itself, which a refund needs; empty before one
	FailureKey  string       // message key of the last refusal, also while Open; empty without one
	RedirectURL string       // where the buyer can still pay, while Open
}

// Event is a verified callback: that something happened, not what is true now.
type Event struct {
	Provider Provider
	ID       string // unique per provider; repeated when the delivery is repeated
	Type     string // the provider's name, e.g. "checkout.session.completed"
	// ProviderRef is the attempt's reference when the event names it, and
	// PaymentID ours when the event carries it. Both are empty for events
	// about something else.
	ProviderRef string
	PaymentID   int64
	// Subject says what happened to something other than the attempt itself,
	// and SubjectRef the provider's name for it.
	Subject    Subject
	SubjectRef string
	Created    time.Time
}

// Subject is what an event is about.
type Subject string

// What events are about.
const (
	AboutAttempt Subject = ""
	AboutRefund  Subject = "refund"
	AboutDispute Subject = "dispute"
	AboutCharge  Subject = "charge" // what the provider kept is known now
)

// Errors of gateways, matched with errors.Is.
var (
	ErrBelowMinimum = errors.New("payments: amount below the provider's minimum")
	ErrAboveMaximum = errors.New("payments: amount above the provider's maximum")
	ErrCurrency     = errors.New("payments: the provider cannot charge this sum in this currency")

	// ErrBadSignature means the callback is not from the provider, was
	// altered, or is too old to be taken.
	ErrBadSignature = errors.New("payments: webhook signature does not hold")
	// ErrAPIVersion means the signature holds but the event is written in
	// another version of the provider's API: the endpoint is set up wrongly,
	// staff must be told, and the provider must be made to send it again.
	ErrAPIVersion = errors.New("payments: webhook of another API version")
)
