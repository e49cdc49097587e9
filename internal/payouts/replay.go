package payouts

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Difference is where a stored statement is not what the ledger says.
type Difference struct {
	PayoutID int64
	What     string // "opening", "closing" or a kind of entry
	Stored   string // entries, hers, commission; or payable and held
	Replayed string
}

func (d Difference) String() string {
	return fmt.Sprintf("statement of payout %d, %s: stored %s, the ledger says %s", d.PayoutID, d.What, d.Stored, d.Replayed)
}

// An entry belongs to the first statement that has it.
const sqlReplay = `/* payouts.replay */
with entry as materialized (
    select x.id, x.kind, x.minor, x.held, x.transaction_id, x.line_id, x.currency,
           (select min(s.payout_id) from statements s where s.producer_id = x.producer_id and s.currency = x.currency
              and statement_covers(s, x.id, x.transaction_id, x.written_in)) as payout_id
    from producer_entries x
    where ($1::bigint = 0 or x.producer_id = $1)
      and exists (select from statements s where s.producer_id = x.producer_id and s.currency = x.currency)
), commission as (
    select a.id, a.currency from ledger_accounts a where a.kind = 'commission'
), total as (
    select e.payout_id, e.kind, count(*) as entries, sum(e.minor) as minor, coalesce(-sum(c.amount_minor), 0) as commission
    from entry e
    left join commission a on a.currency = e.currency
    left join ledger_entries c on c.transaction_id = e.transaction_id and c.line_id = e.line_id and c.account_id = a.id
    where e.payout_id is not null and e.kind <> 'release'
    group by e.payout_id, e.kind
), stored as (
    select t.* from statement_totals t join statements s using (payout_id) where $1::bigint = 0 or s.producer_id = $1
), change as (
    select payout_id, sum(minor) filter (where not held) as payable, sum(minor) filter (where held) as held
    from entry where payout_id is not null group by payout_id
), running as (
    select s.*, coalesce(sum(c.payable) over chain, 0) as payable, coalesce(sum(c.held) over chain, 0) as held,
           coalesce(sum(c.payable) over before, 0) as was_payable, coalesce(sum(c.held) over before, 0) as was_held
    from statements s left join change c using (payout_id)
    where $1::bigint = 0 or s.producer_id = $1
    window chain as (partition by s.producer_id, s.currency order by s.payout_id),
           before as (partition by s.producer_id, s.currency order by s.payout_id rows between unbounded preceding and 1 preceding)
)
select coalesce(t.payout_id, s.payout_id), coalesce(t.kind, s.kind),
       coalesce(s.entries, 0) || ', ' || coalesce(s.amount_minor, 0) || ', ' || coalesce(s.commission_minor, 0),
       coalesce(t.entries, 0) || ', ' || coalesce(t.minor, 0) || ', ' || coalesce(t.commission, 0)
from total t full join stored s on s.payout_id = t.payout_id and s.kind = t.kind
where (s.entries, s.amount_minor, s.commission_minor) is distinct from (t.entries, t.minor, t.commission)
union all
select payout_id, 'opening', opening_payable || ', ' || opening_held, was_payable || ', ' || was_held from running
where (opening_payable, opening_held) is distinct from (was_payable, was_held)
union all
select payout_id, 'closing', closing_payable || ', ' || closing_held, payable || ', ' || held from running
where (closing_payable, closing_held) is distinct from (payable, held)
order by 1, 2`

// ReplayStatements works every stored statement out again from the ledger,
// those of one producer or (0) of all, and returns what is different. An empty
// list is what the books want.
func ReplayStatements(ctx context.Context, db postgres.DB, producerID int64) ([]Difference, error) {
	rows, err := db.Query(ctx, sqlReplay, producerID)
	if err != nil {
		return nil, fmt.Errorf("replay statements: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Difference])
	if err != nil {
		return nil, fmt.Errorf("replay statements: %w", postgres.Err(err))
	}
	return list, nil
}
