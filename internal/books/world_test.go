package books_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres/pgtest"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// ground is what orders stand on. Triggers sleep, as they do for whoever
// tampers with a database from below.
const ground = `
set session_replication_role = replica;
insert into regions (slug, country, iso) values ('karakalpakstan', 'UZ', 'UZ-QR');
insert into districts (region_id, slug) values (1, 'chimbay');
insert into villages (slug, district_id, latitude, longitude) values ('shimbay', 1, 42.93, 59.77);
insert into accounts (email, password_hash, name, lang) values ('finance@demo.awil', '$argon2id$x', 'Finance', 'en');
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values
    ('uz', 'UZS', '{UZ}', 'uz', '{uz,en}', 0, 100), ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 10);
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days, tracked) values
    ('uz', 'post', 'parcel', 'UZS', 2500000, 500000, 20000, 2, 5, true), ('jp', 'ems', 'box', 'JPY', 1450, 700, 30000, 7, 14, true);
insert into producers (slug, kind, village_id, currency, state, source_lang)
    select s, 'workshop', 1, 'UZS', 'active', 'uz' from (values ('melon'), ('felt')) v(s);
insert into categories (slug, food) values ('jams', true);
insert into products (slug, producer_id, category_id, state) select 'p' || n, n, 1, 'draft' from generate_series(1, 2) n;
insert into variants (product_id, net_unit, weight_grams, price_minor, currency, stock)
    select n, 'piece', 700, 4500000, 'UZS', 10 from generate_series(1, 2) n;
`

