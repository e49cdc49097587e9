package checkout_test

import (
	"testing"

	"awil/internal/checkout"
	"awil/internal/ledger"
	"awil/internal/markets"
)

// TestNothingOfMoneyIsEmptied: every table that money hangs on refuses to be
// emptied, and where things may go is not changed at run time.
func TestNothingOfMoneyIsEmptied(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	const holes = `select coalesce(string_agg(c.relname, ' ' order by c.relname), '') from pg_class c
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
		and c.relname ~ '^(orders|order_lines|order_events|parcels|reservations|payments|provider_|refund|return_|dispute|cash_|ledger_|payout|statement|import|match|manual|daily|earlier_money|webhook_events)|_moves$'
		and not exists (select from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgtype & 32 <> 0)`
	if left := number[string](s, holes); left != "" {
		t.Errorf("can be emptied: %s", left)
	}
	const open = `select coalesce(string_agg(c.relname, ' ' order by c.relname), '') from pg_class c
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname like '%\_moves'
		and not exists (select from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgtype & 28 = 28)`
	if left := number[string](s, open); left != "" {
		t.Errorf("can be changed: %s", left)
	}
	s.refused("append-only", `insert into order_moves values ('placed', 'refunded')`)
	s.refused("append-only", `delete from refund_moves`)
}

// TestTheDatabaseKeepsReleases: even by hand earnings count as released only as
// the books have it, an order as paid only with its money, and what came is
// written once.
func TestTheDatabaseKeepsReleases(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, parcels := s.paid(want{jam, 1})
	cash := s.place("uz", markets.COD, want{felt, 1})
	hers := s.send(cash.Token)[0]
	waiting := s.place("jp", markets.Card, want{tea, 1})
	const asTheBooksSay = "is not released as the books say"
	s.refused(asTheBooksSay, `update parcels set released_at = now() where id = $1`, parcels[0].ID)
	s.refused(asTheBooksSay, `update parcels set released_at = now() where id = $1`, hers.ID)
	s.refused("is fixed", `update parcels set releases_at = now() where id = $1`, parcels[0].ID)
	s.refused("is fixed", `update parcels set releases_at = null where id = $1`, parcels[0].ID)
	s.refused("counts as paid", `update orders set paid_at = now() where id = $1`, waiting.OrderID)
	s.refused("counts as paid", `update orders set paid_at = now(), status = 'cancelled' where id = $1`, waiting.OrderID)
	s.collect(checkout.ResultPaid, hers, ledger.CollectorProducer)
	s.clock.pass(8 * day)
	s.released(1)
	s.exec(`update payments set status = 'failed', refund_due = true, received_minor = 7, received_currency = 'JPY' where order_id = $1`, waiting.OrderID)
	s.refused("is fixed", `update payments set received_minor = 8 where order_id = $1`, waiting.OrderID)
	s.refused("is fixed", `update payments set received_minor = null, received_currency = null where order_id = $1`, waiting.OrderID)
	s.refused("is fixed", `update payments set refund_due = false where order_id = $1`, waiting.OrderID)
}
