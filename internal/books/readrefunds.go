package books

import "github.com/jackc/pgx/v5"

const sqlRefunds = `/* books.refunds */
select order_id, id, kind = 'order', amount_minor, currency, status = 'sent', till, sendings
from refunds where order_id > $1 and order_id <= $2 order by id`

func readRefunds(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		var id int64
		r := &refund{lines: map[int64]int{}, shipping: map[int64]int64{}}
		if err := rows.Scan(&id, &r.id, &r.ofOrder, &r.amount.Minor, &r.amount.Currency, &r.sent, &r.till, &r.sendings); err != nil {
			return err
		}
		o := b.byID[id]
		o.refunds = append(o.refunds, r)
		b.refund[r.id] = r
	}
	return rows.Err()
}

const sqlRefundLines = `/* books.refund_lines */
select p.refund_id, p.line_id, p.quantity from refunds r join refund_lines p on p.refund_id = r.id
where r.order_id > $1 and r.order_id <= $2`

func readRefundLines(b *bundle, rows pgx.Rows) error {
	var (
		refund, line int64
		quantity     int
	)
	_, err := pgx.ForEachRow(rows, []any{&refund, &line, &quantity}, func() error {
		b.refund[refund].lines[line] = quantity
		return nil
	})
	return err
}

const sqlRefundShipping = `/* books.refund_shipping */
select p.refund_id, p.parcel_id, p.amount_minor from refunds r join refund_shipping p on p.refund_id = r.id
where r.order_id > $1 and r.order_id <= $2`

func readRefundShipping(b *bundle, rows pgx.Rows) error {
	var refund, parcel, minor int64
	_, err := pgx.ForEachRow(rows, []any{&refund, &parcel, &minor}, func() error {
		b.refund[refund].shipping[parcel] = minor
		return nil
	})
	return err
}