// world is one order of each sort, as the shop would leave it: 1 paid by card
// in yen and partly refunded, before and after release; 2 paid in cash, one
// parcel to its producer and one to a courier; 3 expired, and paid all the same.
const world = `
insert into orders (token, checkout_token, cart_hash, reference, number, market, lang, currency, status, payment_method, email, name, country,
    shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at, paid_at) values
    ('tokentokentokentokentoken1', gen_random_uuid(), sha256('1'), 'AAAA-0001', 1, 'jp', 'ja', 'JPY', 'delivered', 'card', 'a@b.jp', 'A', 'JP',
     2, 'EMS', 7, 14, 3470, 2150, 5620, now(), now(), now()),
    ('tokentokentokentokentoken2', gen_random_uuid(), sha256('2'), 'AAAA-0002', 2, 'uz', 'uz', 'UZS', 'delivered', 'cod', 'a@b.uz', 'A', 'UZ',
     1, 'Post', 2, 5, 13500300, 5500000, 19000300, now(), null, now()),
    ('tokentokentokentokentoken3', gen_random_uuid(), sha256('3'), 'AAAA-0003', null, 'jp', 'ja', 'JPY', 'expired', 'card', 'a@b.jp', 'A', 'JP',
     2, 'EMS', 7, 14, 560, 700, 1260, now(), now(), null);
insert into parcels (order_id, producer_id, status, shipping_minor, released_at) values
    (1, 1, 'delivered', 1450, now()), (1, 2, 'delivered', 700, null), (2, 1, 'delivered', 2500000, null), (2, 2, 'delivered', 3000000, null),
    (3, 1, 'cancelled', 700, null);
insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name, quantity, currency, unit_minor, line_minor,
    base_minor, base, rate, commission_bp, net_unit, weight_grams) values
    (1, 1, 1, 1, 1, 'Jam', 3, 'JPY', 560, 1680, 4500000, 'UZS', 0.0123, 1250, 'g', 700),
    (1, 2, 2, 2, 2, 'Felt', 1, 'JPY', 1790, 1790, 14500003, 'UZS', 0.0123, 1000, 'piece', 700),
    (2, 3, 1, 1, 1, 'Jam', 2, 'UZS', 4500100, 9000200, 4500003, 'UZS', 1, 1000, 'g', 700),
    (2, 4, 2, 2, 2, 'Felt', 1, 'UZS', 4500100, 4500100, 4500000, 'UZS', 1, 1000, 'piece', 700),
    (3, 5, 1, 1, 1, 'Jam', 1, 'JPY', 560, 560, 4500000, 'UZS', 0.0123, 1250, 'g', 700);
insert into payments (order_id, provider, status, amount_minor, currency, provider_ref, created_at, settled_at, refund_due, received_minor, received_currency) values
    (1, 'stripe', 'succeeded', 5620, 'JPY', 'cs_1', now(), now(), false, null, null),
    (2, 'cod', 'succeeded', 19000300, 'UZS', 'AAAA-0002', now(), now(), false, null, null),
    (3, 'stripe', 'expired', 1260, 'JPY', 'cs_3', now(), null, true, 1200, 'JPY');
insert into cash_collections (parcel_id, order_id, collector, amount_minor, currency, account_id, collected_at) values
    (3, 2, 'producer', 11500200, 'UZS', 1, now()), (4, 2, 'courier', 7500100, 'UZS', 1, now());
alter table ledger_transactions disable trigger ledger_facts; -- what happened is told before it is booked
insert into refunds (order_id, payment_id, kind, method, status, amount_minor, currency, reason, till, sendings, proof, decided_at, sent_at) values
    (1, 1, 'order', 'provider', 'sent', 1260, 'JPY', 'late', 'stripe', 1, '', now(), now()),
    (1, 1, 'order', 'provider', 'due', 560, 'JPY', 'damaged', '', 0, '', now(), null),
    (3, 3, 'unexpected', 'hand', 'sent', 1200, 'JPY', 'unexpected', 'bank', 2, 'PP-1', now(), now()),
    (2, null, 'order', 'hand', 'failed', 4500100, 'UZS', 'wrong', 'cash', 1, '', now(), null);
insert into refund_lines (refund_id, order_id, line_id, quantity, restocked, amount_minor) values
    (1, 1, 1, 1, 0, 560), (2, 1, 1, 1, 0, 560), (4, 2, 3, 1, 0, 4500100);
insert into refund_shipping (refund_id, order_id, parcel_id, amount_minor) values (1, 1, 2, 700);
insert into disputes (payment_id, order_id, provider, provider_ref, status, amount_minor, currency, opened_at, closed_at) values
    (1, 1, 'stripe', 'dp_1', 'won', 3000, 'JPY', now(), now()), (1, 1, 'stripe', 'dp_2', 'lost', 500, 'JPY', now(), now()),
    (1, 1, 'stripe', 'dp_3', 'open', 200, 'JPY', now(), null);
insert into provider_charges (payment_id, provider, provider_ref, kind, amount_minor, fee_minor, currency, rate, source_minor, at) values
    (1, 'stripe', 'txn_1', 'charge', 3612, 130, 'USD', 0.006428, 5620, now()), (1, 'stripe', 'txn_2', 'refund', -700, 0, 'JPY', null, null, now());
insert into payout_destinations (producer_id, kind, country, holder, handed_by, set_by, set_at, usable_from) values (1, 'cash', 'UZ', 'M', 'Officer', 1, now(), now());
insert into payout_batches (currency, status, proposed_by, proposed_at, decided_by, decided_at) values ('UZS', 'approved', 1, now(), 2, now());
insert into payouts (batch_id, producer_id, currency, destination_id, status, proposed_minor, amount_minor, proof, paid_by, paid_at,
    returned_by, returned_at, return_reason) values
    (1, 1, 'UZS', 1, 'returned', 5000000, 5000000, 'signed', 1, now(), 1, now(), 'she was away'),
    (1, 2, 'UZS', 1, 'approved', 1000, 1000, '', null, null, null, null, '');
insert into imports (till, name, hash, known, account_id, at) values ('bank', 'day.csv', sha256('x'), 0, 1, now());
insert into import_lines (import_id, number, till, external_id, kind, amount_minor, currency, refs, at) values
    (1, 1, 'bank', 'a', 'other', -900, 'UZS', '{}', now()), (1, 2, 'bank', 'b', 'payout', 3000, 'USD', '{}', now()),
    (1, 3, 'bank', 'c', 'transfer', 7500100, 'UZS', '{}', now()), (1, 4, 'bank', 'd', 'transfer', 100, 'UZS', '{}', now()),
    (1, 5, 'bank', 'e', 'transfer', -2000, 'USD', '{}', now());
insert into manual_entries (kind, line_id, till, producer_id, amount_minor, currency, to_minor, to_currency, rate, account_id, at) values
    ('cash_handed_in', 3, 'courier', null, 7500100, 'UZS', null, null, null, 1, now()),
    ('debt_paid', 4, '', 1, 100, 'UZS', null, null, null, 1, now()),
    ('exchange', 5, '', null, 2000, 'USD', 25300000, 'UZS', 12650, 1, now()),
    ('provider_fee', 2, 'stripe', null, 45, 'USD', null, null, null, 1, now());
`

