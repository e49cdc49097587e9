// Package books proves the ledger: it works out again, from the orders, cash,
// refunds, disputes, payouts and reports themselves, what the rules of package
// ledger must have booked, and compares that with what is booked, entry by
// entry. It writes nothing but, once, what came before there were books.
package books

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// keep is how many differences a report spells out; Report.Found counts all.
const keep = 1000

// Difference is something the books should not say, or should say and do not.
type Difference struct {
	OrderID       int64 // or 0
	TransactionID int64 // or 0
	Text          string
}

func (d Difference) String() string {
	text := d.Text
	if d.TransactionID != 0 {
		text = fmt.Sprintf("transaction %d: %s", d.TransactionID, text)
	}
	if d.OrderID != 0 {
		text = fmt.Sprintf("order %d, %s", d.OrderID, text)
	}
	return text
}

// Report is what a check found, and how much it looked at.
type Report struct {
	Orders, Transactions, Entries int64
	Payouts                       int64
	Found                         int64        // how many differences there are
	Differences                   []Difference // the first thousand of them
}

// OK reports whether the books are proven.
func (r Report) OK() bool { return r.Found == 0 }

// Sentences tells the differences, one in each, and how many more there are.
func (r Report) Sentences() []string {
	var list []string
	for _, d := range r.Differences {
		list = append(list, d.String())
	}
	if more := r.Found - int64(len(list)); more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return list
}

// Progress is how far a check is.
type Progress struct {
	Entries, Of int64
}

// Check proves the books as they stand at this moment, while the shop goes on.
// The error says that the check could not be made; what is wrong with the books
// is in the report. progress may be nil. A transaction must be of one moment,
// "repeatable read" or stricter; another is errs.Invalid.
func Check(ctx context.Context, db postgres.DB, progress func(Progress)) (Report, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	tx, ours, err := snapshot(ctx, db)
	if err != nil {
		return Report{}, fmt.Errorf("check the books: %w", err)
	}
	if ours {
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it has only read
	}
	c := checker{tx: tx, progress: progress, sums: map[money.Currency]money.Amount{}, rates: map[string]money.Rate{}}
	for _, step := range []func(context.Context) error{c.begin, c.orders, c.others, c.missing, c.statements} {
		if err := step(ctx); err != nil {
			return Report{}, fmt.Errorf("check the books: %w", postgres.Err(err))
		}
	}
	c.trial()
	return c.report, nil
}

// snapshot begins a transaction that sees one moment only; within another that
// does, it is that one.
func snapshot(ctx context.Context, db postgres.DB) (tx pgx.Tx, ours bool, err error) {
	if tx, inside := db.(pgx.Tx); inside {
		var level string
		if err := tx.QueryRow(ctx, `/* books.level */ select current_setting('transaction_isolation')`).Scan(&level); err != nil {
			return nil, false, postgres.Err(err)
		}
		if level != "repeatable read" && level != "serializable" {
			return nil, false, errs.E(errs.Invalid, "books: a transaction that is "+level+" sees more than one moment")
		}
		return tx, false, nil
	}
	if tx, err = db.Begin(ctx); err != nil {
		return nil, false, postgres.Err(err)
	}
	// A check of many years may take longer than a page's query may.
	if _, err = tx.Exec(ctx, `set transaction isolation level repeatable read, read only`); err == nil {
		_, err = tx.Exec(ctx, `set local statement_timeout = 0`)
	}
	if err != nil {
		return nil, false, fmt.Errorf("begin: %w", postgres.Err(err))
	}
	return tx, true, nil
}

type checker struct {
	tx       pgx.Tx
	progress func(Progress)
	report   Report
	total    int64 // entries there are
	accounts map[int64]ledger.Account
	sums     map[money.Currency]money.Amount // of all entries
	rates    map[string]money.Rate           // read before
}

func (c *checker) differ(orderID, transactionID int64, format string, args ...any) {
	c.report.Found++
	if len(c.report.Differences) < keep {
		c.report.Differences = append(c.report.Differences, Difference{orderID, transactionID, fmt.Sprintf(format, args...)})
	}
}

// begin reads the accounts, which are few, and how much there is to do.
func (c *checker) begin(ctx context.Context) error {
	rows, err := c.tx.Query(ctx, `/* books.accounts */
select id, kind, coalesce(producer_id, 0), provider, currency from ledger_accounts`)
	if err != nil {
		return err
	}
	c.accounts = map[int64]ledger.Account{}
	var (
		id int64
		a  ledger.Account
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &a.Kind, &a.ProducerID, &a.Till, &a.Currency}, func() error {
		c.accounts[id] = a
		return nil
	})
	if err != nil {
		return err
	}
	return c.tx.QueryRow(ctx, `/* books.count */ select count(*) from ledger_entries`).Scan(&c.total)
}

// orders checks every order, a number of them at a time: the next are read
// while these are worked out again.
func (c *checker) orders(ctx context.Context) error {
	read := make(chan *bundle)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(read)
		return c.readOrders(ctx, read)
	})
	group.Go(func() error {
		for b := range read {
			for _, o := range b.orders {
				c.order(o)
			}
			c.report.Orders += int64(len(b.orders))
			c.progress(Progress{c.report.Entries, c.total})
		}
		return nil
	})
	return group.Wait()
}

// trial says in which currency all accounts together are not nothing, and
// whether any entry belongs to no transaction that was looked at.
func (c *checker) trial() {
	for cur, sum := range c.sums {
		if !sum.IsZero() {
			c.differ(0, 0, "all accounts in %s together stand at %v, not at nothing", cur, sum)
		}
	}
	if c.report.Entries != c.total {
		c.differ(0, 0, "there are %d entries, %d of them in transactions", c.total, c.report.Entries)
	}
}
