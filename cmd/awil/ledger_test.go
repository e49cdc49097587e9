package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres/pgtest"
)

// TestLedgerCheck: books that are right let it pass, money from nowhere makes it fail and is named.
func TestLedgerCheck(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var out, progress bytes.Buffer
	if err := checkBooks(t.Context(), pool, &out, &progress); err != nil || !strings.HasPrefix(out.String(), "The books are proven: 0 entries") {
		t.Errorf("empty books: %v, %q", err, out.String())
	}
	// The database would not let such money in.
	if _, err := pool.Exec(t.Context(), `alter table ledger_transactions disable trigger ledger_subject`); err != nil {
		t.Fatal(err)
	}
	p, err := ledger.CashHandedIn(7, ledger.TillCourier, money.New(5, money.UZS), time.Now(), 0)
	if err == nil {
		_, err = ledger.New(pool).Post(t.Context(), p)
	}
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	err = checkBooks(t.Context(), pool, &out, &progress)
	if err == nil || !strings.Contains(out.String(), "books cash_handed_in of entry 7, and there is none") || !strings.Contains(progress.String(), "2 of 2") {
		t.Errorf("%v, %q, %q", err, out.String(), progress.String())
	}
	if err := upToDate(t.Context(), pool); err != nil {
		t.Errorf("a database of this version: %v", err)
	}
	if _, err := pool.Exec(t.Context(), `delete from goose_db_version where version_id > 11`); err != nil {
		t.Fatal(err)
	}
	if err := upToDate(t.Context(), pool); err == nil || !strings.Contains(err.Error(), "awil migrate") {
		t.Errorf("a database of before: %v", err)
	}
	if err := ledgerCommand(t.Context(), []string{"mend"}); err == nil {
		t.Error("took a word it does not know")
	}
}
