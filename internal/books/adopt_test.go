package books_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/books"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// sellers is how the version before the books sold: every step as its triggers
// allow it.
const sellers = `
create function pg_temp.place(n int, market text, method text) returns void language plpgsql as $$
declare yen boolean := market = 'jp'; cod boolean := method = 'cod'; cur text := case when market = 'jp' then 'JPY' else 'UZS' end;
begin
    insert into orders (id, token, checkout_token, cart_hash, reference, number, market, lang, currency, payment_method, email, name, country,
        shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at)
    overriding system value values (n, 'tokentokentokentokento' || lpad(n::text, 4, '0'), gen_random_uuid(), sha256(n::text::bytea), 'AAAA-' || lpad(n::text, 4, '0'),
        case when cod then n end, market, 'en', cur, method, 'a@b.uz', 'A', upper(market), case when yen then 2 else 1 end, 'Post', 2, 5,
        case when yen then 3470 else 13500300 end, case when yen then 2150 else 5500000 end, case when yen then 5620 else 19000300 end,
        '2026-09-01', case when not cod then timestamptz '2026-09-02' end);
    insert into parcels (order_id, producer_id, status, shipping_minor)
    select n, p, case when cod then 'to_pack' else 'waiting' end, case when yen then (array[1450, 700])[p] else (array[2500000, 3000000])[p] end
    from generate_series(1, 2) p;
    insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name, quantity, currency, unit_minor, line_minor,
        base_minor, base, rate, commission_bp, net_unit, weight_grams)
    select n, p.id, p.producer_id, p.producer_id, p.producer_id, 'Jam', q, cur, u, u * q, b, 'UZS', case when yen then 0.000123 else 1 end, 1250, 'g', 700
    from parcels p cross join lateral (select case when yen then (array[3, 1])[p.producer_id] else (array[2, 1])[p.producer_id] end as q,
        case when yen then (array[560, 1790])[p.producer_id] else 4500100 end as u, case when yen then (array[4500000, 14500003])[p.producer_id] else 4500003 end as b) l
    where p.order_id = n;
    insert into reservations (order_id, variant_id, quantity, state, expires_at)
    select n, variant_id, quantity, case when cod then 'sold' else 'held' end, case when not cod then timestamptz '2026-09-02' end from order_lines where order_id = n;
    perform pg_temp.try(n, case method when 'card' then 'stripe' else method end);
    insert into order_events (order_id, to_status, actor, at) values (n, 'placed', 'buyer', '2026-09-01');
end $$;
create function pg_temp.try(n int, by text) returns void language sql as $$
    insert into payments (order_id, provider, amount_minor, currency, created_at, provider_ref)
    select id, by, total_minor, currency, '2026-09-01', by || n || '-' || (select count(*) from payments) from orders where id = n;
$$;
create function pg_temp.send(n int) returns void language sql as $$
    update parcels set status = 'packed', packed_at = '2026-09-02' where order_id = n;
    update orders set status = 'packed' where id = n;
    update parcels set status = 'shipped', shipped_at = '2026-09-03' where order_id = n;
    update orders set status = 'shipped' where id = n;
$$;
create function pg_temp.deliver(n int) returns void language sql as $$
    update parcels set status = 'delivered', delivered_at = timestamptz '2026-09-10' + make_interval(days => producer_id::int) where order_id = n;
    update orders set status = 'delivered' where id = n;
$$;
create function pg_temp.finish(n int, how text) returns void language sql as $$
    update orders set status = how where id = n;
    update parcels set status = 'cancelled' where order_id = n;
    update reservations set state = 'released' where order_id = n;
    update payments set status = how where order_id = n and status = 'open';
$$;
`

