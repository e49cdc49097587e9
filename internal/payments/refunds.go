package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// RefundKind says why money goes back.
type RefundKind string

// The kinds of refund, as the table refunds lists them.
const (
	RefundOfOrder    RefundKind = "order"      // some of what was sold is taken back
	RefundUnexpected RefundKind = "unexpected" // it paid for no order
)

// Why money goes back that no person decided about; letters and pages say it in
// the reader's language.
const (
	ReasonUnexpected = "unexpected payment" // it paid for no order
	ReasonReversed   = "reversed"           // its provider has given all of it back
)

// RefundMethod says how money goes back.
type RefundMethod string

// How money goes back.
const (
	ByProvider RefundMethod = "provider" // the way it came
	ByHand     RefundMethod = "hand"     // people send it
)

// RefundState is where a refund stands with us. It has one state more than a
// provider's RefundStatus: due, decided and not yet sent off.
type RefundState string

// The states of a refund, as the table refunds lists them.
const (
	RefundDue     RefundState = "due"
	RefundPending RefundState = "pending" // its provider is at it
	RefundSent    RefundState = "sent"
	RefundFailed  RefundState = "failed" // the provider will not do it: people send it
)

// RefundMoves says where a refund may go. Even one that was sent may come
// back. The table refund_moves lists the same, and the database refuses
// anything else.
var RefundMoves = map[RefundState][]RefundState{
	RefundDue:     {RefundPending, RefundSent, RefundFailed},
	RefundPending: {RefundSent, RefundFailed},
	RefundSent:    {RefundFailed},
	RefundFailed:  {RefundSent},
}

// Refund is money that goes back to a buyer.
type Refund struct {
	ID          int64
	OrderID     int64
	PaymentID   *int64 // whose money it is; nil: cash taken at the door
	RequestID   *int64 // what the buyer had asked, if she had
	Kind        RefundKind
	Method      RefundMethod
	Status      RefundState
	AmountMinor int64
	Currency    money.Currency
	Reason      string // what staff told the buyer, or the rule's own word
	ProviderRef *string
	Proof       string // of money sent by hand
	Failure     string // message key: why the provider did not do it
	Till        string // what it was sent from, last: a ledger.Till
	Sendings    int    // how often it was booked as sent
	DecidedBy   *int64 // nil: by rule
	SentBy      *int64
	DecidedAt   time.Time
	SentAt      *time.Time
}

// Amount is what goes back.
func (r Refund) Amount() money.Amount { return money.New(r.AmountMinor, r.Currency) }

// Ref is the provider's name for it, or empty.
func (r Refund) Ref() string {
	if r.ProviderRef == nil {
		return ""
	}
	return *r.ProviderRef
}

// Reversed reports whether it was written down because the provider had given
// the money back already.
func (r Refund) Reversed() bool { return r.DecidedBy == nil && r.Reason == ReasonReversed }

// Payment is the id of the payment it belongs to, or 0.
func (r Refund) Payment() int64 { return deref(r.PaymentID) }

// ForHands reports whether people have to send it.
func (r Refund) ForHands() bool {
	return r.Status == RefundFailed || r.Method == ByHand && r.Status == RefundDue
}

// FailureTakenBack is the message key of a refund that people had said they
// sent, and took back: it waits to be sent.
const FailureTakenBack = "refunds.taken_back"

// TakenBack reports whether it waits because of that.
func (r Refund) TakenBack() bool { return r.Status == RefundFailed && r.Failure == FailureTakenBack }

// SaidSent reports whether it counts as sent because a person says so, and
// nobody else.
func (r Refund) SaidSent() bool {
	return r.Status == RefundSent && r.Method == ByHand && r.SentBy != nil
}

// GivenBack reports whether it counts as sent because its provider says, of
// itself, that all of the payment went back: nobody sent it from here.
func (r Refund) GivenBack() bool {
	return r.Status == RefundSent && r.Method == ByHand && r.SentBy == nil
}

func deref(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

const sqlRefund = `
select id, order_id, payment_id, request_id, kind, method, status, amount_minor, currency, reason, provider_ref, proof,
       failure, till, sendings, decided_by, sent_by, decided_at, sent_at
from refunds
`

// RefundByID returns a refund, or errs.NotFound.
func (s *Service) RefundByID(ctx context.Context, id int64) (Refund, error) {
	return s.refund(ctx, `/* payments.refund_by_id */`+sqlRefund+`where id = $1`, id)
}

// LockRefund returns a refund and keeps it from changing until the transaction
// ends. Its order is locked before it, always.
func (s *Service) LockRefund(ctx context.Context, id int64) (Refund, error) {
	return s.refund(ctx, `/* payments.lock_refund */`+sqlRefund+`where id = $1 for no key update`, id)
}

// RefundByForm returns the refund that a form's one-time token has made
// already, or errs.NotFound.
func (s *Service) RefundByForm(ctx context.Context, token string) (Refund, error) {
	return s.refund(ctx, `/* payments.refund_by_form */`+sqlRefund+`where form_token = $1`, token)
}

// RefundByRef returns the refund a provider calls ref, or errs.NotFound.
func (s *Service) RefundByRef(ctx context.Context, provider Provider, ref string) (Refund, error) {
	return s.refund(ctx, `/* payments.refund_by_ref */`+sqlRefund+
		`where provider_ref = $2 and payment_id in (select id from payments where provider = $1)`, provider, ref)
}

// RefundsOfOrder lists what goes back of an order, the oldest first.
func (s *Service) RefundsOfOrder(ctx context.Context, orderID int64) ([]Refund, error) {
	return s.refunds(ctx, `/* payments.refunds_of_order */`+sqlRefund+`where order_id = $1 order by id`, orderID)
}

// RefundsOfPayment lists what goes back of a payment, the oldest first.
func (s *Service) RefundsOfPayment(ctx context.Context, paymentID int64) ([]Refund, error) {
	return s.refunds(ctx, `/* payments.refunds_of_payment */`+sqlRefund+`where payment_id = $1 order by id`, paymentID)
}

// RefundsOpen lists refunds decided after one moment and not after another that
// a provider has still to do or, when begun, to report on, by id from after on.
func (s *Service) RefundsOpen(ctx context.Context, begun bool, from, until time.Time, after int64, limit int) ([]Refund, error) {
	return s.refunds(ctx, `/* payments.refunds_open */`+sqlRefund+
		`where status in ('due', 'pending') and method = 'provider' and (provider_ref is not null) = $1
  and decided_at > $2 and decided_at <= $3 and id > $4
order by id limit $5`, begun, from, until, after, limit)
}

// RefundsSentBetween lists refunds that a provider sent after one moment and not after
// another, by id from after on: a buyer's bank may still send them back.
func (s *Service) RefundsSentBetween(ctx context.Context, from, until time.Time, after int64, limit int) ([]Refund, error) {
	return s.refunds(ctx, `/* payments.refunds_sent */`+sqlRefund+
		`where status = 'sent' and method = 'provider' and provider_ref is not null and sent_at > $1 and sent_at <= $2 and id > $3
order by id limit $4`, from, until, after, limit)
}

func (s *Service) refunds(ctx context.Context, sql string, args ...any) ([]Refund, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Refund])
	return all, postgres.Err(err)
}

func (s *Service) refund(ctx context.Context, sql string, args ...any) (Refund, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return Refund{}, postgres.Err(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Refund])
	if err != nil {
		return Refund{}, fmt.Errorf("refund: %w", postgres.Err(err))
	}
	return r, nil
}
