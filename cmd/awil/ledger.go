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
)

// ledgerCommand proves the books. Any difference makes it fail.
func ledgerCommand(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != "check" {
		return errors.New("say: awil ledger check")
	}
	c, err := readConfig()
	if err != nil {
		return err
	}
	return withPool(ctx, c, func(pool *postgres.Pool) error { return checkBooks(ctx, pool, os.Stdout, os.Stderr) })
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
