package checkout_test

import (
	"fmt"
	"strings"
	"testing"

	"awil/internal/ledger"
	"awil/internal/markets"
)

// TestTheDatabaseKeepsRefunds: even by hand no more goes back than came, and
// what was decided stays.
func TestTheDatabaseKeepsRefunds(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	card, o := s.bought("jp", want{jam, 3}, want{felt, 1}) // order, payment 1; lines 1, 2; parcels 1, 2
	cash := s.place("uz", markets.COD, want{tea, 2})       // order 2, line 3, parcel 3
	waiting := s.place("uz", markets.Bank, want{tea, 1})   // order 3
	parcels := s.send(cash.Token)
	s.collect("paid", parcels[0], ledger.CollectorCourier)
	s.ok(s.ask(card.Token, want{jam, 1}))
	in := s.pieces(o, want{jam, 1})
	in.RequestID = s.requests(o.ID)[0].ID
	r := s.decide(in)
	s.work()
	ref, err := s.standin.OpenDispute(session(card.PayURL), "general")
	s.ok(err)
	s.work()
	s.dispute(ref, "open")
	_ = waiting

	for _, table := range []string{"refunds", "refund_lines", "refund_shipping", "disputes", "refund_requests"} {
		if table != "refund_shipping" { // there is none to delete
			s.refused("append-only", `delete from `+table)
		}
		s.refused("append-only", `truncate `+table+` cascade`)
	}
	s.refused("append-only", `update refund_lines set quantity = 2`)
	s.refused("append-only", `update provider_charges set fee_minor = 0`)
	s.refused("append-only", `delete from provider_charges`)
	for _, tt := range []struct{ reason, sql string }{
		{"begins as due", refund(`1, 1, 'order', 'hand', 'pending', 900, 'JPY'`, ``)},
		{"has parts of", refund(`1, 1, 'order', 'hand', 'due', 901, 'JPY'`, part(1, 1, 900))},
		{"has parts of", refund(`1, 1, 'order', 'hand', 'due', 900, 'JPY'`, ``)},
		{"more of a line than was sold", refund(`1, 1, 'order', 'hand', 'due', 2700, 'JPY'`, part(1, 3, 2700))},
		{"more of a line than was sold", refund(`1, 1, 'order', 'hand', 'due', 800, 'JPY'`, part(1, 1, 800))},
		{"more of a line than was sold", refund(`1, 1, 'order', 'hand', 'due', 2000000, 'JPY'`, part(3, 1, 2000000))},
		{"more shipping than was paid", refund(`1, 1, 'order', 'hand', 'due', 99999, 'JPY'`, postage(1, 99999))},
		{"refund_shipping_parcel_id_order_id_fkey", refund(`1, 1, 'order', 'hand', 'due', 1, 'JPY'`, postage(3, 1))},
		{"does not fit payment", refund(`1, 1, 'unexpected', 'hand', 'due', 900, 'JPY'`, ``)},
		{"does not fit payment", refund(`3, 3, 'order', 'hand', 'due', 2000000, 'UZS'`, part(4, 1, 2000000))},
		{"does not fit payment", refund(`2, 1, 'order', 'hand', 'due', 2000000, 'UZS'`, part(3, 1, 2000000))},
		{"more cash than was taken", refund(`3, null::bigint, 'order', 'hand', 'due', 2000000, 'UZS'`, part(4, 1, 2000000))},
		{"refunds_check", refund(`2, null::bigint, 'unexpected', 'hand', 'due', 1, 'UZS'`, ``)},
		{"puts more of line", `begin; alter table refunds disable trigger refund_whole; ` + refund(`1, 1, 'order', 'hand', 'due', 900, 'JPY'`, stocked(1, 1, 900))},
		{"is not what the books say", refund(`1, 1, 'order', 'hand', 'due', 900, 'JPY'`, part(1, 1, 900))},
		{"parts of a refund come with it", `insert into refund_lines (refund_id, order_id, line_id, quantity, restocked, amount_minor) values (1, 1, 2, 1, 0, 1800)`},
		{"parts of a refund come with it", `insert into refund_shipping (refund_id, order_id, parcel_id, amount_minor) values (1, 1, 2, 1)`},
		{"is fixed", `update refunds set amount_minor = 800`},
		{"is fixed", `update refunds set payment_id = null`},
		{"is fixed", `update refunds set kind = 'unexpected'`},
		{"cannot go from sent to due", `update refunds set status = 'due', sent_at = null`},
		{"cannot go from sent to pending", `update refunds set status = 'pending', sent_at = null`},
		{"is fixed", `update refunds set sent_at = null`},
		{"is fixed", `update refunds set sent_at = now()`},
		{"is fixed", `update refunds set till = 'bank'`},
		{"is fixed", `update refunds set proof = 'transfer 9'`},
		{"is fixed", `update refunds set sent_by = 2`},
		{"is fixed", `update refunds set sendings = 2`},
		{"is fixed", `update refunds set method = 'hand', proof = 'x'`},
		{"is fixed", `update refunds set provider_ref = 're_other'`},
		{"is fixed", `update refunds set reason = 'another'`},
		{"is fixed", `update refunds set decided_by = 1`},
		{"is fixed", `update refunds set request_id = null`},
		{"is fixed", `update refunds set form_token = null`},
		{"is fixed", `update refunds set written_in = '1'`},
		{"is not what the books say", `update refunds set status = 'failed', sent_at = null`},
		{"is fixed", `update refunds set status = 'failed', sent_at = null, till = 'bank'`},
		{"is not what the books say", books1("refund_sent", 1, "-900")},
		{"is not what the books say", books1("refund_failed", 0, "900")},
		{"of refund 99, which there is not", strings.Replace(books1("refund_sent", 1, "-900"), "'refund', 1,", "'refund', 99,", 1)},
		{"and something of it is not", `update orders set status = 'refunded' where id = 1`},
		{"of payment 2, which there is not", `begin; insert into ledger_transactions (rule, subject, subject_id, order_id, at) values ('money_unexpected', 'payment', 2, 1, now()); set constraints ledger_subject immediate`},
		{"what a request is about comes with it", `insert into refund_request_lines values (1, 2, 1)`},
		{"a request is about what its order sold", asked(3, 1)},
		{"a request is about what its order sold", asked(1, 4)},
		{"its refunds say otherwise", `update reservations set returned = 2 where order_id = 1 and variant_id = 1`},
		{"append-only", `update reservations set returned = 0 where order_id = 1 and variant_id = 1`},
		{"is fixed", `update refund_requests set status = 'open', closed_at = null`},
		{"cannot go from granted to declined", `update refund_requests set status = 'declined'`},
		{"is fixed", `update refund_requests set message = 'something else'`},
		{"is fixed", `update refund_requests set answer = 'something else'`},
		{"append-only", `delete from refund_request_lines`},
		{"begins as open", `insert into refund_requests (order_id, reason, status, asked_at, lapses_at, closed_at) values (1, 'other', 'granted', now(), now() + interval '1 day', now())`},
		{"is fixed", `update disputes set amount_minor = 1`},
		{"disputes_check", `update disputes set status = 'won'`},
		{"cannot go from lost to won", `update disputes set status = 'lost', closed_at = now(); update disputes set status = 'won'`},
		{"provider_charges_provider_provider_ref_key", `insert into provider_charges (payment_id, provider, provider_ref, kind, amount_minor, fee_minor, currency, at)
			select payment_id, provider, provider_ref, kind, amount_minor, fee_minor, currency, at from provider_charges limit 1`},
	} {
		s.refused(tt.reason, tt.sql)
	}
	s.at(r.ID, "sent", "provider")
	s.audited()
}

