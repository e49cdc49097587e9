package books

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/money"
)

// othersAtOnce is how many transactions without an order are in memory together.
const othersAtOnce = 5000

// fact is a payout, a line of a report, or what finance booked by hand: all
// that says what must be booked of it.
type fact struct {
	id       int64
	kind     string // a payout's status; what was booked by hand
	producer int64
	till     ledger.Till
	amount   money.Amount
	to       money.Amount // of an exchange
	rate     money.Rate
	paid     bool  // of a payout: it has left its till
	matched  int64 // of a line: the transaction that stands booked because of it
}

const (
	sqlOthersEnd = `/* books.others_end */
select coalesce(max(id), 0) from (select id from ledger_transactions where order_id is null and id > $1 order by id limit $2) t`

	sqlOthers = `/* books.others */
select ` + transactionColumns + `
from ledger_transactions t where t.order_id is null and t.id > $1 and t.id <= $2 order by t.id`

	sqlOtherEntries = `/* books.other_entries */
select ` + entryColumns + `
from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
where t.order_id is null and t.id > $1 and t.id <= $2 order by e.id`

	sqlPayouts = `/* books.payouts */
select y.id, y.status, y.producer_id, case d.kind when 'cash' then 'cash' else 'bank' end, y.amount_minor, y.currency,
       0, '', null::numeric, y.paid_at is not null, 0
from payouts y join payout_destinations d on d.id = y.destination_id
where y.id in (select t.subject_id from ledger_transactions t
    where t.order_id is null and t.id > $1 and t.id <= $2 and t.subject = 'payout')`

	sqlManual = `/* books.manual */
select m.id, m.kind, coalesce(m.producer_id, 0), case when m.till <> '' then m.till else l.till end,
       m.amount_minor, m.currency, coalesce(m.to_minor, 0), coalesce(m.to_currency, ''), m.rate, false, 0
from manual_entries m join import_lines l on l.id = m.line_id
where m.id in (select t.subject_id from ledger_transactions t
    where t.order_id is null and t.id > $1 and t.id <= $2 and t.subject = 'entry')`

	sqlImported = `/* books.imported */
select l.id, l.kind, 0, l.till, l.amount_minor, l.currency, 0, '', null::numeric, false,
       coalesce((select m.transaction_id from match_items i join matches m on m.id = i.match_id where i.line_id = l.id and i.live), 0)
from import_lines l
where l.id in (select t.subject_id from ledger_transactions t
    where t.order_id is null and t.id > $1 and t.id <= $2 and t.subject = 'import_line')`
)

// others checks the transactions that belong to no order.
func (c *checker) others(ctx context.Context) error {
	for from := int64(0); ; {
		var until int64
		if err := c.tx.QueryRow(ctx, sqlOthersEnd, from, othersAtOnce).Scan(&until); err != nil || until == 0 {
			return err
		}
		if err := c.othersBetween(ctx, from, until); err != nil {
			return err
		}
		c.progress(Progress{c.report.Entries, c.total})
		from = until
	}
}

func (c *checker) othersBetween(ctx context.Context, from, until int64) error {
	var list []*transaction
	b := &bundle{booked: map[int64]*transaction{}}
	facts := map[ledger.SubjectKind]map[int64]fact{}
	batch := &pgx.Batch{}
	batch.Queue(sqlOthers, from, until).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			t, err := scanTransaction(rows)
			if err != nil {
				return err
			}
			list = append(list, &t)
			b.booked[t.id] = &t
		}
		return rows.Err()
	})
	batch.Queue(sqlOtherEntries, from, until).Query(func(rows pgx.Rows) error { return c.readEntries(b, rows) })
	for subject, sql := range map[ledger.SubjectKind]string{
		ledger.SubjectPayout: sqlPayouts, ledger.SubjectEntry: sqlManual, ledger.SubjectImportLine: sqlImported,
	} {
		facts[subject] = map[int64]fact{}
		batch.Queue(sql, from, until).Query(func(rows pgx.Rows) error { return readFacts(facts[subject], rows) })
	}
	if err := c.tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	for _, t := range list {
		c.balanced(*t)
		if t.rule != ledger.RuleCorrection && !t.corrected {
			f, known := facts[t.subject][t.subjectID]
			c.other(*t, f, known)
		}
	}
	return nil
}

