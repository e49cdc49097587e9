package ledger_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/platform/postgres/pgtest"
)

// seed is what entries refer to: orders 7 and 8, whose parcels and lines are
// those of home and abroad.
const seed = `
insert into regions (slug, country, iso) values ('karakalpakstan', 'UZ', 'UZ-QR');
insert into districts (region_id, slug) values (1, 'chimbay');
insert into villages (slug, district_id, latitude, longitude) values ('shimbay', 1, 42.93, 59.77);
insert into accounts (id, email, password_hash, name, lang) overriding system value
    values (9, 'finance@demo.awil', '$argon2id$x', 'Finance', 'en');
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values
    ('uz', 'UZS', '{UZ}', 'uz', '{uz,en}', 0, 100), ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 10);
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days, tracked) values
    ('uz', 'post', 'parcel', 'UZS', 2500000, 500000, 20000, 2, 5, true), ('jp', 'ems', 'box', 'JPY', 1450, 700, 30000, 7, 14, true);
insert into producers (slug, kind, village_id, currency, state, source_lang)
    select s, 'workshop', 1, c, 'active', 'uz' from (values ('melon', 'UZS'), ('felt', 'UZS'), ('honey', 'KGS')) v(s, c);
insert into categories (slug, food) values ('jams', true);
insert into products (slug, producer_id, category_id, state) select 'p' || n, case n when 4 then 3 else 2 - n % 2 end, 1, 'draft' from generate_series(1, 4) n;
insert into variants (product_id, net_unit, weight_grams, price_minor, currency, stock)
    select n, 'piece', 700, 4500000, 'UZS', 10 from generate_series(1, 4) n;
insert into orders (id, token, checkout_token, cart_hash, reference, market, lang, currency, payment_method, email, name, country,
    shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at)
    overriding system value values
    (7, 'tokentokentokentokentoken7', gen_random_uuid(), sha256('7'), 'AAAA-0007', 'uz', 'uz', 'UZS', 'card', 'a@b.uz', 'A', 'UZ',
     1, 'Post', 2, 5, 22500300, 5500000, 28000300, now(), now() + interval '1 hour'),
    (8, 'tokentokentokentokentoken8', gen_random_uuid(), sha256('8'), 'AAAA-0008', 'jp', 'ja', 'JPY', 'card', 'a@b.jp', 'A', 'JP',
     2, 'EMS', 7, 14, 3470, 2150, 5620, now(), now() + interval '1 hour');
insert into parcels (id, order_id, producer_id, status, shipping_minor) overriding system value values
    (21, 7, 1, 'waiting', 2500000), (22, 7, 2, 'waiting', 3000000), (23, 8, 1, 'waiting', 1450), (24, 8, 3, 'waiting', 700);
insert into order_lines (id, order_id, parcel_id, product_id, variant_id, producer_id, name, quantity, currency, unit_minor, line_minor,
    base_minor, base, rate, commission_bp, net_unit, weight_grams) overriding system value values
    (11, 7, 21, 1, 1, 1, 'Jam', 3, 'UZS', 4500100, 13500300, 4500003, 'UZS', 1, 1000, 'g', 700),
    (12, 7, 22, 2, 2, 2, 'Felt', 1, 'UZS', 9000000, 9000000, 9000000, 'UZS', 1, 0, 'piece', 400),
    (13, 8, 23, 3, 3, 1, 'Jam', 3, 'JPY', 560, 1680, 4500000, 'UZS', 0.0123, 1250, 'g', 700),
    (14, 8, 24, 4, 4, 3, 'Honey', 1, 'JPY', 1790, 1790, 99995, 'KGS', 1.79, 1000, 'g', 700);
-- These tests are about the books alone: nobody paid, sold or gave back what they speak of.
alter table ledger_transactions disable trigger ledger_subject, disable trigger ledger_facts;
`

func books(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.New(t)
	if _, err := pool.Exec(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	return pool
}
