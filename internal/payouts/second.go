package payouts

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Part is what keeps somebody from being the second person of a batch, or one
// of the two who say that a payout came back.
type Part string

// What may.
const (
	PartRole        Part = "role"        // she got her office from whoever proposed the batch, or after that
	PartDestination Part = "destination" // she wrote down where somebody's money goes
	PartMember      Part = "member"      // she is one of a producer's people
)

// PartError says that whoever would approve a batch, or say that a payout came
// back, has a part in it. It is errs.Forbidden.
type PartError struct {
	Part     Part
	Producer string // whose; empty: of no single one
}

// Error is for logs.
func (e *PartError) Error() string {
	return fmt.Sprintf("payouts: whoever decides has a part in it: %s %s", e.Part, e.Producer)
}

// Kind is errs.Forbidden.
func (e *PartError) Kind() errs.Kind { return errs.Forbidden }

const sqlOffice = `/* payouts.office_for */
select exists (select from account_roles r where r.account_id = $2 and r.role in ('finance', 'admin')
               and (r.granted_by is null or r.granted_by <> b.proposed_by and r.granted_at < b.proposed_at))
from payout_batches b where b.id = $1`

const sqlParts = `/* payouts.parts */
select case when m.account_id is not null then 'member' else 'destination' end,
       coalesce((select name from producer_sources t where t.producer_id = y.producer_id limit 1), '')
from payouts y
join payout_destinations d on d.id = y.destination_id
left join producer_members m on m.producer_id = y.producer_id and m.account_id = $2
where y.batch_id = $1 and (m.account_id is not null or d.set_by = $2)
order by y.id limit 1`

// independent makes sure that an account has no part in what it would approve.
// The database looks again.
func independent(ctx context.Context, tx pgx.Tx, accountID, batchID int64) error {
	var holds bool
	if err := tx.QueryRow(ctx, sqlOffice, batchID, accountID).Scan(&holds); err != nil {
		return postgres.Err(err)
	}
	if !holds {
		return &PartError{Part: PartRole}
	}
	rows, err := tx.Query(ctx, sqlParts, batchID, accountID)
	if err != nil {
		return postgres.Err(err)
	}
	parts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[PartError])
	if err != nil {
		return postgres.Err(err)
	}
	if len(parts) > 0 {
		return &parts[0]
	}
	return nil
}

const sqlMayReturn = `/* payouts.may_return */
select says_returned(y, $2::bigint, $3::bigint, coalesce($4::timestamptz, 'infinity')),
       exists (select from producer_members m where m.producer_id = y.producer_id and m.account_id = $2),
       coalesce((select name from producer_sources t where t.producer_id = y.producer_id limit 1), '')
from payouts y where y.id = $1`

// mayReturn makes sure that an account has no part in the payout it says came
// back: it holds its office, not from the other who says so (0: nobody yet) nor
// since the first did (nil: nobody has). The database looks again.
func mayReturn(ctx context.Context, tx pgx.Tx, payoutID, accountID, other int64, since *time.Time) error {
	var may, member bool
	var producer string
	if err := tx.QueryRow(ctx, sqlMayReturn, payoutID, accountID, other, since).Scan(&may, &member, &producer); err != nil {
		return postgres.Err(err)
	}
	switch {
	case may:
		return nil
	case member:
		return &PartError{Part: PartMember, Producer: producer}
	}
	return &PartError{Part: PartRole}
}
