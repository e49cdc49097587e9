package orders

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/shipping"
)

// The words of sqlKeeps are those of the partial indexes orders_unpaid_…, which hold these few orders only. Each of the
// three is asked by itself: together they might be looked for among all orders that stand.
const (
	sqlKeeps = `
    select id from orders
    where paid_at is null and payment_method in ('cod', 'bank') and status in ('placed', 'packed', 'shipped')
      and (expires_at is null or expires_at > $10) and `
	sqlUnpaid = `/* orders.unpaid */
select count(*) from (` + sqlKeeps + `lower(email) = lower($1)
    union` + sqlKeeps + `phone = $2 and phone <> ''
    union` + sqlKeeps + `line1 = $3 and line1 <> '' and city = $4 and landmark = $5 and line2 = $6 and postcode = $7 and region = $8 and country = $9
) hers`
)

// Locks are taken in the order of their numbers, so that two who share an address and a number do not wait for each other;
// a lock that is asked for twice is taken once. What a select lists is done from left to right.
const sqlUnpaidLocks = `/* orders.unpaid_locks */
select pg_advisory_xact_lock($1), pg_advisory_xact_lock($2), pg_advisory_xact_lock($3)`

// unpaidLock is the number of the lock on what is unpaid of whoever is meant.
func unpaidLock(words ...string) int64 {
	sum := sha256.Sum256([]byte("unpaid\n" + strings.ToLower(strings.Join(words, "\n"))))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// QueueUnpaid adds to a batch the count of orders that keep goods for cash at the door or a transfer and are not paid, of
// whoever has this e-mail address, telephone number or address: neighbours where streets have no names differ by the
// landmark. Until the transaction ends nobody else counts the orders of that e-mail address, number or address, so that
// what is counted still holds when the order is written. Queue it before anything that locks rows: whoever waits for its
// turn here must hold nothing that another waits for.
func QueueUnpaid(b *pgx.Batch, email string, a shipping.Address, now time.Time, into *int) {
	byEmail := unpaidLock("email", email)
	keys := [3]int64{byEmail, byEmail, byEmail}
	if a.Phone != "" {
		keys[1] = unpaidLock("phone", a.Phone)
	}
	if a.Line1 != "" {
		keys[2] = unpaidLock("address", a.Line1, a.City, a.Landmark, a.Line2, a.Postcode, a.Region, a.Country)
	}
	slices.Sort(keys[:])
	b.Queue(sqlUnpaidLocks, keys[0], keys[1], keys[2])
	b.Queue(sqlUnpaid, email, a.Phone, a.Line1, a.City, a.Landmark, a.Line2, a.Postcode, a.Region, a.Country, now).QueryRow(func(row pgx.Row) error {
		return row.Scan(into)
	})
}
