package checkout_test

import (
	"fmt"
	"testing"

	"awil/internal/markets"
	"awil/internal/orders"
)

// TestTheDatabaseKeepsTheBooks: even by hand nothing is taken off the books,
// added to what was agreed, or moved without its money.
func TestTheDatabaseKeepsTheBooks(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	paid := s.place("jp", markets.Card, want{jam, 1}, want{felt, 1})
	s.pay(paid.PayURL)
	s.work()
	s.place("uz", markets.COD, want{tea, 1})
	waiting := s.place("jp", markets.Card, want{tea, 1})
	for _, table := range []string{"orders", "parcels", "order_lines", "order_events", "reservations", "payments", "webhook_events"} {
		s.refused("append-only", `delete from `+table)
		s.refused("append-only", `truncate `+table+` cascade`)
	}
	// Orders 1 (card, paid), 2 (cash), 3 (card, not paid); payments have the same numbers.
	for _, tt := range []struct{ reason, sql string }{
		{"payments_of_the_orders_total", `insert into payments (order_id, provider, amount_minor, currency, created_at) select id, 'stripe', total_minor - 1, currency, now() from orders where id = 3`},
		{"payments_of_the_orders_total", `insert into payments (order_id, provider, amount_minor, currency, created_at) select id, 'stripe', total_minor, 'USD', now() from orders where id = 3`},
		{"begins as open", `insert into payments (order_id, provider, amount_minor, currency, created_at, status, settled_at) select id, 'stripe', total_minor, currency, now(), 'succeeded', now() from orders where id = 3`},
		{"is fixed", `update payments set amount_minor = 1 where id = 3`},
		{"is fixed", `update payments set provider = 'bank' where id = 3`},
		{"is fixed", `update payments set settled_at = now() + interval '1 day' where id = 1`},
		{"cannot go from succeeded", `update payments set status = 'failed', settled_at = null where id = 1`},
		{"cannot go from cancelled", `update payments set status = 'cancelled' where id = 3; update payments set status = 'open' where id = 3`},
		{"payments_settled_when_succeeded", `update payments set status = 'succeeded' where id = 3`},
		{"payments_refund_what_came", `update payments set refund_due = true where id = 3`},
		{"is placed and keeps money", `update payments set status = 'succeeded', settled_at = now() where id = 3`},
		{"is paid without its money", `update payments set refund_due = true where id = 1`},
		{"is paid without its money", `update orders set status = 'paid', paid_at = now(), number = 99 where id = 3`},
		{"orders_paid_before_packed", `update orders set status = 'packed', number = 99 where id = 3`},
		{"is packed without its money", `update orders set status = 'packed', paid_at = now() where id = 2`},
		{"is cancelled and keeps money", `update orders set status = 'cancelled' where id = 1`},
		{"is fixed", `update orders set paid_at = null where id = 1`},
		{"is fixed", `update orders set number = 5 where id = 1`},
		{"is fixed", `update orders set payment_method = 'cod', expires_at = null where id = 3`},
		{"begins as placed", `insert into orders overriding system value select (jsonb_populate_record(o, '{"id": 77, "token": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "number": 77,
			"checkout_token": "00000000-0000-4000-8000-000000000000", "reference": "AAAA-AAAA"}')).* from orders o where id = 1`},
		{"is fixed", `update parcels set producer_id = 2 where order_id = 3`},
		{"is fixed", `update parcels set order_id = 3 where order_id = 2`},
		{"is fixed", `update parcels set shipping_minor = shipping_minor + 1 where order_id = 2`},
		{"does not add up", `insert into parcels (order_id, producer_id, status, shipping_minor) values (3, 2, 'waiting', 5)`},
		{"does not add up", line(3, 4, 1, 1, 1)},
		{"order_lines_in_the_producers_parcel", line(1, 1, 2, 2, 2)},
		{"order_lines_variant_of_product", line(3, 4, 2, 1, 1)},
		{"cannot go from held to released", `update reservations set state = 'released' where order_id = 3`},
		{"cannot go from held to sold", `update reservations set state = 'sold' where order_id = 3`},
		{"cannot go from sold to released", `update reservations set state = 'released' where order_id = 1`},
		{"cannot go from sold to held", `update reservations set state = 'held', expires_at = now() where order_id = 2`},
		{"is fixed", `update reservations set quantity = 5 where order_id = 3`},
		{"shipping_methods_cost_in_the_markets_currency", `update shipping_methods set currency = 'USD' where id = 2`},
		{"offers_variant_of_product", `update offers set product_id = 2 where variant_id = 1`},
	} {
		s.refused(tt.reason, tt.sql)
	}
	for _, tt := range []struct{ reason, sql string }{
		{"is not paid with", `insert into cash_collections (parcel_id, order_id, collector, amount_minor, currency, account_id, collected_at) values (1, 1, 'courier', 900, 'JPY', 2, now())`},
		{"is not paid with", cashOfTwo("p.shipping_minor + l.line_minor - 1", "UZS")},
		{"cash_collections_order_id_currency_fkey", cashOfTwo("p.shipping_minor + l.line_minor", "JPY")},
		{"cannot go from placed to delivered", `update orders set status = 'delivered' where id = 2`},
		{"cannot go from waiting to returned", `update parcels set status = 'returned' where order_id = 3`},
		{"reservations_returned", `update reservations set returned = 2 where order_id = 2`},
		{"reservations_returned", `update reservations set returned = 1 where order_id = 3`},
		{"its refunds say otherwise", `update reservations set returned = 1 where order_id = 2`},
	} {
		s.refused(tt.reason, tt.sql)
	}
	s.exec(cashOfTwo("p.shipping_minor + l.line_minor", "UZS"))
	for _, table := range []string{"cash_collections", "ledger_transactions", "ledger_entries", "ledger_accounts"} {
		s.refused("append-only", `delete from `+table)
		s.refused("append-only", `truncate `+table+` cascade`)
	}
	s.refused("append-only", `update cash_collections set collector = 'producer'`)

	s.is(paid.Token, orders.Paid, orders.ParcelToPack)
	s.is(waiting.Token, orders.Placed, orders.ParcelWaiting)

	// To cancel what is paid is to owe the money back, at once.
	s.exec(`begin; update orders set status = 'cancelled' where id = 1; update reservations set state = 'released' where order_id = 1;
		update payments set refund_due = true where order_id = 1; commit`)
	if o := s.order(paid.Token); !o.RefundDue || o.Status != orders.Cancelled {
		t.Errorf("%+v", o)
	}
}

// cashOfTwo is a statement that takes cash for the parcel of order 2.
func cashOfTwo(amount, currency string) string {
	return fmt.Sprintf(`insert into cash_collections (parcel_id, order_id, collector, amount_minor, currency, account_id, collected_at)
		select p.id, p.order_id, 'courier', %s, '%s', 2, now() from parcels p join order_lines l on l.parcel_id = p.id where p.order_id = 2`, amount, currency)
}

// line is a statement that adds something cheap to an order.
func line(order, parcel, product, variant, producer int) string {
	return fmt.Sprintf(`insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name, quantity, currency,
		unit_minor, line_minor, base_minor, base, rate, commission_bp, net_unit, weight_grams)
		select order_id, %d, %d, %d, %d, name, 1, currency, 1, 1, 1, base, rate, commission_bp, net_unit, weight_grams
		from order_lines where order_id = %d limit 1`, parcel, product, variant, producer, order)
}