// pays has an order paid.
const pays = `
create or replace function pg_temp.pay(n int, who bigint) returns void language sql as $$
    update payments set status = 'succeeded', settled_at = '2026-09-01 12:00' where id = (select min(id) from payments where order_id = n);
    update orders set status = 'paid', paid_at = '2026-09-01 12:00', number = n where id = n;
    update reservations set state = 'sold' where order_id = n;
    update parcels set status = 'to_pack' where order_id = n;
    insert into order_events (order_id, from_status, to_status, actor, account_id, at)
    values (n, 'placed', 'paid', case when who is null then 'provider' else 'staff' end, who, '2026-09-01 12:00');
$$;
`

// before is a database of that version: 1 paid by card and delivered, 2 cash
// that has come, 3 a transfer, 4 expired, 5 cancelled, 6 another sum came,
// 7 cash on its way, 1008 paid twice, 1009 a transfer that came too late, 1010 paid
// when it had expired, 1011 waiting, 1012 nothing came where something was said to.
const before = sellers + pays + `
insert into programme (name, default_market, commission_bp) values ('Awil', 'uz', 1250);
select pg_temp.place(case when n > 7 then 1000 + n else n end, (array['jp','uz','uz','jp','uz','jp','uz','jp','uz','jp','jp','uz'])[n],
    (array['card','cod','bank','card','cod','card','cod','card','bank','card','card','bank'])[n]) from generate_series(1, 12) n;
select pg_temp.pay(1, null); select pg_temp.send(1); select pg_temp.deliver(1);
select pg_temp.send(2); select pg_temp.deliver(2);
update payments set status = 'succeeded', settled_at = '2026-09-15' where order_id = 2;
update orders set paid_at = '2026-09-15' where id = 2;
insert into order_events (order_id, from_status, to_status, actor, account_id, note, at) values (2, 'delivered', 'delivered', 'staff', 1, 'cash received', '2026-09-15');
select pg_temp.pay(3, 1);
select pg_temp.finish(4, 'expired');
select pg_temp.finish(5, 'cancelled');
select pg_temp.finish(6, 'expired');
update payments set refund_due = true, received_minor = 1200, received_currency = 'JPY' where order_id = 6;
select pg_temp.send(7);
select pg_temp.pay(1008, null); select pg_temp.try(1008, 'stripe');
update payments set status = 'succeeded', settled_at = '2026-09-01 13:00', refund_due = true where order_id = 1008 and status = 'open';
select pg_temp.finish(1009, 'cancelled');
update payments set status = 'succeeded', settled_at = '2026-09-20', refund_due = true where order_id = 1009;
select pg_temp.finish(1010, 'expired');
select pg_temp.pay(1010, null); select pg_temp.send(1010);
select pg_temp.finish(1012, 'expired');
update payments set refund_due = true, received_minor = 0, received_currency = 'UZS' where order_id = 1012;
`

// upgraded is that database with the schema of today.
func upgraded(t *testing.T) *pgxpool.Pool {
	t.Helper()
	url := pgtest.Earlier(t, 11)
	pool := pgtest.Open(t, url)
	exec(t, pool, ground)
	exec(t, pool, before)
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	return pool
}

func clock() time.Time { return noon }

func adopt(t *testing.T, pool *pgxpool.Pool, want int) {
	t.Helper()
	var last books.Adopted
	n, err := books.Adopt(t.Context(), pool, clock, func(a books.Adopted) { last = a })
	if err != nil || n != want || last.Events != want || last.Of != want {
		t.Errorf("adopted %d, as far as %+v, want %d; %v", n, last, want, err)
	}
}

