package chaos

import (
	"awil/internal/i18n"
	"awil/internal/shipping"
)

// The programme every schedule begins with: three producers in two currencies,
// five things to sell and few of each, two markets.
const programme = `
insert into regions (slug, country, iso) values ('karakalpakstan', 'UZ', 'UZ-QR'), ('naryn', 'KG', 'KG-N');
insert into districts (region_id, slug) values (1, 'chimbay'), (2, 'kochkor');
insert into villages (slug, district_id, latitude, longitude) values ('shimbay', 1, 42.93, 59.77), ('kochkor', 2, 42.22, 75.75);
insert into village_texts (village_id, lang, name, state) values (1, 'en', 'Chimbay', 'source'), (2, 'en', 'Kochkor', 'source');
insert into accounts (email, password_hash, name, lang) values
    ('melon@demo.awil', '$argon2id$x', 'Melon', 'kaa'), ('felt@demo.awil', '$argon2id$x', 'Felt', 'uz'),
    ('wool@demo.awil', '$argon2id$x', 'Wool', 'ky'), ('finance@demo.awil', '$argon2id$x', 'Finance', 'en'),
    ('second@demo.awil', '$argon2id$x', 'Second', 'en');
insert into account_roles (account_id, role) values (4, 'finance'), (5, 'finance');
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values
    ('uz', 'UZS', '{UZ}', 'uz', '{uz,kaa,ru,en}', 0, 100), ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 10);
insert into market_payment_methods (market, method, position, hold_minutes) values
    ('uz', 'cod', 0, null), ('uz', 'bank', 1, 4320), ('uz', 'card', 2, 60), ('uz', 'payme', 3, 60), ('jp', 'card', 0, 30);
insert into programme (name, default_market, commission_bp, bank_details, contact_email) values
    ('Awıl', 'uz', 1250, 'IBAN 1', 'office@demo.awil');
insert into producers (slug, kind, village_id, currency, state, source_lang) values
    ('melon', 'workshop', 1, 'UZS', 'active', 'kaa'), ('felt', 'family', 1, 'UZS', 'active', 'uz'),
    ('wool', 'family', 2, 'KGS', 'active', 'ky');
insert into producer_texts (producer_id, lang, name, state) values
    (1, 'kaa', 'Altın Qawın', 'source'), (2, 'uz', 'Kigiz', 'source'), (3, 'ky', 'Жүн', 'source');
insert into producer_members (producer_id, account_id, role) values (1, 1, 'owner'), (2, 2, 'owner'), (3, 3, 'owner');
insert into categories (slug, food) values ('jams', true);
insert into products (slug, producer_id, category_id, state, submitted_at, published_at, hs_code)
    select s, p, 1, 'approved', now(), now(), '200799'
    from (values ('melon-jam', 1), ('tea', 1), ('slippers', 2), ('shyrdak', 3), ('socks', 3)) v(s, p);
insert into product_texts (product_id, lang, name, state)
    select id, 'en', slug, 'approved' from products;
insert into product_sources (product_id, lang, name) select id, 'en', slug from products;
insert into variants (product_id, net_quantity, net_unit, weight_grams, price_minor, currency, stock) values
    (1, 500, 'g', 700, 4500037, 'UZS', 3), (2, 80, 'g', 120, 2000000, 'UZS', 3), (3, null, 'piece', 400, 9000001, 'UZS', 3),
    (4, null, 'piece', 3000, 333333, 'KGS', 3), (5, null, 'piece', 200, 45011, 'KGS', 3);
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand)
    select 'uz', id, product_id, case currency when 'UZS' then price_minor else price_minor * 150 end, 'UZS', price_minor, currency,
        case currency when 'UZS' then 1 else 141.37 end, case currency when 'UZS' then null else '2026-11-01'::date end, false from variants;
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand)
    select 'jp', id, product_id, case currency when 'UZS' then price_minor / 5000 else price_minor / 40 end, 'JPY', price_minor, currency,
        case currency when 'UZS' then 0.0123 else 1.7391 end, '2026-11-01', false from variants;
insert into listings (market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at)
    select o.market, o.product_id, o.price_minor, o.currency, 1, r.village_id, p.producer_id, now()
    from offers o join products p on p.id = o.product_id join producers r on r.id = p.producer_id;
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days, tracked) values
    ('uz', 'post', 'parcel', 'UZS', 2500000, 500000, 20000, 2, 5, true), ('jp', 'ems', 'box', 'JPY', 1450, 700, 30000, 7, 14, true);
insert into payout_destinations (producer_id, kind, country, holder, handed_by, set_by, set_at, usable_from)
    select id, 'cash', case currency when 'UZS' then 'UZ' else 'KG' end, slug, 'the office', id, '2020-01-01', '2020-01-01' from producers;
insert into shipping_method_texts (method_id, lang, name) values (1, 'en', 'Post'), (2, 'en', 'EMS');
`

// Who and what the programme above holds.
const (
	variants  = 5
	producers = 3
	finance   = 4 // accounts of staff
	second    = 5
)

// accountOf is the account of a producer's owner.
func accountOf(producer int64) int64 { return producer }

// Where buyers have things sent, by market; her own number follows the telephone
// number and the house.
var addresses = map[string]shipping.Address{
	"uz": {Name: "Gulnara", Phone: "+99891234567", Country: "UZ", Region: "UZ-QR", City: "Nókis", Line1: "Ǵárezsizlik 1"},
	"jp": {Name: "山田 花子", Phone: "0901234567", Country: "JP", Postcode: "220-0012", Region: "JP-14", City: "横浜市西区", Line1: "みなとみらい2-3-"},
}

var languages = map[string]i18n.Lang{"uz": i18n.EN, "jp": i18n.JA}
