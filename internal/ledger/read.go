package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Booked is an entry as it stands in the books, with what its transaction is
// about.
type Booked struct {
	EntryID       int64
	TransactionID int64
	Rule          Rule
	Subject       SubjectKind
	SubjectID     int64
	Turn          int
	OrderID       int64 // or 0
	Reverses      int64 // the transaction a correction reverses, or 0
	CorrectedBy   int64 // the correction that reverses this transaction, or 0
	Memo          string
	By            int64 // the account of whoever did it; 0: a provider or the clock
	At            time.Time
	Entry
}

const bookedColumns = `e.id, t.id, t.rule, t.subject, t.subject_id, t.turn, coalesce(t.order_id, 0), coalesce(t.reverses, 0),
       coalesce((select c.id from ledger_transactions c where c.reverses = t.id), 0), t.memo, coalesce(t.account_id, 0), t.at,
       a.kind, coalesce(a.producer_id, 0), a.provider, e.currency, e.amount_minor,
       coalesce(e.line_id, 0), coalesce(e.parcel_id, 0), e.rate, coalesce(e.rate_to, '')
`

const bookedFrom = `
from ledger_entries e
join ledger_transactions t on t.id = e.transaction_id
join ledger_accounts a on a.id = e.account_id
`

const sqlBooked = `select ` + bookedColumns + bookedFrom

// scanBooked reads bookedColumns, and what a query returns after them.
func scanBooked(row pgx.CollectableRow, more ...any) (Booked, error) {
	var (
		b    Booked
		rate money.Rate
	)
	err := row.Scan(append([]any{&b.EntryID, &b.TransactionID, &b.Rule, &b.Subject, &b.SubjectID, &b.Turn, &b.OrderID, &b.Reverses,
		&b.CorrectedBy, &b.Memo, &b.By, &b.At, &b.Account.Kind, &b.Account.ProducerID, &b.Account.Till,
		&b.Account.Currency, &b.Minor, &b.LineID, &b.ParcelID, &rate, &b.RateTo}, more...)...)
	if !rate.IsZero() {
		b.Rate = &rate
	}
	return b, err
}

func (s *Service) booked(ctx context.Context, sql string, args ...any) ([]Booked, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Booked, error) { return scanBooked(row) })
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", postgres.Err(err))
	}
	return list, nil
}

// OfOrder returns all that was booked about an order, oldest first, the entries
// of a transaction together.
func (s *Service) OfOrder(ctx context.Context, orderID int64) ([]Booked, error) {
	return s.booked(ctx, `/* ledger.of_order */`+sqlBooked+`where t.order_id = $1 order by t.id, e.id`, orderID)
}

// OfSubject returns all that was booked about one subject, as OfOrder does.
func (s *Service) OfSubject(ctx context.Context, subject SubjectKind, id int64) ([]Booked, error) {
	return s.booked(ctx, `/* ledger.of_subject */`+sqlBooked+`where t.subject = $1 and t.subject_id = $2 order by t.id, e.id`, subject, id)
}

// Transaction returns the entries of one transaction; none when there is no
// such one.
func (s *Service) Transaction(ctx context.Context, id int64) ([]Booked, error) {
	return s.booked(ctx, `/* ledger.transaction */`+sqlBooked+`where t.id = $1 order by e.id`, id)
}
