package checkout

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/orders"
)

const timedAtOnce = 200

// Complete writes down that paid orders which stayed delivered for long enough
// are completed, and returns how many. Whoever reads an order knows it before.
func (s *Service) Complete(ctx context.Context) (int, error) {
	done := 0
	for {
		n, err := orders.New(s.DB, s.Queue, s.Clock).Complete(ctx, timedAtOnce)
		done += n
		if err != nil || n < timedAtOnce || ctx.Err() != nil {
			return done, err
		}
	}
}

// ReleaseEarnings makes payable what producers earned with parcels that stayed
// delivered for long enough and that nobody wants money back for. It returns
// for how many; what could not be released now is in the error and is tried
// again next time.
func (s *Service) ReleaseEarnings(ctx context.Context) (int, error) {
	list := orders.New(s.DB, s.Queue, s.Clock)
	var failed []error
	released, after := 0, int64(0)
	for {
		due, err := list.Releasable(ctx, after, timedAtOnce)
		if err != nil {
			return released, errors.Join(append(failed, err)...)
		}
		for _, parcel := range due {
			after = parcel.ID
			done, err := s.release(ctx, parcel)
			if err != nil {
				failed = append(failed, fmt.Errorf("release the earnings of parcel %d: %w", parcel.ID, err))
			} else if done {
				released++
			}
		}
		if len(due) < timedAtOnce || ctx.Err() != nil {
			return released, errors.Join(failed...)
		}
	}
}

// release makes the earnings of one parcel payable, if they still may be now
// that its order is locked. Of a parcel that was refunded whole there is
// nothing to book.
func (s *Service) release(ctx context.Context, parcel orders.Releasable) (done bool, err error) {
	err = s.inTx(ctx, func(p parts) error {
		done = false
		if _, err := p.orders.Lock(ctx, parcel.OrderID); err != nil {
			return err
		}
		still, err := p.orders.StillReleasable(ctx, parcel.ID)
		if err != nil || !still {
			return err
		}
		amounts, err := p.ledger.ReserveOfParcel(ctx, parcel.ID)
		if err != nil {
			return err
		}
		booking, err := ledger.EarningsReleased(parcel.ID, parcel.OrderID, parcel.ProducerID, amounts, s.now())
		if err != nil {
			return err
		}
		if booking.Turn, err = p.ledger.Turn(ctx, booking.Rule, booking.Subject, booking.SubjectID); err != nil {
			return err
		}
		b := &pgx.Batch{}
		var booked bool
		ledger.QueuePost(b, booking, &booked)
		p.orders.QueueReleased(b, parcel.ID)
		done = true
		return s.send(ctx, p, b, "book it")
	})
	return done && err == nil, err
}
