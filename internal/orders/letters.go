package orders

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Letter is an occasion to write to people about an order.
type Letter string

// The occasions. Who is written to follows from them.
const (
	LetterPlaced    Letter = "placed"     // buyer: how to pay by bank
	LetterConfirmed Letter = "confirmed"  // buyer and producers: it stands and is to be packed
	LetterShipped   Letter = "shipped"    // buyer: a parcel is on its way
	LetterExpired   Letter = "expired"    // buyer: it was not paid in time
	LetterCancelled Letter = "cancelled"  // buyer, and producers who were to pack it
	LetterParcelOff Letter = "parcel_off" // buyer: one parcel will not be sent, the rest goes on
	LetterRefundDue Letter = "refund_due" // staff: money came that must go back

	LetterRefunded         Letter = "refunded"          // buyer: what goes back, how and when; producers whose parcel it touches
	LetterRefundSent       Letter = "refund_sent"       // buyer: what people sent by hand
	LetterRefundFailed     Letter = "refund_failed"     // staff: the provider will not send it, people must
	LetterRefundUnanswered Letter = "refund_unanswered" // staff: the provider has not said for a day whether it sends it
	LetterRefundFound      Letter = "refund_found"      // staff: the provider sent money back that nobody here decided about
	LetterRefundAsked      Letter = "refund_asked"      // buyer: we have what she asks for; staff: a buyer says that something is not right
	LetterRefundDeclined   Letter = "refund_declined"   // buyer: why not
	LetterDisputeOpened    Letter = "dispute_opened"    // staff: a buyer's bank took money back
	LetterDisputeClosed    Letter = "dispute_closed"    // staff: how that ended
	LetterInquiry          Letter = "inquiry"           // staff: a buyer's bank asks about a payment
)

// LetterArgs is the job that writes the letters of one occasion. It carries
// numbers only: what the letters say is read when they are written.
type LetterArgs struct {
	Letter   Letter `json:"letter"`
	OrderID  int64  `json:"order_id"`
	ParcelID int64  `json:"parcel_id,omitempty"` // of LetterShipped and LetterParcelOff

	RefundID  int64 `json:"refund_id,omitempty"`
	RequestID int64 `json:"request_id,omitempty"`
	DisputeID int64 `json:"dispute_id,omitempty"`
	// Sendings is how often the refund of LetterRefundSent had been sent, that time included: a later one has its own letter.
	Sendings int `json:"sendings,omitempty"`
	// What LetterRefundFound and LetterInquiry are about: the provider's name for it, and the sum
	// as people write it.
	Ref    string `json:"ref,omitempty"`
	Amount string `json:"amount,omitempty"`
}

// Kind names the job.
func (LetterArgs) Kind() string { return "order_letter" }

// write enqueues letters in the transaction that gives the reason for them.
func (s *Service) write(ctx context.Context, tx pgx.Tx, args LetterArgs) error {
	return s.queue.Insert(ctx, tx, args)
}
