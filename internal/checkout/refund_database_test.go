package checkout_test

import (
	"fmt"
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

	for _, table := range []string{"refunds", "refund_lines", "refund_shipping", "disputes"} {
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
		{"puts more of line", refund(`1, 1, 'order', 'hand', 'due', 900, 'JPY'`, stocked(1, 1, 900))},
		{"parts of a refund come with it", `insert into refund_lines (refund_id, order_id, line_id, quantity, restocked, amount_minor) values (1, 1, 2, 1, 0, 1800)`},
		{"parts of a refund come with it", `insert into refund_shipping (refund_id, order_id, parcel_id, amount_minor) values (1, 1, 2, 1)`},
		{"is fixed", `update refunds set amount_minor = 800`},
		{"is fixed", `update refunds set payment_id = null`},
		{"is fixed", `update refunds set kind = 'unexpected'`},
		{"cannot go from sent to due", `update refunds set status = 'due', sent_at = null`},
		{"cannot go from sent to pending", `update refunds set status = 'pending', sent_at = null`},
		{"refunds_check", `update refunds set sent_at = null`},
		{"refunds_check", `update refunds set till = ''`},
		{"refunds_check", `update refunds set method = 'hand', proof = ''`},
		{"its refunds say otherwise", `update reservations set returned = 2 where order_id = 1 and variant_id = 1`},
		{"append-only", `update reservations set returned = 0 where order_id = 1 and variant_id = 1`},
		{"refund_requests_check", `update refund_requests set status = 'open'`},
		{"is fixed", `update disputes set amount_minor = 1`},
		{"disputes_check", `update disputes set status = 'won'`},
		{"is fixed", `update disputes set status = 'lost', closed_at = now(); update disputes set status = 'won'`},
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
