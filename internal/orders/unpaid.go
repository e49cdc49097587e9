package orders

import (
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/shipping"
)

// The words after "where" are those of the partial indexes orders_unpaid_…, which hold these few orders only.
const sqlUnpaid = `/* orders.unpaid */
select count(*) from orders
where paid_at is null and payment_method in ('cod', 'bank') and status in ('placed', 'packed', 'shipped')
  and (email = $1 or phone = $2 and phone <> '' or line1 = $3 and line1 <> '' and city = $4 and line2 = $5 and country = $6)
  and (expires_at is null or expires_at > $7)`

// QueueUnpaid adds to a batch the count of orders that keep goods for cash at the door or a transfer and are not paid, of
// whoever has this e-mail address, telephone number or street address.
func QueueUnpaid(b *pgx.Batch, email string, a shipping.Address, now time.Time, into *int) {
	b.Queue(sqlUnpaid, email, a.Phone, a.Line1, a.City, a.Line2, a.Country, now).QueryRow(func(row pgx.Row) error {
		return row.Scan(into)
	})
}
