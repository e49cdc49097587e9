package orders

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// MarkPacked says that a producer has packed her parcel. Saying it again
// changes nothing. A parcel that is not hers is errs.NotFound, one that is not
// to be packed (cancelled meanwhile) errs.Conflict.
func (s *Service) MarkPacked(ctx context.Context, producerID, accountID, parcelID int64) error {
	return s.step(ctx, step{
		parcelID: parcelID, producerID: producerID, to: ParcelPacked,
		actor: Actor{Kind: Producer, AccountID: accountID}, action: "parcel.packed",
	})
}

// MarkShipped says that a producer has handed her parcel to a carrier. The
// number is checked by shipping.CheckTracking, whose complaints come back as
// they are. Otherwise as MarkPacked; a parcel must be packed first.
func (s *Service) MarkShipped(ctx context.Context, producerID, accountID, parcelID int64, carrier, number string) error {
	tracking, err := shipping.CheckTracking(carrier, number)
	if err != nil {
		return err
	}
	return s.step(ctx, step{
		parcelID: parcelID, producerID: producerID, to: ParcelShipped, tracking: tracking,
		actor: Actor{Kind: Producer, AccountID: accountID}, action: "parcel.shipped",
	})
}

// Deliver says that a parcel has arrived; buyer or staff say so, and whoever
// calls has made sure that it is theirs to say. With the last parcel the order
// is delivered. About cash taken at the door it says nothing.
func (s *Service) Deliver(ctx context.Context, parcelID int64, actor Actor) error {
	st := step{parcelID: parcelID, to: ParcelDelivered, actor: actor}
	if actor.Kind == Staff {
		st.action = "parcel.delivered"
	}
	return s.step(ctx, st)
}

// step is one move of one parcel.
type step struct {
	parcelID   int64
	producerID int64 // the parcel must be hers; 0: anybody's
	to         ParcelStatus
	tracking   shipping.Tracking
	note       string // for the history
	actor      Actor
	action     string // for the audit trail; empty: none
}

func (s *Service) step(ctx context.Context, st step) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		in := New(tx, s.queue, s.clock)
		o, status, err := in.lockParcel(ctx, st.parcelID, st.producerID)
		if err != nil {
			return err
		}
		moved, err := in.take(ctx, &o, status, st)
		if err != nil || !moved {
			return err
		}
		return in.tell(ctx, tx, o, st)
	})
}

// take moves a parcel of a locked order, and the order after it; false says
// that the parcel had come so far before.
func (s *Service) take(ctx context.Context, o *Order, at ParcelStatus, st step) (bool, error) {
	switch {
	case at == st.to || at.reached(st.to):
		return false, nil
	case !at.Can(st.to):
		return false, errs.E(errs.Conflict, fmt.Sprintf("parcel %d cannot go from %s to %s", st.parcelID, at, st.to))
	}
	if err := s.moveParcel(ctx, *o, at, st); err != nil {
		return false, err
	}
	return true, s.catchUp(ctx, o, st.actor)
}

const sqlParcelOrder = `/* orders.parcel_order */
select order_id from parcels where id = $1 and ($2::bigint = 0 or producer_id = $2 and status <> 'waiting')`

const sqlParcelStatus = `/* orders.parcel_status */
select status from parcels where id = $1`

// lockParcel locks a parcel's order and returns both states. The order comes
// first, as everywhere.
func (s *Service) lockParcel(ctx context.Context, parcelID, producerID int64) (Order, ParcelStatus, error) {
	var orderID int64
	if err := s.db.QueryRow(ctx, sqlParcelOrder, parcelID, producerID).Scan(&orderID); err != nil {
		return Order{}, "", fmt.Errorf("parcel %d: %w", parcelID, postgres.Err(err))
	}
	o, err := s.Lock(ctx, orderID)
	if err != nil {
		return Order{}, "", err
	}
	var status ParcelStatus
	err = s.db.QueryRow(ctx, sqlParcelStatus, parcelID).Scan(&status)
	return o, status, postgres.Err(err)
}

const sqlMoveParcel = `/* orders.move_parcel */
update parcels set status = $2,
    packed_at = case when $2 = 'packed' then $3 else packed_at end,
    shipped_at = case when $2 = 'shipped' then $3 else shipped_at end,
    delivered_at = case when $2 = 'delivered' then $3 else delivered_at end,
    releases_at = case when $2 = 'delivered'
        then $3 + make_interval(hours => 24 * (select hold_days from programme)) else releases_at end,
    returned_at = case when $2 = 'returned' then $3 else returned_at end,
    carrier = case when $2 = 'shipped' then $4 else carrier end,
    tracking_number = case when $2 = 'shipped' then $5 else tracking_number end
where id = $1`

func (s *Service) moveParcel(ctx context.Context, o Order, from ParcelStatus, st step) error {
	now := s.clock()
	b := &pgx.Batch{}
	b.Queue(sqlMoveParcel, st.parcelID, st.to, now, st.tracking.Carrier, st.tracking.Number)
	before := string(from)
	queueEvent(b, Event{OrderID: o.ID, ParcelID: &st.parcelID, FromStatus: &before, ToStatus: string(st.to), Note: st.note, At: now}, st.actor)
	return postgres.Err(s.db.SendBatch(ctx, b).Close())
}

// catchUp moves an order on as far as all its parcels have come.
func (s *Service) catchUp(ctx context.Context, o *Order, actor Actor) error {
	parcels, err := s.parcelStatuses(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, next := range follow(o.Status, parcels) {
		if err := s.apply(ctx, o, move{to: next}, actor); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) parcelStatuses(ctx context.Context, orderID int64) ([]ParcelStatus, error) {
	rows, err := s.db.Query(ctx, `/* orders.parcel_statuses */ select status from parcels where order_id = $1`, orderID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	parcels, err := pgx.CollectRows(rows, pgx.RowTo[ParcelStatus])
	return parcels, postgres.Err(err)
}

// tell writes what others should know: the buyer that a parcel is on its way,
// the audit trail who did what.
func (s *Service) tell(ctx context.Context, tx pgx.Tx, o Order, st step) error {
	if st.to == ParcelShipped {
		if err := s.write(ctx, tx, LetterArgs{Letter: LetterShipped, OrderID: o.ID, ParcelID: st.parcelID}); err != nil {
			return err
		}
	}
	if st.action == "" {
		return nil
	}
	detail := map[string]any{"order": o.Label()}
	if st.tracking.Number != "" {
		detail["tracking"] = st.tracking.Number
	}
	return accounts.Audit(ctx, tx, accounts.Event{
		AccountID: st.actor.AccountID, Action: st.action, SubjectKind: "parcel", SubjectID: st.parcelID, Detail: detail,
	})
}

// Untouched reports whether no producer has packed any of an order's parcels.
func (s *Service) Untouched(ctx context.Context, orderID int64) (bool, error) {
	parcels, err := s.parcelStatuses(ctx, orderID)
	touched := slices.ContainsFunc(parcels, func(p ParcelStatus) bool {
		return p != ParcelWaiting && p != ParcelToPack && p != ParcelCancelled
	})
	return !touched, err
}
