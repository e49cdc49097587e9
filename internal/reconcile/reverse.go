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
with open as materialized (
    select e.id, e.account_id, e.amount_minor, e.currency, t.id as transaction_id, t.rule, t.subject_id, t.order_id, t.reverses,
           exists (select from ledger_transactions r where r.reverses = t.id) as reversed
    from open_entries o join ledger_entries e on e.id = o.entry_id join ledger_transactions t on t.id = e.transaction_id
), undone as (
    select id, account_id, amount_minor, reverses as whole, row_number() over (partition by reverses, account_id, amount_minor order by id) as n
    from open where rule = 'correction'
), wrong as (
    select id, account_id, amount_minor, transaction_id as whole, row_number() over (partition by transaction_id, account_id, amount_minor order by id) as n
    from open where reversed
), changed as (
    select o.id, o.account_id, o.amount_minor, o.order_id, row_number() over (partition by o.order_id, o.account_id, o.amount_minor order by o.id) as n
    from open o join provider_charges c on c.id = o.subject_id and o.currency <> c.currency
    where o.rule = 'provider_exchange' and o.order_id is not null and not o.reversed
), before as (
    select id, account_id, amount_minor, order_id, row_number() over (partition by order_id, account_id, amount_minor order by id) as n
    from open where order_id is not null and rule not in ('provider_exchange', 'provider_fee', 'correction') and not reversed
)
select x.id, y.id from undone x join wrong y on y.whole = x.whole and y.account_id = x.account_id and y.amount_minor = -x.amount_minor and y.n = x.n
union all
select x.id, y.id from changed x join before y on y.order_id = x.order_id and y.account_id = x.account_id and y.amount_minor = -x.amount_minor and y.n = x.n`

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
