package payouts_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/payouts"
)

// many copies the first order of a producer, all that was booked about it, so
// many times, past the triggers: what the books would have after as many orders.
const many = `
set local session_replication_role = replica;
create temp table base on commit drop as
    select (select max(id) from orders) as o, (select max(id) from parcels) as p, (select max(id) from order_lines) as l,
           (select max(id) from ledger_transactions) as t, (select count(*) from ledger_transactions where order_id = %[2]d) as ts,
           (select min(id) from ledger_transactions where order_id = %[2]d) as t0;
insert into orders (id, token, checkout_token, cart_hash, reference, number, market, lang, currency, payment_method, email, name, country,
    shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at) overriding system value
select b.o + n, 'manymanymanymanymany' || lpad((b.o + n)::text, 8, '0'), gen_random_uuid(), sha256((b.o + n)::text::bytea),
    lpad(((b.o + n) / 10000)::text, 4, '0') || '-' || lpad(((b.o + n) %% 10000)::text, 4, '0'), 100000 + b.o + n, market, lang, currency, payment_method, email, name, country,
    shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at
from base b, generate_series(1, %[1]d) n, orders o where o.id = %[2]d;
insert into parcels (id, order_id, producer_id, status, shipping_minor, released_at) overriding system value
select b.p + n, b.o + n, p.producer_id, 'delivered', p.shipping_minor, now() from base b, generate_series(1, %[1]d) n, parcels p where p.order_id = %[2]d;
insert into order_lines (id, order_id, parcel_id, product_id, variant_id, producer_id, name, quantity, currency, unit_minor, line_minor,
    base_minor, base, rate, commission_bp, net_unit, weight_grams) overriding system value
select b.l + n, b.o + n, b.p + n, product_id, variant_id, producer_id, name, quantity, currency, unit_minor, line_minor,
    base_minor, base, rate, commission_bp, net_unit, weight_grams from base b, generate_series(1, %[1]d) n, order_lines l where l.order_id = %[2]d;
insert into ledger_transactions (id, rule, subject, subject_id, order_id, at) overriding system value
select b.t + (n - 1) * b.ts + t.id - b.t0 + 1, t.rule, t.subject, case t.subject when 'parcel' then b.p + n else b.o + n end, b.o + n, t.at
from base b, generate_series(1, %[1]d) n, ledger_transactions t where t.order_id = %[2]d order by n, t.id;
insert into ledger_entries (transaction_id, account_id, currency, amount_minor, line_id, parcel_id)
select b.t + (n - 1) * b.ts + e.transaction_id - b.t0 + 1, e.account_id, e.currency, e.amount_minor,
    case when e.line_id is not null then b.l + n end, case when e.parcel_id is not null then b.p + n end
from base b, generate_series(1, %[1]d) n, ledger_entries e join ledger_transactions t on t.id = e.transaction_id where t.order_id = %[2]d order by n, e.id;
select setval(pg_get_serial_sequence('orders', 'id'), max(id)) from orders;
select setval(pg_get_serial_sequence('parcels', 'id'), max(id)) from parcels;
select setval(pg_get_serial_sequence('order_lines', 'id'), max(id)) from order_lines;
select setval(pg_get_serial_sequence('ledger_transactions', 'id'), max(id)) from ledger_transactions;
`

// crowd is a producer with four entries for each of so many orders, among five
// times as many of others.
func (w *world) crowd(orders int) {
	w.t.Helper()
	for i, producer := range []int64{felt, melon} {
		s := w.order(producer, 4_500_000, 3, 2_500_000, 1000)
		w.paid(&s)
		w.release(&s)
		times := orders - 1
		if i == 0 {
			times = 5 * orders
		}
		w.ok(pgx.BeginFunc(w.t.Context(), w.db, func(tx pgx.Tx) error {
			_, err := tx.Exec(w.t.Context(), fmt.Sprintf(many, times, s.order))
			return err
		}))
	}
	_, err := w.db.Exec(w.t.Context(), `vacuum analyze`)
	w.ok(err)
}

// Page after page, and all in one go, there is what the statement sums up:
// before the first payout, and since one.
func TestPagesAreWhatIsSummedUp(t *testing.T) {
	w := newWorld(t)
	w.crowd(70)
	w.card(melon)
	for round := range 2 {
		st, err := w.Statement(t.Context(), melon, money.UZS, payouts.Since)
		w.ok(err)
		got, last := payouts.Total{}, int64(0)
		for page := (paging.Page{Limit: 30}); ; {
			lines, next, err := w.Lines(t.Context(), melon, money.UZS, payouts.Since, page)
			w.ok(err)
			for _, l := range lines {
				if last != 0 && l.ID >= last {
					t.Fatalf("line %d after %d", l.ID, last)
				}
				last = l.ID
				got.Entries, got.Minor, got.CommissionMinor = got.Entries+1, got.Minor+l.Minor, got.CommissionMinor+l.CommissionMinor
			}
			if page.After = next; next == "" {
				break
			}
		}
		want := payouts.Total{Entries: st.Lines(), Minor: st.Closing.Whole().Minor - st.Opening.Whole().Minor}
		for _, total := range st.Totals {
			want.CommissionMinor += total.CommissionMinor
		}
		if got != want {
			t.Errorf("pages have %+v, the statement %+v", got, want)
		}
		up := int64(0)
		_, err = w.EachLine(t.Context(), melon, money.UZS, payouts.Since, payouts.AllLines, func(l payouts.Line) error {
			up++
			return nil
		})
		w.ok(err)
		if up != want.Entries {
			t.Errorf("%d in one go, of %d", up, want.Entries)
		}
		if round == 0 {
			w.approved(money.UZS)
			w.crowd(40)
		}
	}
}

// BenchmarkNothingStated reads what a producer with 50,000 entries sees before
// her first payout.
func BenchmarkNothingStated(b *testing.B) {
	w := newWorld(b)
	w.crowd(12_500)
	b.Run("sum", func(b *testing.B) {
		for b.Loop() {
			st, err := w.Statement(b.Context(), melon, money.UZS, payouts.Since)
			w.ok(err)
			if st.Lines() != 25_000 {
				b.Fatal(st.Lines())
			}
		}
	})
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			lines, _, err := w.Lines(b.Context(), melon, money.UZS, payouts.Since, paging.Page{Limit: 30})
			w.ok(err)
			if len(lines) != 30 {
				b.Fatal(len(lines))
			}
		}
	})
	b.Run("month", func(b *testing.B) {
		for b.Loop() {
			_, err := w.Statement(b.Context(), melon, money.UZS, payouts.Month(w.now))
			w.ok(err)
		}
	})
}
