package bench

import (
	"fmt"
	"strings"
)

// sampled is a table whose rows belong to orders, and how a copy of a row
// differs from it.
type sampled struct {
	table string
	of    string            // which rows belong to the sample, by the samples before; of orders nothing: see share
	refs  map[string]string // columns that name a row of a sampled table, and which
	set   map[string]string // columns that must differ otherwise; s is the row, k counts copies
}

// share is whose orders are sampled: those of a producer, or of all others.
type share struct {
	producer int64
	others   bool
}

// oneOfEach picks a paid order of each product.
const oneOfEach = `id in (select distinct on (l.variant_id) o.id from orders o join order_lines l on l.order_id = o.id
    where o.payment_method = 'payme' and o.paid_at is not null and (l.producer_id = %d) <> %t order by l.variant_id, o.id)`

const ofTheOrders = "order_id in (select id from sample_orders)"

// samples are the tables an order with its money is written in.
var samples = []sampled{
	{table: "orders", refs: map[string]string{"id": "orders"}, set: map[string]string{
		"token":          "'copy' || lpad(({orders} + s.rank_id)::text, 20, '0')",
		"checkout_token": "gen_random_uuid()",
		"reference":      "regexp_replace(upper(lpad(to_hex({orders} + s.rank_id), 8, '0')), '(.{4})(.{4})', '\\1-\\2')",
		"number":         "1000000 + {orders} + s.rank_id",
	}},
	{table: "parcels", of: ofTheOrders,
		refs: map[string]string{"id": "parcels", "order_id": "orders"}},
	{table: "order_lines", of: ofTheOrders,
		refs: map[string]string{"id": "order_lines", "order_id": "orders", "parcel_id": "parcels"}},
	{table: "reservations", of: ofTheOrders, refs: map[string]string{"order_id": "orders"}},
	{table: "order_events", of: ofTheOrders,
		refs: map[string]string{"id": "order_events", "order_id": "orders", "parcel_id": "parcels"}},
	{table: "payments", of: ofTheOrders,
		refs: map[string]string{"id": "payments", "order_id": "orders"},
		set:  map[string]string{"provider_ref": "'attempt-' || ({payments} + s.rank_id)"}},
	{table: "provider_transactions", of: ofTheOrders,
		refs: map[string]string{"id": "provider_transactions", "payment_id": "payments", "order_id": "orders"},
		set:  map[string]string{"ref": "'c' || lpad(({provider_transactions} + s.rank_id)::text, 23, '0')"}},
	{table: "ledger_transactions", of: ofTheOrders,
		refs: map[string]string{"id": "ledger_transactions", "order_id": "orders"},
		set: map[string]string{"subject_id": "case s.subject" +
			" when 'payment' then {payments} + (select p.rank_id from sample_payments p where p.id = s.subject_id)" +
			" when 'parcel' then {parcels} + (select p.rank_id from sample_parcels p where p.id = s.subject_id) end"}},
	{table: "ledger_entries", of: "transaction_id in (select id from sample_ledger_transactions)",
		refs: map[string]string{"id": "ledger_entries", "transaction_id": "ledger_transactions", "line_id": "order_lines", "parcel_id": "parcels"}},
}

// key is the column that its rows are in order by.
func (s sampled) key() string {
	if s.numbered() {
		return "id"
	}
	return "order_id"
}

// numbered reports whether the rows have numbers of their own.
func (s sampled) numbered() bool { return s.refs["id"] != "" }

// pick is the statement that puts the rows of a table aside, those they name by
// their place in the sample.
func (s sampled) pick(from share) string {
	ranks := []string{fmt.Sprintf("row_number() over (order by t.%s) as rank_id", s.key())}
	for column, table := range s.refs {
		if column != "id" {
			ranks = append(ranks, fmt.Sprintf("(select f.rank_id from sample_%s f where f.id = t.%s) as rank_%s", table, column, column))
		}
	}
	of := s.of
	if of == "" {
		of = fmt.Sprintf(oneOfEach, from.producer, from.others)
	}
	return fmt.Sprintf("/* bench.sample */ create temp table sample_%[1]s as select t.*, %[2]s from %[1]s t where %[3]s",
		s.table, strings.Join(ranks, ", "), of)
}

// after is the statement that lets the shop go on numbering.
func (s sampled) after() string {
	return fmt.Sprintf("select setval(pg_get_serial_sequence('%[1]s', 'id'), max(id)) from %[1]s", s.table)
}

// copies is the statement that writes each row of the sample as many times as
// it is told. base is the last id of each table before, size how many rows the
// sample has.
func (s sampled) copies(columns []string, base, size map[string]int64) string {
	first := func(table string) string { return fmt.Sprintf("%d + (k - 1) * %d", base[table], size[table]) }
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = "s." + column
		if table, named := s.refs[column]; named {
			values[i] = fmt.Sprintf("%s + s.rank_%s", first(table), column)
		}
		if value, other := s.set[column]; other {
			for table := range base {
				value = strings.ReplaceAll(value, "{"+table+"}", "("+first(table)+")")
			}
			values[i] = value
		}
	}
	return fmt.Sprintf("/* bench.copies */ insert into %[1]s (%[2]s) overriding system value "+
		"select %[3]s from generate_series(1, $1::bigint) k, sample_%[1]s s order by k, s.rank_id",
		s.table, strings.Join(columns, ", "), strings.Join(values, ", "))
}
