package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"awil/internal/books"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
)

// ledgerCommand proves the books. Any difference makes it fail. A proof writes nothing: a database of another version is
// left to "awil migrate".
func ledgerCommand(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != "check" {
		return errors.New("say: awil ledger check")
	}
	c, err := readConfig()
	if err != nil {
		return err
	}
	db, err := reachDatabase(ctx, c, localpg.Open)
	if err != nil {
		return err
	}
	return db.use(ctx, c, func(pool *postgres.Pool) error {
		if err := upToDate(ctx, pool); err != nil {
			return err
		}
		return checkBooks(ctx, pool, os.Stdout, os.Stderr)
	})
}

// upToDate refuses a database that is not migrated as far as this binary knows.
func upToDate(ctx context.Context, db postgres.DB) error {
	m, err := postgres.Status(ctx, db)
	if err == nil && !m.Current() {
		err = fmt.Errorf("the database is %s: run awil migrate first", m)
	}
	return err
}

// checkBooks says on out what it found, and on progress how far it is.
func checkBooks(ctx context.Context, db postgres.DB, out, progress io.Writer) error {
	began := time.Now()
	report, err := books.Check(ctx, db, func(p books.Progress) {
		fmt.Fprintf(progress, "\r%d of %d entries", p.Entries, p.Of)
	})
	fmt.Fprintln(progress)
	if err != nil {
		return err
	}
	for _, sentence := range report.Sentences() {
		fmt.Fprintln(out, sentence)
	}
	seen := fmt.Sprintf("%d entries in %d transactions, %d orders, %d payouts, in %v",
		report.Entries, report.Transactions, report.Orders, report.Payouts, time.Since(began).Round(time.Millisecond))
	if !report.OK() {
		fmt.Fprintln(out, "Looked at "+seen+".")
		return fmt.Errorf("the books differ in %d places", report.Found)
	}
	fmt.Fprintln(out, "The books are proven: "+seen+".")
	return nil
}
