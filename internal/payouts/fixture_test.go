package payouts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payouts"
	"awil/internal/platform/postgres/pgtest"
)

// seed is a programme with two producers in Uzbekistan and one in Kyrgyzstan,
// and the people of its office.
const seed = `
insert into regions (slug, country, iso) values ('karakalpakstan', 'UZ', 'UZ-QR');
insert into districts (region_id, slug) values (1, 'chimbay');
insert into villages (slug, district_id, latitude, longitude) values ('shimbay', 1, 42.93, 59.77);
insert into accounts (id, email, password_hash, name, lang) overriding system value values
    (1, 'anna@demo.awil', '$argon2id$x', 'Anna', 'en'), (2, 'berik@demo.awil', '$argon2id$x', 'Berik', 'ru'),
    (3, 'cem@demo.awil', '$argon2id$x', 'Cem', 'en'), (4, 'maker@demo.awil', '$argon2id$x', 'Maker', 'kaa');
insert into account_roles (account_id, role) values (1, 'finance'), (2, 'admin'), (3, 'curator');
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values
    ('uz', 'UZS', '{UZ}', 'uz', '{uz,en}', 0, 100), ('kg', 'KGS', '{KG}', 'ky', '{ky,ru}', 0, 100);
insert into programme (name, default_market, commission_bp, destination_days) values ('Awıl', 'uz', 1000, 0);
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days, tracked) values
    ('uz', 'post', 'parcel', 'UZS', 2500000, 500000, 20000, 2, 5, true), ('kg', 'post', 'parcel', 'KGS', 20000, 5000, 20000, 2, 5, true);
insert into producers (slug, kind, village_id, currency, state, source_lang) values
    ('melon', 'workshop', 1, 'UZS', 'active', 'kaa'), ('felt', 'workshop', 1, 'UZS', 'active', 'kaa'), ('honey', 'family', 1, 'KGS', 'active', 'ky');
insert into producer_sources (producer_id, lang, name) values (1, 'kaa', 'Altın Qawın'), (2, 'kaa', 'Kiyiz Úyi'), (3, 'ky', 'Балчылар');
insert into producer_members (producer_id, account_id, role) values (1, 4, 'owner');
insert into categories (slug, food) values ('jams', true);
insert into products (slug, producer_id, category_id, state) select 'p' || n, n, 1, 'draft' from generate_series(1, 3) n;
insert into product_sources (product_id, lang, name) values (1, 'kaa', 'Qawın varenyesi'), (2, 'kaa', 'Kiyiz'), (3, 'ky', 'Бал');
insert into variants (product_id, net_unit, weight_grams, price_minor, currency, stock)
    select n, 'piece', 700, 4500000, case n when 3 then 'KGS' else 'UZS' end, 10 from generate_series(1, 3) n;
-- These tests are about the books alone: nobody paid, sold or gave back what they speak of.
alter table ledger_transactions disable trigger ledger_subject, disable trigger ledger_facts;
`

// world is the programme with its books.
type world struct {
	t      testing.TB
	db     *pgxpool.Pool
	now    time.Time
	books  *ledger.Service
	orders int64
	*payouts.Service
}

const (
	anna, berik, cem, maker = 1, 2, 3, 4
	melon, felt, honey      = int64(1), int64(2), int64(3)
)

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.New(t), now: time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)}
	_, err := w.db.Exec(t.Context(), seed)
	w.ok(err)
	w.books = ledger.New(w.db)
	vault, err := payouts.NewVault([]byte("0123456789abcdef0123456789abcdef"))
	w.ok(err)
	w.Service = payouts.New(payouts.Config{DB: w.db, Clock: func() time.Time { return w.now }, Vault: vault})
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func currencyOf(producer int64) money.Currency {
	if producer == honey {
		return money.KGS
	}
	return money.UZS
}

// sold is an order with one parcel of one line.
type sold struct {
	order, parcel, line int64
	sale                ledger.Sale
	released            bool
	refunded            int
}

const sqlOrder = `
with o as (
    insert into orders (token, checkout_token, cart_hash, reference, number, market, lang, currency, payment_method, email, name, country,
        shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at)
    values ($1::text, gen_random_uuid(), sha256($1::text::bytea), $2, $9::bigint, $8::text, 'uz', $3::text, 'card', 'a@b.uz', 'A', 'UZ', (select id from shipping_methods where market = $8::text), 'Post', 2, 5, $5::bigint * $6::int, $7::bigint, $5::bigint * $6::int + $7::bigint, now(), now() + interval '1 hour')
    returning id
), p as (
    insert into parcels (order_id, producer_id, status, shipping_minor) select o.id, $4::bigint, 'waiting', $7::bigint from o returning id, order_id
)
insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name, quantity, currency, unit_minor, line_minor,
    base_minor, base, rate, commission_bp, net_unit, weight_grams)
select p.order_id, p.id, $4::bigint, $4::bigint, $4::bigint, 'Jam', $6::int, $3::text, $5::bigint, $5::bigint * $6::int, $5::bigint, $3::text, 1, $10::int, 'piece', 700 from p
returning order_id, parcel_id, id`

