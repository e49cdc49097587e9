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
	LetterRefundDue Letter = "refund_due" // staff: money came that must go back
)

// LetterArgs is the job that writes the letters of one occasion. It carries
// numbers only: what the letters say is read when they are written.
type LetterArgs struct {
	Letter   Letter `json:"letter"`
	OrderID  int64  `json:"order_id"`
	ParcelID int64  `json:"parcel_id,omitempty"` // of LetterShipped
}

// Kind names the job.
func (LetterArgs) Kind() string { return "order_letter" }

// write enqueues letters in the transaction that gives the reason for them.
func (s *Service) write(ctx context.Context, tx pgx.Tx, args LetterArgs) error {
	return s.queue.Insert(ctx, tx, args)
}