func exec(t testing.TB, pool *pgxpool.Pool, sql string) {
	t.Helper()
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Conn().PgConn().Exec(t.Context(), sql+`; set session_replication_role = default`).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

// tamper does what nobody may.
func tamper(t testing.TB, pool *pgxpool.Pool, sql string) {
	t.Helper()
	exec(t, pool, `set session_replication_role = replica;`+sql)
}

type clerk struct {
	testing.TB
	pool  *pgxpool.Pool
	books *ledger.Service
}

func (c clerk) post(p ledger.Posting, err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
	if posted, err := c.books.Post(c.Context(), p); err != nil || !posted {
		c.Fatalf("%s of %s %d: posted %v, %v", p.Rule, p.Subject, p.SubjectID, posted, err)
	}
}

func (c clerk) turn(n int, p ledger.Posting, err error) {
	c.Helper()
	p.Turn = n
	c.post(p, err)
}

// newWorld books the world as the shop does.
func newWorld(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t)
	exec(t, pool, ground+world)
	c := clerk{t, pool, ledger.New(pool)}
	yen := func(minor int64) money.Amount { return money.New(minor, money.JPY) }
	soum := func(minor int64) money.Amount { return money.New(minor, money.UZS) }
	abroad, home := abroad(t), atHome()
	refund := func(id int64, line ledger.SaleLine, before int, released bool, parcels ...ledger.RefundParcel) {
		t.Helper()
		cur := line.Unit.Currency
		order := map[money.Currency]int64{money.JPY: 1, money.UZS: 2}[cur]
		c.post(ledger.Refund(id, order, cur, []ledger.RefundLine{{SaleLine: line, Before: before, Now: 1, Released: released}}, parcels, noon, 1))
	}

	c.post(ledger.OrderPaid(1, ledger.TillStripe, abroad, noon))
	refund(1, abroad.Lines[0], 0, false, ledger.RefundParcel{SaleParcel: abroad.Parcels[1], Before: yen(0), Now: yen(700)})
	c.post(ledger.RefundSent(1, 1, ledger.TillStripe, yen(1260), noon, 0))
	left, err := c.books.ReserveOfParcel(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	c.post(ledger.EarningsReleased(1, 1, 1, left, noon))
	refund(2, abroad.Lines[0], 1, true)
	c.post(ledger.DisputeOpened(1, 1, ledger.TillStripe, yen(3000), noon))
	c.post(ledger.DisputeWon(1, 1, ledger.TillStripe, yen(3000), noon))
	c.post(ledger.DisputeOpened(2, 1, ledger.TillStripe, yen(500), noon))
	c.post(ledger.DisputeLost(2, 1, ledger.TillStripe, yen(500), noon))
	c.post(ledger.DisputeOpened(3, 1, ledger.TillStripe, yen(200), noon))
	c.post(ledger.ProviderExchange(1, 1, ledger.TillStripe, yen(5620), money.New(3612, money.USD), rate(t, "0.006428"), noon))
	c.post(ledger.ProviderFee(1, 1, ledger.TillStripe, money.New(130, money.USD), noon))

	for i, who := range []ledger.Collector{ledger.CollectorProducer, ledger.CollectorCourier} {
		one := home
		one.Lines, one.Parcels = home.Lines[i:i+1], home.Parcels[i:i+1]
		c.post(ledger.CashCollected(home.Parcels[i].ID, who, one, noon, 1))
	}
	refund(4, home.Lines[0], 0, true)
	c.post(ledger.RefundSent(4, 2, ledger.TillCash, soum(4_500_100), noon, 1))
	c.post(ledger.RefundFailed(4, 2, ledger.TillCash, soum(4_500_100), noon, 1))

	c.post(ledger.Unexpected(3, 3, ledger.TillStripe, yen(1200), noon))
	c.post(ledger.RefundSent(3, 3, ledger.TillStripe, yen(1200), noon, 0))
	c.post(ledger.RefundFailed(3, 3, ledger.TillStripe, yen(1200), noon, 0))
	p, err := ledger.RefundSent(3, 3, ledger.TillBank, yen(1200), noon, 1)
	c.turn(1, p, err)

	c.post(ledger.Payout(1, 1, soum(5_000_000), noon, 1))
	c.post(ledger.PayoutPaid(1, ledger.TillCash, soum(5_000_000), noon, 1))
	c.post(ledger.PayoutReturned(1, 1, ledger.TillCash, soum(5_000_000), noon, 1))
	c.post(ledger.Payout(2, 2, soum(1000), noon, 1))
	c.post(ledger.CashHandedIn(1, ledger.TillCourier, soum(7_500_100), noon, 1))
	c.post(ledger.DebtPaid(2, 1, ledger.TillBank, soum(100), noon, 1))
	c.post(ledger.Exchange(3, ledger.TillBank, money.New(2000, money.USD), soum(25_300_000), rate(t, "12650"), noon, 1))
	c.reported(ledger.Unexplained(1, ledger.TillBank, soum(-900), noon, 1, "who is this"))
	c.reported(ledger.ProviderPaidOut(2, ledger.TillStripe, money.New(3000, money.USD), noon))
	c.post(ledger.FeeKept(4, ledger.TillStripe, money.New(45, money.USD), noon, 1))
	return pool
}

// reported posts what is booked because of a line, and matches them.
func (c clerk) reported(p ledger.Posting, err error) {
	c.Helper()
	c.post(p, err)
	booked, err := c.books.OfSubject(c.Context(), p.Subject, p.SubjectID)
	if err != nil {
		c.Fatal(err)
	}
	tamper(c, c.pool, fmt.Sprintf(`insert into matches (how, transaction_id, at) values ('booked', %d, now());
		insert into match_items (match_id, line_id) values (currval('matches_id_seq'), %d)`, booked[0].TransactionID, p.SubjectID))
}

func rate(t testing.TB, text string) money.Rate {
	t.Helper()
	r, err := money.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func abroad(t testing.TB) ledger.Sale {
	yen := func(minor int64) money.Amount { return money.New(minor, money.JPY) }
	return ledger.Sale{
		OrderID: 1, Currency: money.JPY,
		Lines: []ledger.SaleLine{
			{ID: 1, ParcelID: 1, ProducerID: 1, Quantity: 3, Unit: yen(560), Base: money.New(4_500_000, money.UZS), Rate: rate(t, "0.0123"), CommissionBP: 1250},
			{ID: 2, ParcelID: 2, ProducerID: 2, Quantity: 1, Unit: yen(1790), Base: money.New(14_500_003, money.UZS), Rate: rate(t, "0.0123"), CommissionBP: 1000},
		},
		Parcels: []ledger.SaleParcel{{ID: 1, ProducerID: 1, Shipping: yen(1450)}, {ID: 2, ProducerID: 2, Shipping: yen(700)}},
	}
}

func atHome() ledger.Sale {
	soum := func(minor int64) money.Amount { return money.New(minor, money.UZS) }
	return ledger.Sale{
		OrderID: 2, Currency: money.UZS,
		Lines: []ledger.SaleLine{
			{ID: 3, ParcelID: 3, ProducerID: 1, Quantity: 2, Unit: soum(4_500_100), Base: soum(4_500_003), CommissionBP: 1000},
			{ID: 4, ParcelID: 4, ProducerID: 2, Quantity: 1, Unit: soum(4_500_100), Base: soum(4_500_000), CommissionBP: 1000},
		},
		Parcels: []ledger.SaleParcel{{ID: 3, ProducerID: 1, Shipping: soum(2_500_000), ToProducer: true}, {ID: 4, ProducerID: 2, Shipping: soum(3_000_000), ToProducer: true}},
	}
}
