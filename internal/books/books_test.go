package books_test

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/books"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

func check(t *testing.T, db postgres.DB) (books.Report, []string) {
	t.Helper()
	report, err := books.Check(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, d := range report.Differences {
		found = append(found, d.String())
	}
	if int(report.Found) != len(found) || report.OK() != (len(found) == 0) {
		t.Errorf("%d found, %d told", report.Found, len(found))
	}
	return report, found
}

// Books that are right are found right, and every entry was looked at.
func TestCheckOfRightBooks(t *testing.T) {
	pool := newWorld(t)
	var last books.Progress
	report, err := books.Check(t.Context(), pool, func(p books.Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Differences {
		t.Error(d)
	}
	var transactions, entries int64
	const count = `select (select count(*) from ledger_transactions), (select count(*) from ledger_entries)`
	if err := pool.QueryRow(t.Context(), count).Scan(&transactions, &entries); err != nil {
		t.Fatal(err)
	}
	if report.Orders != 3 || report.Transactions != transactions || report.Entries != entries || report.Payouts != 2 {
		t.Errorf("%+v; there are %d transactions of %d entries", report, transactions, entries)
	}
	if last.Entries != entries || last.Of != entries {
		t.Errorf("got as far as %+v", last)
	}
	if empty, found := check(t, newEmpty(t)); len(found) > 0 || empty.Orders != 0 {
		t.Errorf("empty books: %v", found)
	}
}

// Within a transaction the check sees what that transaction has written.
func TestCheckInTransaction(t *testing.T) {
	pool := newWorld(t)
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `set transaction isolation level repeatable read`); err != nil {
			return err
		}
		p, err := ledger.DebtPaid(9, 1, ledger.TillBank, money.New(1, money.UZS), noon, 1)
		if err != nil {
			return err
		}
		if _, err := ledger.New(tx).Post(t.Context(), p); err != nil {
			return err
		}
		if _, found := check(t, tx); len(found) != 1 {
			t.Errorf("found %v", found)
		}
		return pgx.ErrTxClosed
	})
	if err == nil {
		t.Error("committed")
	}
	if _, found := check(t, pool); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

// What was corrected is missing until it is booked again.
func TestCheckOfCorrections(t *testing.T) {
	pool := newWorld(t)
	s := ledger.New(pool)
	if err := s.Correct(t.Context(), 1, 1, "wrong till", noon); err != nil {
		t.Fatal(err)
	}
	_, found := check(t, pool)
	if len(found) == 0 || !slices.Contains(found, "order 1, transaction 1: payment 1 was corrected and not booked again") {
		t.Errorf("found %v", found)
	}
	c := clerk{t, pool, s}
	p, err := ledger.OrderPaid(1, ledger.TillStripe, abroad(t), noon)
	c.turn(1, p, err)
	// What was released before stays as it was, so the reserve is whole again.
	if _, found := check(t, pool); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func transactionOf(t *testing.T, db postgres.DB, rule ledger.Rule, subject int64) (id int64) {
	t.Helper()
	const find = `select id from ledger_transactions where rule = $1 and subject_id = $2 order by turn limit 1`
	if err := db.QueryRow(t.Context(), find, rule, subject).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// An exchange noted at another rate, money on another till: whatever is not as
// the rule says is told entry by entry.
func TestCheckTellsEntries(t *testing.T) {
	pool := newWorld(t)
	id := transactionOf(t, pool, ledger.RuleProviderFee, 1)
	if err := ledger.New(pool).Correct(t.Context(), id, 1, "again", noon); err != nil {
		t.Fatal(err)
	}
	p, err := ledger.ProviderFee(1, 1, ledger.TillBank, money.New(131, money.USD), noon)
	clerk{t, pool, ledger.New(pool)}.turn(1, p, err)
	_, found := check(t, pool)
	want := "provider_fee of charge 1 should have debit fees 1.30 USD; credit clearing stripe 1.30 USD, and has debit fees 1.31 USD; credit clearing bank 1.31 USD"
	if len(found) != 1 || found[0] != "order 1, transaction "+itoa(transactionOf(t, pool, ledger.RuleCorrection, id)+1)+": "+want {
		t.Errorf("found %q", found)
	}
}

// A transaction that sees one moment after another proves nothing.
func TestCheckRefusesATransactionOfManyMoments(t *testing.T) {
	pool := pgtest.New(t)
	for _, level := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead} {
		tx, err := pool.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: level})
		if err != nil {
			t.Fatal(err)
		}
		report, err := books.Check(t.Context(), tx, nil)
		if refused := errs.KindOf(err) == errs.Invalid; refused != (level == pgx.ReadCommitted) || err == nil && !report.OK() {
			t.Errorf("%s: %v, %v", level, err, report.Sentences())
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