func readFacts(into map[int64]fact, rows pgx.Rows) error {
	for rows.Next() {
		var f fact
		err := rows.Scan(&f.id, &f.kind, &f.producer, &f.till, &f.amount.Minor, &f.amount.Currency,
			&f.to.Minor, &f.to.Currency, &f.rate, &f.paid, &f.matched)
		if err != nil {
			return err
		}
		into[f.id] = f
	}
	return rows.Err()
}

// other proves one transaction that belongs to no order.
func (c *checker) other(t transaction, f fact, known bool) {
	if !known {
		c.differ(0, t.id, "books %s of %s %d, and there is none", t.rule, t.subject, t.subjectID)
		return
	}
	if t.subject == ledger.SubjectImportLine && f.matched != t.id {
		c.differ(0, t.id, "books %s of import line %d, which is not matched with it", t.rule, t.subjectID)
	}
	want, happened, err := wantOther(t, f)
	switch {
	case err != nil:
		c.differ(0, t.id, "the rule %s cannot be worked out: %v", t.rule, err)
	case !happened || want.Subject != t.subject:
		c.differ(0, t.id, "books %s of %s %d, which is %s", t.rule, t.subject, t.subjectID, f.kind)
	default:
		c.compare(t, want)
	}
}

// wantOther is what must be booked of a fact; happened is false where it says
// that nothing of the kind may be.
func wantOther(t transaction, f fact) (p ledger.Posting, happened bool, err error) {
	switch t.rule {
	case ledger.RulePayout:
		happened = f.kind == "approved" || f.kind == "paid" || f.kind == "returned"
		p, err = ledger.Payout(f.id, f.producer, f.amount, someday, 0)
	case ledger.RulePayoutPaid:
		happened = f.paid
		p, err = ledger.PayoutPaid(f.id, f.till, f.amount, someday, 0)
	case ledger.RulePayoutReturned:
		till := f.till
		if !f.paid {
			till = ""
		}
		happened = f.kind == "returned"
		p, err = ledger.PayoutReturned(f.id, f.producer, till, f.amount, someday, 0)
	case ledger.RuleProviderPaidOut:
		happened = true
		p, err = ledger.ProviderPaidOut(f.id, providerOf(t), f.amount, someday)
	case ledger.RuleUnexplained:
		happened = true
		p, err = ledger.Unexplained(f.id, f.till, f.amount, someday, 0, "")
	case ledger.RuleCashHandedIn, ledger.RuleDebtPaid, ledger.RuleExchange, ledger.RuleProviderFee:
		happened = f.kind == string(t.rule)
		p, err = wantManual(t.rule, f)
	}
	return p, happened, err
}

func wantManual(rule ledger.Rule, f fact) (ledger.Posting, error) {
	switch rule {
	case ledger.RuleCashHandedIn:
		return ledger.CashHandedIn(f.id, f.till, f.amount, someday, 0)
	case ledger.RuleDebtPaid:
		return ledger.DebtPaid(f.id, f.producer, f.till, f.amount, someday, 0)
	case ledger.RuleProviderFee:
		return ledger.FeeKept(f.id, f.till, f.amount, someday, 0)
	}
	return ledger.Exchange(f.id, f.till, f.amount, f.to, f.rate, someday, 0)
}

// providerOf is the till that is not the bank: whose money it was is finance's
// word.
func providerOf(t transaction) ledger.Till {
	for _, e := range t.entries {
		if e.Account.Till != ledger.TillBank && e.Account.Till != "" {
			return e.Account.Till
		}
	}
	return ""
}
