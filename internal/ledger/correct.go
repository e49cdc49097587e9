package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

const sqlCorrect = `/* ledger.correct */
with wrong as (
    select id, order_id from ledger_transactions where id = $1 and rule <> 'correction'
), booked as (
    insert into ledger_transactions (rule, subject, subject_id, order_id, reverses, memo, account_id, at)
    select 'correction', 'transaction', id, order_id, id, $2, nullif($3::bigint, 0), $4 from wrong
    on conflict do nothing
    returning id
), entry as (
    insert into ledger_entries (transaction_id, account_id, currency, amount_minor, line_id, parcel_id, rate, rate_to)
    select booked.id, e.account_id, e.currency, -e.amount_minor, e.line_id, e.parcel_id, e.rate, e.rate_to
    from booked, ledger_entries e where e.transaction_id = $1 order by e.id
)
select exists (select from wrong), exists (select from booked)`

// Correct reverses a transaction exactly, and says why. What should have been
// booked instead is posted with the next Turn. A transaction there is not, or
// that is a correction itself, is errs.NotFound; one corrected before
// errs.Conflict; a correction without a reason errs.Invalid.
func (s *Service) Correct(ctx context.Context, transactionID, by int64, memo string, at time.Time) error {
	if strings.TrimSpace(memo) == "" {
		return errs.E(errs.Invalid, "ledger: a correction without a reason")
	}
	var found, done bool
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, sqlCorrect, transactionID, memo, by, at).Scan(&found, &done)
	})
	switch {
	case err != nil:
		return fmt.Errorf("correct transaction %d: %w", transactionID, err)
	case !found:
		return errs.E(errs.NotFound, fmt.Sprintf("ledger: no transaction %d to correct", transactionID))
	case !done:
		return errs.E(errs.Conflict, fmt.Sprintf("ledger: transaction %d is corrected already", transactionID))
	}
	return nil
}

const sqlTurn = `/* ledger.turn */
select coalesce(max(t.turn) filter (where c.id is null), max(t.turn) + 1, 0)
from ledger_transactions t left join ledger_transactions c on c.reverses = t.id
where t.rule = $1 and t.subject = $2 and t.subject_id = $3`

// Turn is the turn an event has that is booked once: of the transaction that
// stands, or the next when all there were have been corrected.
func (s *Service) Turn(ctx context.Context, rule Rule, subject SubjectKind, id int64) (turn int, err error) {
	if err := s.db.QueryRow(ctx, sqlTurn, rule, subject, id).Scan(&turn); err != nil {
		return 0, fmt.Errorf("turn of %s of %s %d: %w", rule, subject, id, postgres.Err(err))
	}
	return turn, nil
}
