package books

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/payouts"
)

// What is not about an order and should be booked: it stands if no correction
// reverses it.
const sqlAbsent = `/* books.absent */
with standing as (
    select t.rule, t.subject, t.subject_id, t.id from ledger_transactions t
    where t.order_id is null and not exists (select from ledger_transactions c where c.reverses = t.id)
)
select format('the %s of payout %s is not booked', w.rule, y.id) from payouts y
cross join lateral (values ('payout', y.status in ('approved', 'paid', 'returned')), ('payout_paid', y.paid_at is not null),
                           ('payout_returned', y.status = 'returned')) w (rule, wanted)
where w.wanted and not exists (select from standing s where s.rule = w.rule and s.subject = 'payout' and s.subject_id = y.id)
union all
select format('%s, entered by hand as %s, was never booked', m.kind, m.id) from manual_entries m
where not exists (select from ledger_transactions t where t.rule = m.kind and t.subject = 'entry' and t.subject_id = m.id)
union all
select format('the fee kept of import line %s, entered by hand as %s, stands without its payout', m.line_id, m.id)
from manual_entries m join standing f on f.rule = 'provider_fee' and f.subject = 'entry' and f.subject_id = m.id
where not exists (select from standing s where s.rule = 'provider_paid_out' and s.subject = 'import_line' and s.subject_id = m.line_id)
union all
select format('import line %s is matched with transaction %s, which is corrected', i.line_id, m.transaction_id)
from matches m join match_items i on i.match_id = m.id and i.live and i.line_id is not null
where m.how = 'booked' and exists (select from ledger_transactions c where c.reverses = m.transaction_id)
order by 1`

// missing says what happened apart from orders and is not booked.
func (c *checker) missing(ctx context.Context) error {
	if err := c.tx.QueryRow(ctx, `/* books.payout_count */ select count(*) from payouts`).Scan(&c.report.Payouts); err != nil {
		return err
	}
	rows, err := c.tx.Query(ctx, sqlAbsent)
	if err != nil {
		return err
	}
	var text string
	_, err = pgx.ForEachRow(rows, []any{&text}, func() error {
		c.differ(0, 0, "%s", text)
		return nil
	})
	return err
}

// statements works out every producer's statement again.
func (c *checker) statements(ctx context.Context) error {
	list, err := payouts.ReplayStatements(ctx, c.tx, 0)
	for _, d := range list {
		c.differ(0, 0, "%s", d)
	}
	return err
}
