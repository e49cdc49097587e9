package payments

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// NewRefund is a refund about to be written; its parts come with it.
type NewRefund struct {
	OrderID   int64
	PaymentID int64  // 0: cash taken at the door
	RequestID int64  // 0: nobody asked
	FormToken string // one-time token of the form; empty: by rule
	Kind      RefundKind
	Method    RefundMethod
	Amount    money.Amount // the sum of the parts
	Reason    string       // 1 … 500 characters
	DecidedBy int64        // 0: by rule
	Lines     []RefundLine
	Shipping  []RefundShipping
}

// RefundLine is how many pieces of a line go back.
type RefundLine struct {
	LineID    int64
	Quantity  int
	Restocked int // of them put back into stock
	Amount    money.Amount
}

// RefundShipping is how much of a parcel's shipping goes back.
type RefundShipping struct {
	ParcelID int64
	Amount   money.Amount
}

const (
	sqlRefundNew = `/* payments.refund_new */
insert into refunds (order_id, payment_id, request_id, form_token, kind, method, amount_minor, currency, reason, decided_by, decided_at)
values ($1, nullif($2, 0::bigint), nullif($3, 0::bigint), nullif($4, '')::uuid, $5, $6, $7, $8, $9, nullif($10, 0::bigint), $11)
on conflict (payment_id) where kind = 'unexpected' do nothing returning id`
	sqlRefundLine = `/* payments.refund_line */
insert into refund_lines (refund_id, order_id, line_id, quantity, restocked, amount_minor) values ($1, $2, $3, $4, $5, $6)`
	sqlRefundShipping = `/* payments.refund_shipping */
insert into refund_shipping (refund_id, order_id, parcel_id, amount_minor) values ($1, $2, $3, $4)`
)

// AddRefund writes that money goes back, in the transaction that decides it,
// its order locked. What goes beyond what came is refused when that
// transaction commits. An unexpected payment goes back once: the second time
// it returns 0.
func (s *Service) AddRefund(ctx context.Context, n NewRefund) (int64, error) {
	var id int64
	err := s.db.QueryRow(ctx, sqlRefundNew, n.OrderID, n.PaymentID, n.RequestID, n.FormToken, n.Kind, n.Method,
		n.Amount.Minor, n.Amount.Currency, n.Reason, n.DecidedBy, s.clock()).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("refund of order %d: %w", n.OrderID, postgres.Err(err))
	}
	b := &pgx.Batch{}
	for _, l := range n.Lines {
		b.Queue(sqlRefundLine, id, n.OrderID, l.LineID, l.Quantity, l.Restocked, l.Amount.Minor)
	}
	for _, p := range n.Shipping {
		b.Queue(sqlRefundShipping, id, n.OrderID, p.ParcelID, p.Amount.Minor)
	}
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return 0, fmt.Errorf("parts of refund %d: %w", id, postgres.Err(err))
	}
	return id, nil
}

// RefundMove is a step of a refund and what comes with it.
type RefundMove struct {
	To      RefundState
	Method  RefundMethod // from now on; empty: as it was
	Ref     string       // the provider's name; empty: as it was
	Failure string
	Till    string // what it was sent from; of RefundSent only
	Proof   string
	By      int64 // who sent it by hand
}

const sqlRefundMove = `/* payments.refund_move */
update refunds set status = $3, method = coalesce(nullif($4, ''), method), provider_ref = coalesce(nullif($5, ''), provider_ref),
    failure = $6, till = coalesce(nullif($7, ''), till), proof = coalesce(nullif($8, ''), proof),
    sent_by = case when $3 <> 'sent' then sent_by when status = 'sent' then coalesce(nullif($9, 0::bigint), sent_by) else nullif($9, 0::bigint) end,
    sent_at = case when $3 = 'sent' then $10::timestamptz end,
    sendings = sendings + case when $3 = 'sent' and status <> 'sent' then 1 else 0 end
where id = $1 and status = $2`

// MoveRefund takes a step with a locked refund; to the state it is in, only
// what is named besides is written. A step it cannot take is errs.Conflict.
func (s *Service) MoveRefund(ctx context.Context, r *Refund, m RefundMove) error {
	now := s.clock()
	at := &now
	if m.To == RefundSent && r.Status == RefundSent {
		at = r.SentAt
	}
	tag, err := s.db.Exec(ctx, sqlRefundMove, r.ID, r.Status, m.To, m.Method, m.Ref, m.Failure, m.Till, m.Proof, m.By, at)
	if err != nil {
		return fmt.Errorf("refund %d to %s: %w", r.ID, m.To, postgres.Err(err))
	}
	if tag.RowsAffected() == 0 {
		return errs.E(errs.Conflict, fmt.Sprintf("refund %d is no longer %s", r.ID, r.Status))
	}
	moved, err := s.RefundByID(ctx, r.ID)
	if err == nil {
		*r = moved
	}
	return err
}