// ask returns one text.
func ask(t *testing.T, pool *pgxpool.Pool, sql string) (text string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql).Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// What was sold before there were books is in them after an upgrade, once, and
// the books are proven.
func TestAdopt(t *testing.T) {
	t.Parallel()
	pool := upgraded(t)
	if _, found := check(t, pool); len(found) != 9 {
		t.Errorf("before: %q", found)
	}
	adopt(t, pool, 9)
	report, found := check(t, pool)
	if len(found) > 0 || report.Transactions != 9 || report.Orders != 12 {
		t.Errorf("after: %+v", report)
	}
	if n, err := books.Adopt(t.Context(), pool, clock, nil); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	for _, tt := range []struct{ want, sql string }{
		{"18 19", `select string_agg(to_char(releases_at at time zone 'UTC', 'DD'), ' ' order by producer_id) from parcels where order_id = 1`},
		{"26", `select to_char(completes_at at time zone 'UTC', 'DD') from orders where id = 2`},
		{"programme 11500200 1, programme 7500100 1", `select string_agg(format('%s %s %s', collector, amount_minor, account_id), ', ' order by parcel_id) from cash_taken`},
		{"6 1200 JPY, 1008 5620 JPY, 1009 19000300 UZS", `select string_agg(format('%s %s %s', order_id, amount_minor, currency), ', ' order by id)
			from refunds where kind = 'unexpected' and method = 'hand' and status = 'due' and decided_by is null`},
		{"1", `select account_id::text from ledger_transactions where rule = 'order_paid' and order_id = 3`},
		{"2026-09-15", `select to_char(max(at), 'YYYY-MM-DD') from ledger_transactions where order_id = 2`},
		{"0", `select count(*)::text from river_job`}, // nobody is written to, no provider asked
	} {
		if got := ask(t, pool, tt.sql); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.sql, got, tt.want)
		}
	}
	for a, want := range map[ledger.Account]int64{
		ledger.ClearingOf(ledger.TillStripe, money.JPY): 3*5620 + 1200 + 5620, ledger.ClearingOf(ledger.TillCash, money.UZS): 19_000_300,
		ledger.ClearingOf(ledger.TillBank, money.UZS): 2 * 19_000_300, ledger.Of(ledger.Buyer, money.JPY): -(1200 + 5620),
	} {
		if got, err := ledger.New(pool).Balance(t.Context(), a); err != nil || got.Minor != want {
			t.Errorf("%+v stands at %v, want %d; %v", a, got, want, err)
		}
	}
	if _, err := pool.Exec(t.Context(), `insert into earlier_money values ('order_paid', 99, 1, null, now())`); err == nil || !strings.Contains(err.Error(), "append-only") {
		t.Errorf("more money from before: %v", err)
	}
}

// Stopped at any event it goes on with the next, and two at once book nothing
// twice.
func TestAdoptGoesOn(t *testing.T) {
	t.Parallel()
	pool := upgraded(t)
	exec(t, pool, `create function stop() returns trigger language plpgsql as $$ begin
		if new.order_id = 1009 then raise 'the cable'; end if; return new; end $$;
		create trigger stop before insert on ledger_transactions for each row execute function stop()`)
	if _, err := books.Adopt(t.Context(), pool, clock, nil); err == nil {
		t.Fatal("not stopped")
	}
	if n := ask(t, pool, `select count(*)::text from ledger_transactions`); n != "5" {
		t.Errorf("%s booked of the first orders", n)
	}
	exec(t, pool, `drop trigger stop on ledger_transactions`)
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := books.Adopt(context.WithoutCancel(t.Context()), pool, clock, nil)
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Error(err)
	}
	if report, found := check(t, pool); len(found) > 0 || report.Transactions != 9 {
		t.Errorf("%+v", report)
	}
}

// Money that came when there were books, and was forgotten by the code of
// today, is never adopted: a check tells it.
func TestAdoptHidesNothing(t *testing.T) {
	t.Parallel()
	pool := upgraded(t)
	exec(t, pool, pays+`select pg_temp.pay(1011, null);
		insert into cash_collections (parcel_id, order_id, collector, amount_minor, currency, account_id, collected_at)
		select id, order_id, 'courier', 11500200, 'UZS', 1, now() from parcels where order_id = 7 and producer_id = 1`)
	adopt(t, pool, 9)
	_, found := check(t, pool)
	want := []string{"order 7, the cash for parcel 13 is not booked", "order 1011, payment 11 is not booked"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
