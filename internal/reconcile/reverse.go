package reconcile

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// What a correction undid, and what a provider changed into the currency it
// settles in, cancels out on one account without any report telling of it.
const sqlReversals = `/* reconcile.reversals */
with undone as (
    select e.id, e.account_id, e.amount_minor, t.reverses as whole,
           row_number() over (partition by t.reverses, e.account_id, e.amount_minor order by e.id) as n
    from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.rule = 'correction' and not exists (select from match_items i where i.entry_id = e.id and i.live)
), wrong as (
    select e.id, e.account_id, e.amount_minor, e.transaction_id as whole,
           row_number() over (partition by e.transaction_id, e.account_id, e.amount_minor order by e.id) as n
    from ledger_entries e
    where e.transaction_id in (select whole from undone) and not exists (select from match_items i where i.entry_id = e.id and i.live)
), changed as (
    select e.id, e.account_id, e.amount_minor, t.order_id,
           row_number() over (partition by t.order_id, e.account_id, e.amount_minor order by e.id) as n
    from ledger_transactions t
    join provider_charges c on c.id = t.subject_id
    join ledger_entries e on e.transaction_id = t.id and e.currency <> c.currency
    where t.rule = 'provider_exchange' and t.order_id is not null
      and not exists (select from match_items i where i.entry_id = e.id and i.live)
      and not exists (select from ledger_transactions r where r.reverses = t.id)
), before as (
    select e.id, e.account_id, e.amount_minor, t.order_id,
           row_number() over (partition by t.order_id, e.account_id, e.amount_minor order by e.id) as n
    from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.order_id in (select order_id from changed) and t.rule not in ('provider_exchange', 'provider_fee', 'correction')
      and not exists (select from match_items i where i.entry_id = e.id and i.live)
      and not exists (select from ledger_transactions r where r.reverses = t.id)
)
select x.id, y.id from undone x join wrong y on y.whole = x.whole and y.account_id = x.account_id and y.amount_minor = -x.amount_minor and y.n = x.n
join ledger_accounts a on a.id = x.account_id where a.kind = 'clearing'
union all
select x.id, y.id from changed x join before y on y.order_id = x.order_id and y.account_id = x.account_id and y.amount_minor = -x.amount_minor and y.n = x.n
join ledger_accounts a on a.id = x.account_id where a.kind = 'clearing'`

// reverse pairs off entries that undo each other.
func (s *Service) reverse(ctx context.Context, tx pgx.Tx) (int, error) {
	rows, err := tx.Query(ctx, sqlReversals)
	if err != nil {
		return 0, fmt.Errorf("reversals: %w", postgres.Err(err))
	}
	type pair struct{ One, Other int64 }
	pairs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pair])
	if err != nil || len(pairs) == 0 {
		return 0, postgres.Err(err)
	}
	b := &pgx.Batch{}
	for _, p := range pairs {
		queueMatch(b, newMatch{how: Reversal, at: s.now(), entries: []int64{p.One, p.Other}})
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return 0, fmt.Errorf("pair off %d reversals: %w", len(pairs), postgres.Err(err))
	}
	return len(pairs), nil
}
