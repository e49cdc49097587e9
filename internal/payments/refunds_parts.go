package payments

import (
	"context"
	"maps"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// RefundParts are the parts of a refund.
type RefundParts struct {
	Lines    []RefundLine
	Shipping []RefundShipping
}

const (
	sqlRefundLines = `/* payments.refund_lines */
select p.refund_id, p.line_id, p.quantity, p.restocked, p.amount_minor, r.currency
from refund_lines p join refunds r on r.id = p.refund_id where p.refund_id = any ($1) order by p.refund_id, p.line_id`
	sqlRefundShippings = `/* payments.refund_shippings */
select p.refund_id, p.parcel_id, p.amount_minor, r.currency
from refund_shipping p join refunds r on r.id = p.refund_id where p.refund_id = any ($1) order by p.refund_id, p.parcel_id`
)

// PartsOf returns the parts of refunds by their ids.
func (s *Service) PartsOf(ctx context.Context, refundIDs ...int64) (map[int64]RefundParts, error) {
	all := make(map[int64]RefundParts, len(refundIDs))
	rows, err := s.db.Query(ctx, sqlRefundLines, refundIDs)
	if err != nil {
		return nil, postgres.Err(err)
	}
	var id, minor int64
	var cur money.Currency
	var l RefundLine
	_, err = pgx.ForEachRow(rows, []any{&id, &l.LineID, &l.Quantity, &l.Restocked, &minor, &cur}, func() error {
		l.Amount = money.New(minor, cur)
		parts := all[id]
		parts.Lines = append(parts.Lines, l)
		all[id] = parts
		return nil
	})
	if err != nil {
		return nil, postgres.Err(err)
	}
	if rows, err = s.db.Query(ctx, sqlRefundShippings, refundIDs); err != nil {
		return nil, postgres.Err(err)
	}
	var p RefundShipping
	_, err = pgx.ForEachRow(rows, []any{&id, &p.ParcelID, &minor, &cur}, func() error {
		p.Amount = money.New(minor, cur)
		parts := all[id]
		parts.Shipping = append(parts.Shipping, p)
		all[id] = parts
		return nil
	})
	return all, postgres.Err(err)
}

// SameParts reports whether a refund has exactly these parts; sums of lines
// are not looked at, as they follow.
func (s *Service) SameParts(ctx context.Context, refundID int64, lines []RefundLine, shipping []RefundShipping) (bool, error) {
	all, err := s.PartsOf(ctx, refundID)
	if err != nil {
		return false, err
	}
	was := all[refundID]
	return maps.Equal(piecesOf(was.Lines), piecesOf(lines)) && maps.Equal(sumsOf(was.Shipping), sumsOf(shipping)), nil
}

func piecesOf(lines []RefundLine) map[int64][2]int {
	all := make(map[int64][2]int, len(lines))
	for _, l := range lines {
		all[l.LineID] = [2]int{l.Quantity, l.Restocked}
	}
	return all
}

func sumsOf(parcels []RefundShipping) map[int64]money.Amount {
	all := make(map[int64]money.Amount, len(parcels))
	for _, p := range parcels {
		all[p.ParcelID] = p.Amount
	}
	return all
}

const (
	sqlKept = `
where order_id = $1 and status = 'succeeded' and not refund_due`
	sqlDecided = `/* payments.decided */
select coalesce(sum(amount_minor), 0)::bigint from refunds where payment_id = $1`
	sqlHeld = `/* payments.held */
select coalesce(sum(amount_minor), 0)::bigint, coalesce(bool_or(status = 'open'), false) from disputes where payment_id = $1 and status <> 'won'`
)

// Kept returns the payment an order keeps, or errs.NotFound: not paid yet, or
// in cash at the door in parts.
func (s *Service) Kept(ctx context.Context, orderID int64) (Payment, error) {
	return s.one(ctx, `/* payments.kept */`+sqlPayment+sqlKept, orderID)
}

// Decided is how much of a payment goes back, decided so far, in minor units.
func (s *Service) Decided(ctx context.Context, paymentID int64) (int64, error) {
	var sum int64
	err := s.db.QueryRow(ctx, sqlDecided, paymentID).Scan(&sum)
	return sum, postgres.Err(err)
}

// Held is what buyers' banks have of a payment.
type Held struct {
	Minor int64
	Open  bool // a dispute about it is not over
}

// HeldByDisputes returns what the buyer's bank has taken of a payment and not
// given back.
func (s *Service) HeldByDisputes(ctx context.Context, paymentID int64) (Held, error) {
	var h Held
	err := s.db.QueryRow(ctx, sqlHeld, paymentID).Scan(&h.Minor, &h.Open)
	return h, postgres.Err(err)
}
