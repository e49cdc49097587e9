// Package payments keeps every try to have an order paid and every message a
// provider sends about one. What a provider can do is its Gateway; money that
// is taken without one, in cash or at a bank, has attempts here too.
package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// Providers without a gateway: people take this money.
const (
	ProviderCOD  Provider = "cod"
	ProviderBank Provider = "bank"
)

// State is where our record of an attempt stands. It has one state fewer than
// a gateway's Status: what is being processed is still open to us; and one
// more: cancelled, by us.
type State string

// The states of an attempt, as the table payments lists them.
const (
	Open      State = "open"
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Expired   State = "expired"
	Cancelled State = "cancelled"
)

// States lists every state of an attempt.
var States = []State{Open, Succeeded, Failed, Expired, Cancelled}

// Moves says where an attempt may go. Money may come for one we had given up;
// nothing undoes money that came. The table payment_moves lists the same, and
// the database refuses anything else.
var Moves = map[State][]State{
	Open:      {Succeeded, Failed, Expired, Cancelled},
	Failed:    {Succeeded},
	Expired:   {Succeeded},
	Cancelled: {Succeeded},
}

// Payment is one attempt to pay an order.
type Payment struct {
	ID          int64
	OrderID     int64
	Provider    Provider
	Status      State
	AmountMinor int64
	Currency    money.Currency
	ProviderRef *string // the provider's name for it, once it has one
	RedirectURL string  // where the buyer pays, while open
	Failure     string  // message key of the last refusal; empty: none
	CreatedAt   time.Time
	ExpiresAt   *time.Time
	SettledAt   *time.Time
	RefundDue   bool // money came that must go back
	// What came when it was another sum than was asked for; nil otherwise.
	ReceivedMinor    *int64
	ReceivedCurrency *money.Currency
	Unanswered       int // questions in a row that the provider gave no answer to
}

// Differs reports whether another sum came than was asked for.
func (p Payment) Differs() bool { return p.ReceivedMinor != nil }

// Received is what came, or is to come: what was asked for, unless it differs.
func (p Payment) Received() money.Amount {
	if p.Differs() {
		return money.New(*p.ReceivedMinor, *p.ReceivedCurrency)
	}
	return p.Amount()
}

// Amount is what the attempt asks for.
func (p Payment) Amount() money.Amount { return money.New(p.AmountMinor, p.Currency) }

// Ref is the provider's name for the attempt, or empty.
func (p Payment) Ref() string {
	if p.ProviderRef == nil {
		return ""
	}
	return *p.ProviderRef
}

// Service keeps attempts and messages, on a pool or inside a transaction.
type Service struct {
	db    postgres.DB
	queue *jobs.Client
	clock func() time.Time
}

// New returns the service on db; messages to be acted on are enqueued on queue.
func New(db postgres.DB, queue *jobs.Client, clock func() time.Time) *Service {
	return &Service{db: db, queue: queue, clock: clock}
}

const sqlPayment = `
select id, order_id, provider, status, amount_minor, currency, provider_ref, redirect_url, failure,
       created_at, expires_at, settled_at, refund_due, received_minor, received_currency, unanswered
from payments
`

// OfOrder lists the attempts to pay an order, the latest first.
func (s *Service) OfOrder(ctx context.Context, orderID int64) ([]Payment, error) {
	return s.list(ctx, `/* payments.of_order */`+sqlPayment+`where order_id = $1 order by id desc`, orderID)
}

// ByID returns an attempt, or errs.NotFound.
func (s *Service) ByID(ctx context.Context, id int64) (Payment, error) {
	return s.one(ctx, `/* payments.by_id */`+sqlPayment+`where id = $1`, id)
}

// ByRef returns the attempt a provider calls ref, or errs.NotFound.
func (s *Service) ByRef(ctx context.Context, provider Provider, ref string) (Payment, error) {
	return s.one(ctx, `/* payments.by_ref */`+sqlPayment+`where provider = $1 and provider_ref = $2`, provider, ref)
}

// Lock returns an attempt and keeps it from changing until the transaction
// ends. Its order is locked before it, always.
func (s *Service) Lock(ctx context.Context, id int64) (Payment, error) {
	return s.one(ctx, `/* payments.lock */`+sqlPayment+`where id = $1 for no key update`, id)
}

// Asking says which attempts to ask providers about.
type Asking struct {
	MadeBefore time.Time
	// Attempts that ended before EndedBefore and were not answered Patience
	// times in a row wait until the last time was before LastBefore.
	EndedBefore, LastBefore time.Time
	Patience, Limit         int
}

const sqlOpenOnline = `where status = 'open' and provider not in ('cod', 'bank') and created_at <= $1
  and (expires_at is null or expires_at >= $2 or unanswered < $3 or unanswered_at < $4)
order by unanswered_at nulls first, id desc limit $5`

// OpenOnline lists attempts that a provider with a gateway may still have news
// of. Those it answered about come first, the latest of them before all, then
// the others by how long ago they were asked about: who does not answer keeps
// nobody else waiting.
func (s *Service) OpenOnline(ctx context.Context, a Asking) ([]Payment, error) {
	return s.list(ctx, `/* payments.open_online */`+sqlPayment+sqlOpenOnline, a.MadeBefore, a.EndedBefore, a.Patience, a.LastBefore, a.Limit)
}

const (
	sqlUnanswered = `/* payments.unanswered */
update payments set unanswered = unanswered + 1, unanswered_at = $2 where id = $1 returning unanswered`
	sqlAnswered = `/* payments.answered */
update payments set unanswered = 0, unanswered_at = null where id = $1 and unanswered > 0`
)

// Unanswered notes that a provider gave no answer about an attempt, and
// returns how often in a row it has not.
func (s *Service) Unanswered(ctx context.Context, id int64) (times int, err error) {
	err = s.db.QueryRow(ctx, sqlUnanswered, id, s.clock()).Scan(&times)
	return times, postgres.Err(err)
}

// Answered notes that a provider answered about an attempt.
func (s *Service) Answered(ctx context.Context, id int64) error {
	_, err := s.db.Exec(ctx, sqlAnswered, id)
	return postgres.Err(err)
}

func (s *Service) list(ctx context.Context, sql string, args ...any) ([]Payment, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Payment])
	return all, postgres.Err(err)
}

func (s *Service) one(ctx context.Context, sql string, args ...any) (Payment, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return Payment{}, postgres.Err(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Payment])
	if err != nil {
		return Payment{}, fmt.Errorf("payment: %w", postgres.Err(err))
	}
	return p, nil
}
