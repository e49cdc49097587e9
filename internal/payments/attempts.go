package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// NewAttempt is an attempt about to be written.
type NewAttempt struct {
	OrderID   int64
	Provider  Provider
	Amount    money.Amount
	Ref       string // known from the start where nobody else gives one
	CreatedAt time.Time
	ExpiresAt *time.Time
}

const sqlOpen = `/* payments.open */
insert into payments (order_id, provider, amount_minor, currency, provider_ref, created_at, expires_at)
values ($1, $2, $3, $4, nullif($5, ''), $6, $7) returning id`

// QueueOpen adds to a batch that an attempt is opened.
func QueueOpen(b *pgx.Batch, n NewAttempt) {
	b.Queue(sqlOpen, n.OrderID, n.Provider, n.Amount.Minor, n.Amount.Currency, n.Ref, n.CreatedAt, n.ExpiresAt)
}

// AddOpen is QueueOpen as a part of a statement that writes the order, whose id
// is in the part named after.
func AddOpen(t *postgres.Together, after string, n NewAttempt) {
	t.Add("opened", `insert into payments (order_id, provider, amount_minor, currency, provider_ref, created_at, expires_at)
select id, $1, $2, $3, nullif($4, ''), $5, $6 from `+after, n.Provider, n.Amount.Minor, n.Amount.Currency, n.Ref, n.CreatedAt, n.ExpiresAt)
}

// Open opens an attempt.
func (s *Service) Open(ctx context.Context, n NewAttempt) (Payment, error) {
	var id int64
	err := s.db.QueryRow(ctx, sqlOpen, n.OrderID, n.Provider, n.Amount.Minor, n.Amount.Currency, n.Ref, n.CreatedAt, n.ExpiresAt).Scan(&id)
	if err != nil {
		return Payment{}, fmt.Errorf("open payment of order %d: %w", n.OrderID, postgres.Err(err))
	}
	return s.ByID(ctx, id)
}

const sqlStarted = `/* payments.started */
update payments set provider_ref = $2, redirect_url = case when status = 'open' then $3 else redirect_url end
where id = $1 and (provider_ref is null or provider_ref = $2) returning status`

// Started writes down what a gateway called the attempt and where the buyer
// pays, and returns where the attempt stands: it may have been given up
// meanwhile. One that has another reference already is errs.Conflict.
func (s *Service) Started(ctx context.Context, id int64, started Started) (State, error) {
	var now State
	err := postgres.Err(s.db.QueryRow(ctx, sqlStarted, id, started.ProviderRef, started.RedirectURL).Scan(&now))
	switch {
	case errors.Is(err, errs.NotFound):
		return "", errs.E(errs.Conflict, fmt.Sprintf("payment %d is not %s", id, started.ProviderRef))
	case err != nil:
		return "", fmt.Errorf("payment %d started: %w", id, err)
	}
	return now, nil
}

const sqlSucceed = `/* payments.succeed */
update payments set status = 'succeeded', settled_at = $2, refund_due = $3, failure = '', redirect_url = ''
where id = $1 and status <> 'succeeded'`

// Succeed says that the money of an attempt is here; refundDue, that it must
// go back because the order cannot be fulfilled. It reports whether this was
// news; it happens once. Money may come for an attempt we had given up.
func (s *Service) Succeed(ctx context.Context, id int64, refundDue bool) (bool, error) {
	tag, err := s.db.Exec(ctx, sqlSucceed, id, s.clock(), refundDue)
	if err != nil {
		return false, fmt.Errorf("payment %d succeeded: %w", id, postgres.Err(err))
	}
	return tag.RowsAffected() == 1, nil
}

const sqlClose = `/* payments.close */
update payments set status = $2, failure = case when $3 = '' then failure else $3 end, redirect_url = ''
where id = $1 and status = 'open'`

// Close ends an open attempt without money; failure is a message key for the
// buyer or empty. One that is no longer open stays as it is.
func (s *Service) Close(ctx context.Context, id int64, as State, failure string) error {
	_, err := s.db.Exec(ctx, sqlClose, id, as, failure)
	return postgres.Err(err)
}

const sqlCloseAll = `/* payments.close_all */
update payments set status = $2, redirect_url = ''
where order_id = $1 and status = 'open' and provider in ('cod', 'bank')`

// CloseAll ends the open attempts of an order that no provider has news of. One
// through a gateway stays open until its provider has said how it ended, or that
// it has none.
func (s *Service) CloseAll(ctx context.Context, orderID int64, as State) error {
	_, err := s.db.Exec(ctx, sqlCloseAll, orderID, as)
	return postgres.Err(err)
}

const sqlDiffers = `/* payments.differs */
update payments set status = case when status = 'open' then 'failed' else status end, refund_due = true,
    received_minor = $2, received_currency = $3, failure = $4, redirect_url = ''
where id = $1 and status <> 'succeeded' and received_minor is null`

// FailureAmount is the message key of an attempt that brought another sum
// than was asked for.
const FailureAmount = "checkout.errors.amount"

// Differs says that another sum came than was asked for. It pays for nothing
// and must go back. It reports whether this was news.
func (s *Service) Differs(ctx context.Context, id int64, received money.Amount) (bool, error) {
	tag, err := s.db.Exec(ctx, sqlDiffers, id, received.Minor, received.Currency, FailureAmount)
	if err != nil {
		return false, fmt.Errorf("payment %d brought %v: %w", id, received, postgres.Err(err))
	}
	return tag.RowsAffected() == 1, nil
}

const sqlRefused = `/* payments.refused */
update payments set failure = $2 where id = $1 and status = 'open' and failure <> $2`

// Refused keeps why the last try with an open attempt was refused.
func (s *Service) Refused(ctx context.Context, id int64, failure string) error {
	_, err := s.db.Exec(ctx, sqlRefused, id, failure)
	return postgres.Err(err)
}
