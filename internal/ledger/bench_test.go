package ledger_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/platform/postgres"
)

// BenchmarkPost books sales of two lines abroad, each in a transaction as
// checkout does, beside the accounts of many other producers.
func BenchmarkPost(b *testing.B) {
	pool := books(b)
	const others = `
set session_replication_role = replica;
insert into ledger_accounts (kind, producer_id, currency)
select k, n, 'UZS' from generate_series(1001, 11000) n, unnest(array['producer_payable', 'producer_reserve']) k;
analyze ledger_accounts;
set session_replication_role = default`
	conn, err := pool.Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	_, err = conn.Conn().PgConn().Exec(b.Context(), others).ReadAll()
	conn.Release()
	if err != nil {
		b.Fatal(err)
	}
	sale := abroad(b)
	id := int64(0)
	for b.Loop() {
		id++
		p, err := ledger.OrderPaid(id, ledger.TillStripe, sale, noon)
		if err != nil {
			b.Fatal(err)
		}
		err = postgres.InTx(b.Context(), pool, func(tx pgx.Tx) error {
			batch := &pgx.Batch{}
			ledger.QueuePost(batch, p, nil)
			return tx.SendBatch(b.Context(), batch).Close()
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOrderPaid works such a sale out.
func BenchmarkOrderPaid(b *testing.B) {
	sale := abroad(b)
	for b.Loop() {
		if _, err := ledger.OrderPaid(1, ledger.TillStripe, sale, noon); err != nil {
			b.Fatal(err)
		}
	}
}
