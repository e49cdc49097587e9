package checkout_test

import (
	"os"
	"strings"
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

// TestARoleThatServes: docs/roles.sql lets it sell, and not touch what is only
// ever added to.
func TestARoleThatServes(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	file, err := os.ReadFile("../../docs/roles.sql")
	s.ok(err)
	sql := strings.NewReplacer(`:"role"`, "awil_serves", `\set ON_ERROR_STOP on`, "", "begin;", "", "commit;", "").Replace(string(file))
	conn, err := s.pool.Acquire(t.Context())
	s.ok(err)
	defer conn.Release()
	for _, tt := range []struct {
		sql     string
		refused bool
	}{
		{`select 1`, false}, {`update orders set note = ''`, false}, {`insert into ledger_accounts (kind, currency) values ('fees', 'USD')`, false},
		{`update ledger_entries set amount_minor = 1`, true}, {`delete from ledger_transactions`, true}, {`truncate ledger_entries`, true},
		{`delete from orders`, true}, {`insert into order_moves values ('placed', 'refunded')`, true},
		{`alter table ledger_entries disable trigger user`, true}, {`set local session_replication_role = replica`, true},
	} {
		// Roles are the whole server's: this one is never committed.
		_, err := conn.Exec(t.Context(), `begin; create role awil_serves; `+sql+`; set local role awil_serves; `+tt.sql)
		denied := err != nil && (strings.Contains(err.Error(), "permission denied") || strings.Contains(err.Error(), "must be owner"))
		if denied != tt.refused || err != nil && !denied {
			t.Errorf("%s: %v", tt.sql, err)
		}
		_, err = conn.Exec(t.Context(), `rollback`)
		s.ok(err)
	}
}
