package orders

import (
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

// Locks are taken in the order of their numbers, so that two who share an address and a number do not wait for each other.
const sqlUnpaidLocks = `/* orders.unpaid_locks */
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended(lower(of), 0) as key from unnest($1::text[]) of order by key) keys`

// QueueUnpaid adds to a batch the count of orders that keep goods for cash at the door or a transfer and are not paid, of
// whoever has this e-mail address, telephone number or address: neighbours where streets have no names differ by the
// landmark. Until the transaction ends nobody else counts the orders of that e-mail address, number or address, so that
// what is counted still holds when the order is written. Queue it before anything that locks rows: whoever waits for its
// turn here must hold nothing that another waits for.
func QueueUnpaid(b *pgx.Batch, email string, a shipping.Address, now time.Time, into *int) {
	keys := []string{"unpaid email " + email}
	if a.Phone != "" {
		keys = append(keys, "unpaid phone "+a.Phone)
	}
	if a.Line1 != "" {
		where := []string{"unpaid address", a.Line1, a.City, a.Landmark, a.Line2, a.Postcode, a.Region, string(a.Country)}
		keys = append(keys, strings.Join(where, "\n"))
	}
	b.Queue(sqlUnpaidLocks, keys)
	b.Queue(sqlUnpaid, email, a.Phone, a.Line1, a.City, a.Landmark, a.Line2, a.Postcode, a.Region, a.Country, now).QueryRow(func(row pgx.Row) error {
		return row.Scan(into)
	})
}