// refund is a statement that writes a refund with its parts.
func refund(values, parts string) string {
	return fmt.Sprintf(`begin; insert into refunds (order_id, payment_id, kind, method, status, amount_minor, currency, reason, decided_at)
		select v.*, 'by hand', now() from (values (%s)) v; %s commit`, values, parts)
}

// asked is a statement that asks for pieces of a line of order 1.
func asked(line, quantity int) string {
	return fmt.Sprintf(`begin; insert into refund_requests (order_id, reason, asked_at, lapses_at) values (1, 'damaged', now(), now() + interval '1 day');
		insert into refund_request_lines select max(id), %d, %d from refund_requests; commit`, line, quantity)
}

// books1 is a statement that books something of refund 1 by hand: an amount of
// the buyer's account against Stripe's till.
func books1(rule string, turn int, minor string) string {
	return fmt.Sprintf(`with t as (
		insert into ledger_transactions (rule, subject, subject_id, turn, order_id, at) values ('%s', 'refund', 1, %d, 1, now()) returning id
	) insert into ledger_entries (transaction_id, account_id, currency, amount_minor)
		select t.id, a.id, 'JPY', case a.kind when 'buyer' then -(%s) else %s end from t, ledger_accounts a
		where a.currency = 'JPY' and (a.kind = 'buyer' or a.kind = 'clearing' and a.provider = 'stripe')`, rule, turn, minor, minor)
}

func part(line, quantity, amount int) string { return pieces(line, quantity, 0, amount) }

func stocked(line, quantity, amount int) string { return pieces(line, quantity, quantity, amount) }

func pieces(line, quantity, restocked, amount int) string {
	return fmt.Sprintf(`insert into refund_lines (refund_id, order_id, line_id, quantity, restocked, amount_minor)
		select id, order_id, %d, %d, %d, %d from refunds order by id desc limit 1;`, line, quantity, restocked, amount)
}

func postage(parcel, amount int) string {
	return fmt.Sprintf(`insert into refund_shipping (refund_id, order_id, parcel_id, amount_minor)
		select id, order_id, %d, %d from refunds order by id desc limit 1;`, parcel, amount)
}
