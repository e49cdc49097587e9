package books_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/books"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres/pgtest"
)

// crowd makes %d orders like the first of the world, all paid and delivered.
const crowd = `
insert into orders (token, checkout_token, cart_hash, reference, number, market, lang, currency, status, payment_method, email, name, country,
    shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at, paid_at)
select 'tokentokentokentoken' || lpad(n::text, 8, '0'), gen_random_uuid(), sha256(n::text::bytea), lpad((n / 10000)::text, 4, '0') || '-' || lpad((n %% 10000)::text, 4, '0'),
    n, 'jp', 'ja', 'JPY', 'delivered', 'card', 'a@b.jp', 'A', 'JP', 2, 'EMS', 7, 14, 3470, 2150, 5620, now(), now(), now() from generate_series(1, %[1]d) n;
insert into parcels (order_id, producer_id, status, shipping_minor, released_at)
select n, p, 'delivered', case p when 1 then 1450 else 700 end, now() from generate_series(1, %[1]d) n, generate_series(1, 2) p order by n, p;
insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name, quantity, currency, unit_minor, line_minor,
    base_minor, base, rate, commission_bp, net_unit, weight_grams)
select n, 2 * n - 2 + p, p, p, p, 'Jam', case p when 1 then 3 else 1 end, 'JPY', case p when 1 then 560 else 1790 end, case p when 1 then 1680 else 1790 end,
    case p when 1 then 4500000 else 14500003 end, 'UZS', 0.0123, case p when 1 then 1250 else 1000 end, 'g', 700
from generate_series(1, %[1]d) n, generate_series(1, 2) p order by n, p;
insert into payments (order_id, provider, status, amount_minor, currency, provider_ref, created_at, settled_at)
select n, 'stripe', 'succeeded', 5620, 'JPY', 'cs_' || n, now(), now() from generate_series(1, %[1]d) n;
`

// perOrder is how many entries the rules make for an order of the crowd.
const perOrder = 17

// newCrowd books a crowd of orders, by the rules and past the triggers.
func newCrowd(t testing.TB, orders int) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t)
	exec(t, pool, ground+fmt.Sprintf(crowd, orders))
	c := clerk{t, pool, ledger.New(pool)}
	first := abroad(t)
	c.post(ledger.OrderPaid(1, ledger.TillStripe, first, noon)) // makes the accounts
	release := []money.Amount{money.New(11_812_500, money.UZS), money.New(13_050_003, money.UZS)}
	for i, amount := range release {
		c.post(ledger.EarningsReleased(int64(i+1), 1, int64(i+1), []money.Amount{amount}, noon))
	}
	// The rest are the same three, of other orders.
	tamper(t, pool, fmt.Sprintf(`
insert into ledger_transactions (rule, subject, subject_id, order_id, at)
select t.rule, t.subject, t.subject_id + case t.subject when 'payment' then n else 2 * n end, t.order_id + n, t.at
from generate_series(1, %[1]d) n, ledger_transactions t order by n, t.id;
insert into ledger_entries (transaction_id, account_id, currency, amount_minor, line_id, parcel_id, rate, rate_to)
select e.transaction_id + 3 * n, e.account_id, e.currency, e.amount_minor, e.line_id + 2 * n, e.parcel_id + 2 * n, e.rate, e.rate_to
from generate_series(1, %[1]d) n, ledger_entries e order by n, e.id;
analyze`, orders-1))
	return pool
}

// A crowd is proven too, and one wrong entry among all is found.
func TestCheckOfMany(t *testing.T) {
	pool := newCrowd(t, 5000)
	report, found := check(t, pool)
	if len(found) > 0 || report.Orders != 5000 || report.Entries != 5000*perOrder {
		t.Fatalf("%+v, %v", report, found[:min(len(found), 3)])
	}
	tamper(t, pool, `update ledger_entries set amount_minor = amount_minor + sign(amount_minor) where transaction_id = 3 * 4321 + 1 and currency = 'JPY' and line_id is null`)
	if _, found := check(t, pool); len(found) == 0 {
		t.Error("a wrong entry is not found")
	}
}

// BenchmarkCheck proves a million entries.
func BenchmarkCheck(b *testing.B) {
	pool := newCrowd(b, 1_000_000/perOrder+1)
	for b.Loop() {
		report, err := books.Check(b.Context(), pool, nil)
		if err != nil || !report.OK() {
			b.Fatalf("%v, %+v", err, report.Sentences())
		}
		b.ReportMetric(float64(report.Entries), "entries/op")
	}
}
