package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// heldFor is how long cash may lie with couriers or in the programme's box. A week holds the usual day for the bank; cash
// that missed it is asked about, for no report tells of it.
const heldFor = 7 * 24 * time.Hour

// What leaves such a till is what came first, so what is left is what came last. Of that, the part that has lain there too
// long, with the entry it begins with. What was taken back never moved: it and what takes it back are left out together, or
// else what was said to leave and to come again would make old cash look young.
const sqlHeld = `/* reconcile.held */
with moved as (
    select a.provider as till, a.currency, e.id, e.amount_minor, t.at,
           sum(greatest(e.amount_minor, 0)) over (partition by a.id order by t.at, e.id) as came,
           sum(least(e.amount_minor, 0)) over (partition by a.id) as went
    from ledger_accounts a join ledger_entries e on e.account_id = a.id join ledger_transactions t on t.id = e.transaction_id
    where a.kind = 'clearing' and a.provider in ('cash', 'courier') and t.at < $1
      and not exists (select from ledger_transactions o where o.reverses = t.id and o.at < $1)
      and not exists (select from ledger_transactions o where o.id = t.reverses and o.at < $1)
      and not exists (
          select from ledger_transactions o join ledger_entries x on x.transaction_id = o.id
          where t.subject = 'refund' and o.subject = 'refund' and o.subject_id = t.subject_id and o.turn = t.turn and o.at < $1
            and o.rule = case t.rule when 'refund_sent' then 'refund_failed' when 'refund_failed' then 'refund_sent' end
            and x.account_id = e.account_id and x.amount_minor = -e.amount_minor)
)
select distinct on (till, currency) 'held' as kind, till, total_minor(max(came) over (partition by till, currency) + went) as amount_minor,
       currency, 0::bigint as line_id, id as entry_id, at
from moved where amount_minor > 0 and came + went > 0 and at < $2
order by till, currency, at, id`

// held lists the cash that had lain with people too long at a moment, one finding for a till and a currency.
func held(ctx context.Context, tx pgx.Tx, until time.Time) ([]Finding, error) {
	rows, err := tx.Query(ctx, sqlHeld, until, until.Add(-heldFor))
	if err != nil {
		return nil, fmt.Errorf("cash that is held: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Finding])
	if err != nil {
		return nil, fmt.Errorf("cash that is held: %w", postgres.Err(err))
	}
	return list, nil
}

// Days is how many whole days something had waited when a day ended.
func (f Finding) Days(end time.Time) int { return int(end.Sub(f.At) / (24 * time.Hour)) }
