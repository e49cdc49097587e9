package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Dispute is a payment whose buyer's bank took the money back, at least for
// now.
type Dispute struct {
	ID          int64
	PaymentID   int64
	OrderID     int64
	Provider    Provider
	ProviderRef string
	Status      DisputeStatus
	AmountMinor int64
	Currency    money.Currency
	Reason      string // the provider's word for it
	RespondBy   *time.Time
	OpenedAt    time.Time
	ClosedAt    *time.Time
}

// Amount is what the bank took.
func (d Dispute) Amount() money.Amount { return money.New(d.AmountMinor, d.Currency) }

const sqlDispute = `
select id, payment_id, order_id, provider, provider_ref, status, amount_minor, currency, reason, respond_by, opened_at, closed_at
from disputes
`

// DisputeByID returns a dispute, or errs.NotFound.
func (s *Service) DisputeByID(ctx context.Context, id int64) (Dispute, error) {
	rows, err := s.db.Query(ctx, `/* payments.dispute_by_id */`+sqlDispute+`where id = $1`, id)
	if err != nil {
		return Dispute{}, postgres.Err(err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Dispute])
	if err != nil {
		return Dispute{}, fmt.Errorf("dispute %d: %w", id, postgres.Err(err))
	}
	return d, nil
}

// DisputesOfOrder lists the disputes about an order, the oldest first.
func (s *Service) DisputesOfOrder(ctx context.Context, orderID int64) ([]Dispute, error) {
	return s.disputes(ctx, `/* payments.disputes_of_order */`+sqlDispute+`where order_id = $1 order by id`, orderID)
}

// DisputesOverdue lists open disputes that were to be answered before a
// moment, or have no such day, by id from after on.
func (s *Service) DisputesOverdue(ctx context.Context, before time.Time, after int64, limit int) ([]Dispute, error) {
	return s.disputes(ctx, `/* payments.disputes_overdue */`+sqlDispute+
		`where status = 'open' and (respond_by is null or respond_by <= $1) and id > $2 order by id limit $3`, before, after, limit)
}

func (s *Service) disputes(ctx context.Context, sql string, args ...any) ([]Dispute, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Dispute])
	return list, postgres.Err(err)
}

const (
	sqlDisputeNew = `/* payments.dispute_new */
insert into disputes (payment_id, order_id, provider, provider_ref, amount_minor, currency, reason, respond_by, opened_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (provider, provider_ref) do nothing`
	sqlDisputeLock = `/* payments.dispute_lock */` + sqlDispute + `where provider = $1 and provider_ref = $2 for no key update`
	sqlDisputeMove = `/* payments.dispute_move */
update disputes set status = $2, reason = $3, respond_by = $4, closed_at = case when $2 = 'open' then null else coalesce(closed_at, $5) end
where id = $1`
)

// OpenDispute writes down a dispute of a locked order unless it is known, and
// returns it as it is now, locked; fresh says that it is new.
func (s *Service) OpenDispute(ctx context.Context, d Dispute) (_ Dispute, fresh bool, err error) {
	tag, err := s.db.Exec(ctx, sqlDisputeNew, d.PaymentID, d.OrderID, d.Provider, d.ProviderRef, d.AmountMinor, d.Currency,
		d.Reason, d.RespondBy, d.OpenedAt)
	if err != nil {
		return Dispute{}, false, fmt.Errorf("dispute %s: %w", d.ProviderRef, postgres.Err(err))
	}
	list, err := s.disputes(ctx, sqlDisputeLock, d.Provider, d.ProviderRef)
	if err == nil && len(list) != 1 {
		err = errs.E(errs.Internal, fmt.Sprintf("%d rows", len(list)))
	}
	if err != nil {
		return Dispute{}, false, fmt.Errorf("dispute %s: %w", d.ProviderRef, err)
	}
	return list[0], tag.RowsAffected() == 1, nil
}

// MoveDispute writes down how a locked dispute stands, what it is about and
// until when it is to be answered. One that is over stays as it ended.
func (s *Service) MoveDispute(ctx context.Context, id int64, to DisputeStatus, reason string, respondBy *time.Time) error {
	_, err := s.db.Exec(ctx, sqlDisputeMove, id, to, reason, respondBy, s.clock())
	return postgres.Err(err)
}