// order writes one that is fit to be referred to; the books do not look at how
// far it has come.
func (w *world) order(producer int64, unit int64, quantity int, shipping int64, commissionBP int) sold {
	w.t.Helper()
	w.orders++
	cur := currencyOf(producer)
	market := "uz"
	if cur == money.KGS {
		market = "kg"
	}
	var s sold
	err := w.db.QueryRow(w.t.Context(), sqlOrder, fmt.Sprintf("tokentokentokentokentoken%d", w.orders), fmt.Sprintf("AAAA-%04d", w.orders),
		cur, producer, unit, quantity, shipping, market, 10000+w.orders, commissionBP).Scan(&s.order, &s.parcel, &s.line)
	w.ok(err)
	s.sale = ledger.Sale{OrderID: s.order, Currency: cur,
		Lines: []ledger.SaleLine{{ID: s.line, ParcelID: s.parcel, ProducerID: producer, Quantity: quantity,
			Unit: money.New(unit, cur), Base: money.New(unit, cur), CommissionBP: commissionBP}},
		Parcels: []ledger.SaleParcel{{ID: s.parcel, ProducerID: producer, Shipping: money.New(shipping, cur), ToProducer: true}}}
	return s
}

func (w *world) post(p ledger.Posting, err error) {
	w.t.Helper()
	w.ok(err)
	posted, err := w.books.Post(w.t.Context(), p)
	w.ok(err)
	if !posted && len(p.Entries) > 0 {
		w.t.Fatalf("%s of %d was booked before", p.Rule, p.SubjectID)
	}
}

// paid books an order's money; the payment's number is the order's.
func (w *world) paid(s *sold) {
	w.t.Helper()
	w.post(ledger.OrderPaid(s.order, ledger.TillBank, s.sale, w.now))
}

func (w *world) release(s *sold) {
	w.t.Helper()
	left, err := w.books.ReserveOfParcel(w.t.Context(), s.parcel)
	w.ok(err)
	w.post(ledger.EarningsReleased(s.parcel, s.order, s.sale.Parcels[0].ProducerID, left, w.now))
	s.released = true
}

func (w *world) refundOf(s *sold, pieces int) (ledger.Posting, error) {
	w.orders++ // numbers of refunds and orders need only differ from themselves
	p, err := ledger.Refund(w.orders, s.order, s.sale.Currency, []ledger.RefundLine{{SaleLine: s.sale.Lines[0], Before: s.refunded, Now: pieces, Released: s.released}},
		nil, w.now, anna)
	s.refunded += pieces
	return p, err
}

func (w *world) refund(s *sold, pieces int) {
	w.t.Helper()
	w.post(w.refundOf(s, pieces))
}

// earned is an order that has come to its end: what it earned is payable.
func (w *world) earned(producer, unit int64, quantity int) *sold {
	w.t.Helper()
	s := w.order(producer, unit, quantity, 0, 1000)
	w.paid(&s)
	w.release(&s)
	return &s
}

// cards go where the tests' money does; the numbers satisfy Luhn and are no
// cards.
func (w *world) card(producer int64) {
	w.t.Helper()
	w.ok(w.SetDestination(w.t.Context(), producer, anna, payouts.Typed{Kind: payouts.KindCard, Holder: "AYSULU T", Number: "8600 1234 5678 9012"}))
}

func (w *world) bank(producer int64) {
	w.t.Helper()
	typed := payouts.Typed{Kind: payouts.KindBank, Holder: "“Kiyiz Úyi” JK", BankCode: "00873", Number: "2020 8000 9001 2345 6001"}
	typed.Holder = "Kiyiz Úyi JK"
	if producer == honey {
		typed = payouts.Typed{Kind: payouts.KindBank, Holder: "Балчылар ЖК", BankCode: "109018", Number: "1091820000120128"}
	}
	w.ok(w.SetDestination(w.t.Context(), producer, anna, typed))
}

func (w *world) payable(producer int64) int64 {
	w.t.Helper()
	a, err := w.books.Balance(w.t.Context(), ledger.PayableTo(producer, currencyOf(producer)))
	w.ok(err)
	return -a.Minor
}

// approved proposes and approves a batch in a currency.
func (w *world) approved(cur money.Currency) (int64, payouts.Decision) {
	w.t.Helper()
	id, err := w.Propose(w.t.Context(), anna, cur)
	w.ok(err)
	done, err := w.Approve(w.t.Context(), berik, id)
	w.ok(err)
	return id, done
}

func (w *world) list(batch int64) []payouts.Payout {
	w.t.Helper()
	list, err := w.OfBatch(w.t.Context(), "en", batch)
	w.ok(err)
	return list
}

// proves fails unless every stored statement is what the ledger says.
func (w *world) proves() {
	w.t.Helper()
	differences, err := payouts.ReplayStatements(w.t.Context(), w.db, 0)
	w.ok(err)
	for _, d := range differences {
		w.t.Error(d)
	}
}
