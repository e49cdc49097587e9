package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Event is one deed for the audit trail.
type Event struct {
	AccountID   int64          // who did it; 0: the program itself
	Action      string         // "subject.deed", such as "product.approved"
	SubjectKind string         // "product", "order", "account", …
	SubjectID   int64          //
	Detail      map[string]any // what a reader needs to understand it; never secrets
}

const sqlAudit = `/* accounts.audit */
insert into audit_events (account_id, action, subject_kind, subject_id, detail) values (nullif($1, 0), $2, $3, $4, $5)`

// Audit writes the deed into the trail, in the transaction that does it.
func Audit(ctx context.Context, tx pgx.Tx, e Event) error {
	if e.Detail == nil {
		e.Detail = map[string]any{}
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("audit detail of %s: %w", e.Action, err)
	}
	_, err = tx.Exec(ctx, sqlAudit, e.AccountID, e.Action, e.SubjectKind, e.SubjectID, detail)
	return postgres.Err(err)
}

// Audited reports whether a deed about a subject is in the trail whose detail
// has these values among others.
func Audited(ctx context.Context, tx pgx.Tx, action, subjectKind string, subjectID int64, detail map[string]any) (bool, error) {
	var found bool
	err := tx.QueryRow(ctx, `/* accounts.audited */
select exists (select from audit_events where subject_kind = $1 and subject_id = $2 and action = $3 and detail @> $4)`,
		subjectKind, subjectID, action, detail).Scan(&found)
	return found, postgres.Err(err)
}

// TrailEntry is a line of the audit trail as the desk shows it.
type TrailEntry struct {
	ID          int64
	At          time.Time
	AccountID   *int64
	AccountName string // empty: the program itself
	Action      string
	SubjectKind string
	SubjectID   int64
	Detail      json.RawMessage
}

// TrailQuery narrows the trail; zero values do not narrow.
type TrailQuery struct {
	AccountID   int64
	SubjectKind string
	SubjectID   int64
	Action      string
	Before      int64 // id of the last line of the page before
	Limit       int
}

const sqlTrail = `/* accounts.trail */
select e.id, e.at, e.account_id, coalesce(a.name, '') as account_name, e.action, e.subject_kind, e.subject_id, e.detail
from audit_events e left join accounts a on a.id = e.account_id
where ($1 = 0 or e.account_id = $1) and ($2 = '' or e.subject_kind = $2) and ($3 = 0 or e.subject_id = $3)
  and ($4 = '' or e.action = $4) and ($5 = 0 or e.id < $5)
order by e.id desc limit $6`

// Trail lists the audit trail, newest first.
func (s *Service) Trail(ctx context.Context, q TrailQuery) ([]TrailEntry, error) {
	rows, err := s.db.Query(ctx, sqlTrail, q.AccountID, q.SubjectKind, q.SubjectID, q.Action, q.Before, q.Limit)
	if err != nil {
		return nil, postgres.Err(err)
	}
	trail, err := pgx.CollectRows(rows, pgx.RowToStructByName[TrailEntry])
	return trail, postgres.Err(err)
}
