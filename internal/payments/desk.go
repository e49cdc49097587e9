package payments

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Of is the order something in a list is about.
type Of struct {
	Reference string // of the order
	Number    *int64 // of a confirmed order
	Name      string // the buyer's
}

// OpenMatters counts what finance has to look after.
type OpenMatters struct {
	Requests int // buyers who await an answer
	ByHand   int // refunds that people have to send
	Away     int // refunds their provider has not finished
	Disputes int // open ones
}

// Total is how many need a person.
func (m OpenMatters) Total() int { return m.Requests + m.ByHand + m.Disputes }

const sqlOpenMatters = `/* payments.open_matters */
select (select count(*) from refund_requests where status = 'open' and lapses_at > $1) as requests,
       (select count(*) from refunds r where ` + forHands + `) as by_hand,
       (select count(*) from refunds r where ` + away + `) as away,
       (select count(*) from disputes where status = 'open') as disputes`

// The same as Refund.ForHands, and what is left to providers.
const (
	forHands = `(r.status = 'failed' or r.status = 'due' and r.method = 'hand')`
	away     = `(r.status = 'pending' or r.status = 'due' and r.method = 'provider')`
)

// OpenMatters counts them.
func (s *Service) OpenMatters(ctx context.Context) (OpenMatters, error) {
	rows, err := s.db.Query(ctx, sqlOpenMatters, s.clock())
	if err != nil {
		return OpenMatters{}, postgres.Err(err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[OpenMatters])
	return m, postgres.Err(err)
}

// RequestEntry is an open request in a list.
type RequestEntry struct {
	Request
	Of
}

// OpenRequests lists what buyers await an answer to, those that have waited
// longest first, with the cursor of the next page.
func (s *Service) OpenRequests(ctx context.Context, page paging.Page) ([]RequestEntry, string, error) {
	after, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	return listed(ctx, s.db, page, func(e RequestEntry) int64 { return e.ID }, `/* payments.open_requests */
select q.id, q.order_id, q.reason, q.message, q.status, q.answer, q.answered_by, q.asked_at, q.lapses_at, q.closed_at,
       '{}'::bigint[] as photo_ids, o.reference, o.number, o.name
from refund_requests q join orders o on o.id = q.order_id
where q.status = 'open' and q.lapses_at > $1 and q.id > $2 order by q.id limit $3`, s.clock(), after, page.Fetch())
}

// RefundEntry is a refund in a list.
type RefundEntry struct {
	Refund
	Of
	Provider Provider // who took the money
}

const sqlRefundEntry = `
select r.id, r.order_id, r.payment_id, r.request_id, r.kind, r.method, r.status, r.amount_minor, r.currency, r.reason,
       r.provider_ref, r.proof, r.failure, r.till, r.sendings, r.decided_by, r.sent_by, r.decided_at, r.sent_at,
       o.reference, o.number, o.name, coalesce(y.provider, 'cod') as provider
from refunds r join orders o on o.id = r.order_id left join payments y on y.id = r.payment_id
`

// RefundsByHand lists the refunds that people have to send, the oldest first.
func (s *Service) RefundsByHand(ctx context.Context, page paging.Page) ([]RefundEntry, string, error) {
	return s.refundEntries(ctx, page, `/* payments.refunds_by_hand */`+sqlRefundEntry+
		`where `+forHands+` and r.id > $1 order by r.id limit $2`)
}

// RefundsAway lists the refunds that are with their providers, the oldest first.
func (s *Service) RefundsAway(ctx context.Context, page paging.Page) ([]RefundEntry, string, error) {
	return s.refundEntries(ctx, page, `/* payments.refunds_away */`+sqlRefundEntry+
		`where `+away+` and r.id > $1 order by r.id limit $2`)
}

// RefundsSent lists the refunds that have been sent, the latest first.
func (s *Service) RefundsSent(ctx context.Context, page paging.Page) ([]RefundEntry, string, error) {
	return s.refundEntries(ctx, page, `/* payments.refunds_sent */`+sqlRefundEntry+
		`where r.status = 'sent' and ($1::bigint = 0 or r.id < $1) order by r.id desc limit $2`)
}

func (s *Service) refundEntries(ctx context.Context, page paging.Page, sql string) ([]RefundEntry, string, error) {
	after, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	return listed(ctx, s.db, page, func(e RefundEntry) int64 { return e.ID }, sql, after, page.Fetch())
}

// DisputeEntry is a dispute in a list.
type DisputeEntry struct {
	Dispute
	Of
}

// Disputes lists what buyers' banks dispute, the latest first.
func (s *Service) Disputes(ctx context.Context, page paging.Page) ([]DisputeEntry, string, error) {
	after, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	return listed(ctx, s.db, page, func(e DisputeEntry) int64 { return e.ID }, `/* payments.disputes */
select d.id, d.payment_id, d.order_id, d.provider, d.provider_ref, d.status, d.amount_minor, d.currency, d.reason, d.respond_by,
       d.opened_at, d.closed_at, o.reference, o.number, o.name
from disputes d join orders o on o.id = d.order_id
where $1::bigint = 0 or d.id < $1 order by d.id desc limit $2`, after, page.Fetch())
}

// listed reads one page of a list.
func listed[T any](ctx context.Context, db postgres.DB, page paging.Page, key func(T) int64, sql string, args ...any) ([]T, string, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	return paging.Cut(page, found, key)
}
