package photos

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// What a producer, or the buyer of an order, may send in 24 hours, so that
// nobody can fill the storage alone. The programme's own pictures have no such limit.
const (
	// MaxPerDay is thirty new listings with a dozen photos each, and some over:
	// a cooperative's first day in the studio, and far more than any other.
	MaxPerDay = 400
	// MaxBytesPerDay is what so many photos of an ordinary phone weigh, 5 MB each.
	MaxBytesPerDay = 2 << 30
	// MaxPerOrder is three requests with all the photos one may have, and some
	// over.
	MaxPerOrder = 20
)

const usage = `/* photos.usage */
select count(*), coalesce(sum(bytes), 0)::bigint from photos
where producer_id = $1 and created_at > now() - interval '24 hours'`

// withinQuota is a *Rejected with reason Quota where a further original of so
// many bytes would be too much for the producer's day.
func withinQuota(ctx context.Context, db postgres.DB, producerID *int64, size int64) error {
	if producerID == nil {
		return nil
	}
	var count, bytes int64
	if err := db.QueryRow(ctx, usage, *producerID).Scan(&count, &bytes); err != nil {
		return fmt.Errorf("photo quota: %w", postgres.Err(err))
	}
	if count >= MaxPerDay || bytes+size > MaxBytesPerDay {
		return reject(Quota, "", nil)
	}
	return nil
}

const (
	usageOfOrder = `/* photos.usage_of_order */
select count(*) from order_photos where order_id = $1 and sent_at > now() - interval '24 hours'`
	sentWithOrder = `/* photos.sent_with_order */
insert into order_photos (photo_id, order_id) values ($1, $2) on conflict (photo_id, order_id) do update set sent_at = now()`
)

// withinOrdersQuota is a *Rejected with reason Quota where the buyer of an
// order has sent enough for a day. 0 is no order.
func withinOrdersQuota(ctx context.Context, db postgres.DB, orderID int64) error {
	if orderID == 0 {
		return nil
	}
	var count int64
	if err := db.QueryRow(ctx, usageOfOrder, orderID).Scan(&count); err != nil {
		return fmt.Errorf("photo quota: %w", postgres.Err(err))
	}
	if count >= MaxPerOrder {
		return reject(Quota, "", nil)
	}
	return nil
}

const lockOwner = `/* photos.lock_owner */
select from producers where id = $1 for no key update`

// claim counts an upload against the quota for good: of those that arrive at
// once, each sees the ones before it.
func claim(ctx context.Context, tx pgx.Tx, p Photo) error {
	if p.ProducerID == nil {
		return nil
	}
	if _, err := tx.Exec(ctx, lockOwner, *p.ProducerID); err != nil {
		return postgres.Err(err)
	}
	return withinQuota(ctx, tx, p.ProducerID, p.Bytes)
}
