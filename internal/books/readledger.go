package books

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/ledger"
)

const transactionColumns = `t.id, coalesce(t.order_id, 0), t.rule, t.subject, t.subject_id, coalesce(t.reverses, 0),
       exists (select from ledger_transactions c where c.reverses = t.id)`

const sqlTransactions = `/* books.transactions */
select ` + transactionColumns + `
from ledger_transactions t where t.order_id > $1 and t.order_id <= $2 order by t.order_id, t.id`

func scanTransaction(rows pgx.Rows) (t transaction, err error) {
	err = rows.Scan(&t.id, &t.orderID, &t.rule, &t.subject, &t.subjectID, &t.reverses, &t.corrected)
	return t, err
}

func readTransactions(b *bundle, rows pgx.Rows) error {
	for rows.Next() {
		t, err := scanTransaction(rows)
		if err != nil {
			return err
		}
		o := b.byID[t.orderID]
		o.booked = append(o.booked, t)
	}
	for _, o := range b.orders {
		for i := range o.booked {
			b.booked[o.booked[i].id] = &o.booked[i]
		}
	}
	return rows.Err()
}

const entryColumns = `e.transaction_id, e.account_id, e.amount_minor, coalesce(e.line_id, 0), coalesce(e.parcel_id, 0),
       coalesce(e.rate::text, ''), coalesce(e.rate_to, '')`

const sqlEntries = `/* books.entries */
select ` + entryColumns + `
from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
where t.order_id > $1 and t.order_id <= $2 order by e.id`

func (c *checker) readEntries(b *bundle, rows pgx.Rows) error {
	var last *transaction
	for rows.Next() {
		var (
			e           ledger.Entry
			id, account int64
			rate        string
		)
		if err := rows.Scan(&id, &account, &e.Minor, &e.LineID, &e.ParcelID, &rate, &e.RateTo); err != nil {
			return err
		}
		known := false
		if e.Account, known = c.accounts[account]; !known {
			return errs.E(errs.Internal, fmt.Sprintf("an entry of account %d, which was not there when the check began", account))
		}
		if rate != "" {
			r, err := c.rate(rate)
			if err != nil {
				return err
			}
			e.Rate = &r
		}
		if last == nil || last.id != id {
			last = b.booked[id]
		}
		last.entries = append(last.entries, e)
	}
	return rows.Err()
}
