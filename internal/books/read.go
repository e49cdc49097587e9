package books

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/shipping"
)

// atOnce is how many orders are in memory together, twice over.
const atOnce = 2000

// bundle is some orders with all that belongs to them.
type bundle struct {
	orders []*order
	byID   map[int64]*order
	refund map[int64]*refund
	booked map[int64]*transaction
}

// readOrders sends all orders on, in bundles. Every query takes the range of
// ids of a bundle, and the last of them finds the end of the next.
func (c *checker) readOrders(ctx context.Context, to chan<- *bundle) error {
	var from, until, next int64
	end := func(rows pgx.Rows) error {
		var last *int64
		for rows.Next() {
			if err := rows.Scan(&last); err != nil {
				return err
			}
		}
		if next = 0; last != nil {
			next = *last
		}
		return rows.Err()
	}
	first := &pgx.Batch{}
	first.Queue(sqlNext, from, atOnce).Query(end)
	if err := c.tx.SendBatch(ctx, first).Close(); err != nil {
		return err
	}
	for next > 0 {
		until = next
		b := &bundle{byID: make(map[int64]*order, atOnce), refund: map[int64]*refund{}, booked: make(map[int64]*transaction, 2*atOnce)}
		batch := &pgx.Batch{}
		queue(batch, b, from, until, c.readings()...)
		batch.Queue(sqlNext, until, atOnce).Query(end)
		if err := c.tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		select {
		case to <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		from = until
	}
	return nil
}

const sqlNext = `/* books.next */ select max(id) from (select id from orders where id > $1 order by id limit $2) o`

// reading is a query for a range of orders, and who reads what it brings.
type reading struct {
	sql  string
	read func(*bundle, pgx.Rows) error
}

// queue adds readings of the orders after from, until one, to a batch.
func queue(batch *pgx.Batch, b *bundle, from, until int64, list ...reading) {
	for _, q := range list {
		batch.Queue(q.sql, from, until).Query(func(rows pgx.Rows) error { return q.read(b, rows) })
	}
}

func (c *checker) readings() []reading {
	return []reading{
		{sqlOrders, readOrders}, {sqlParcels, readParcels}, {sqlLines, c.readLines}, {sqlPayments, readPayments},
		{sqlRefunds, readRefunds}, {sqlRefundLines, readRefundLines}, {sqlRefundShipping, readRefundShipping},
		{sqlDisputes, readDisputes}, {sqlCharges, readCharges}, {sqlTransactions, readTransactions}, {sqlEntries, c.readEntries},
	}
}

const sqlOrders = `/* books.orders */
select o.id, o.currency, m.kind, o.status in ('expired', 'cancelled')
from orders o join shipping_methods m on m.id = o.shipping_method_id
where o.id > $1 and o.id <= $2 order by o.id`

func readOrders(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		var kind shipping.Kind
		o := &order{}
		if err := rows.Scan(&o.id, &o.currency, &kind, &o.over); err != nil {
			return err
		}
		o.hers = kind == shipping.Parcel
		b.orders = append(b.orders, o)
		b.byID[o.id] = o
	}
	return rows.Err()
}

const sqlParcels = `/* books.parcels */
select p.order_id, p.id, p.producer_id, p.shipping_minor, p.released_at is not null, coalesce(c.collector, '')
from parcels p left join cash_taken c on c.parcel_id = p.id
where p.order_id > $1 and p.order_id <= $2 order by p.id`

func readParcels(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		var (
			id int64
			p  parcel
		)
		if err := rows.Scan(&id, &p.ID, &p.ProducerID, &p.Shipping.Minor, &p.released, &p.collector); err != nil {
			return err
		}
		o := b.byID[id]
		p.Shipping.Currency, p.ToProducer = o.currency, o.hers
		o.parcels = append(o.parcels, p)
	}
	return rows.Err()
}

const sqlLines = `/* books.lines */
select order_id, id, parcel_id, producer_id, quantity, unit_minor, currency, base_minor, base, rate::text, commission_bp
from order_lines where order_id > $1 and order_id <= $2 order by parcel_id, id`

func (c *checker) readLines(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		var (
			id   int64
			l    ledger.SaleLine
			rate string
		)
		err := rows.Scan(&id, &l.ID, &l.ParcelID, &l.ProducerID, &l.Quantity, &l.Unit.Minor, &l.Unit.Currency,
			&l.Base.Minor, &l.Base.Currency, &rate, &l.CommissionBP)
		if err == nil {
			l.Rate, err = c.rate(rate)
		}
		if err != nil {
			return err
		}
		o := b.byID[id]
		o.lines = append(o.lines, l)
	}
	return rows.Err()
}

// rate reads a rate; there are few, each on many lines.
func (c *checker) rate(text string) (money.Rate, error) {
	if r, known := c.rates[text]; known {
		return r, nil
	}
	r, err := money.ParseRate(text)
	if err != nil {
		return r, err
	}
	if len(c.rates) > 10_000 {
		clear(c.rates)
	}
	c.rates[text] = r
	return r, nil
}

// Cash on delivery is booked by parcel, not by payment.
const sqlPayments = `/* books.payments */
select order_id, id, provider, not refund_due, coalesce(received_minor, amount_minor), coalesce(received_currency, currency)
from payments
where order_id > $1 and order_id <= $2 and (status = 'succeeded' or refund_due) and provider <> 'cod' order by id`

func readPayments(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		var (
			id int64
			p  payment
		)
		if err := rows.Scan(&id, &p.id, &p.till, &p.expected, &p.came.Minor, &p.came.Currency); err != nil {
			return err
		}
		o := b.byID[id]
		o.payments = append(o.payments, p)
	}
	return rows.Err()
}

const sqlDisputes = `/* books.disputes */
select order_id, id, provider, status, amount_minor, currency from disputes where order_id > $1 and order_id <= $2 order by id`

func readDisputes(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		var (
			id int64
			d  dispute
		)
		if err := rows.Scan(&id, &d.id, &d.till, &d.status, &d.amount.Minor, &d.amount.Currency); err != nil {
			return err
		}
		o := b.byID[id]
		o.disputes = append(o.disputes, d)
	}
	return rows.Err()
}

const sqlCharges = `/* books.charges */
select y.order_id, c.id, c.provider, c.amount_minor, c.fee_minor, c.currency, coalesce(c.source_minor, 0),
       coalesce(y.received_currency, y.currency), c.rate
from payments y join provider_charges c on c.payment_id = y.id
where y.order_id > $1 and y.order_id <= $2 order by c.id`

func readCharges(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		var (
			id int64
			c  charge
		)
		err := rows.Scan(&id, &c.id, &c.till, &c.gross.Minor, &c.fee.Minor, &c.fee.Currency, &c.source.Minor, &c.source.Currency, &c.rate)
		if err != nil {
			return err
		}
		c.gross.Currency = c.fee.Currency
		o := b.byID[id]
		o.charges = append(o.charges, c)
	}
	return rows.Err()
}
