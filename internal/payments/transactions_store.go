package payments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

const sqlTransaction = `
select t.id, t.provider, t.ref, t.payment_id, t.order_id, o.reference, t.state, t.amount_minor, t.currency,
       t.provider_time, t.created_at, t.expires_at, t.performed_at, t.cancelled_at, t.reason
from provider_transactions t join orders o on o.id = t.order_id
`

// Transaction returns what a provider calls ref, or ErrNoTransaction. It is as
// it was written down; see Transaction.At.
func (s *Service) Transaction(ctx context.Context, provider Provider, ref string) (Transaction, error) {
	return s.transaction(ctx, `/* payments.transaction */`+sqlTransaction+`where t.provider = $1 and t.ref = $2`, provider, ref)
}

// LockTransaction returns a transaction and keeps it from changing until the
// transaction of the database ends. Its order and its attempt are locked before
// it, always.
func (s *Service) LockTransaction(ctx context.Context, id int64) (Transaction, error) {
	return s.transaction(ctx, `/* payments.lock_transaction */`+sqlTransaction+`where t.id = $1 for no key update of t`, id)
}

// LiveTransaction returns the transaction that pays or has paid an order, or
// ErrNoTransaction. One that was not performed in time may still be it.
func (s *Service) LiveTransaction(ctx context.Context, orderID int64) (Transaction, error) {
	return s.transaction(ctx, `/* payments.live_transaction */`+sqlTransaction+
		`where t.order_id = $1 and t.state in ('created', 'performed')`, orderID)
}

// Transactions counts how often a provider's transaction was begun for an
// order.
func (s *Service) Transactions(ctx context.Context, orderID int64) (n int, err error) {
	err = s.db.QueryRow(ctx, `/* payments.transactions */
select count(*) from payments p join provider_transactions t on t.payment_id = p.id where p.order_id = $1`, orderID).Scan(&n)
	return n, postgres.Err(err)
}

// TransactionsBetween lists a provider's transactions by its own clock, both
// ends included, the oldest first.
func (s *Service) TransactionsBetween(ctx context.Context, provider Provider, from, to time.Time) ([]Transaction, error) {
	rows, err := s.db.Query(ctx, `/* payments.transactions_between */`+sqlTransaction+
		`where t.provider = $1 and t.provider_time between $2 and $3 order by t.provider_time, t.id`, provider, from, to)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Transaction])
	return list, postgres.Err(err)
}

func (s *Service) transaction(ctx context.Context, sql string, args ...any) (Transaction, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return Transaction{}, postgres.Err(err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Transaction])
	if err = postgres.Err(err); errors.Is(err, errs.NotFound) {
		return t, ErrNoTransaction
	}
	return t, err
}

const sqlBegin = `/* payments.begin_transaction */
insert into provider_transactions (provider, ref, payment_id, order_id, amount_minor, currency, provider_time, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`

// BeginTransaction writes a transaction of an attempt, whose order is locked.
// A reference that is known already is errs.Conflict.
func (s *Service) BeginTransaction(ctx context.Context, attempt Payment, b Beginning) (Transaction, error) {
	var id int64
	err := s.db.QueryRow(ctx, sqlBegin, attempt.Provider, b.Ref, attempt.ID, attempt.OrderID, b.Amount.Minor, b.Amount.Currency,
		b.ProviderTime, s.clock().UTC().Truncate(time.Millisecond), b.ExpiresAt).Scan(&id)
	if err != nil {
		return Transaction{}, fmt.Errorf("begin transaction %s of payment %d: %w", b.Ref, attempt.ID, postgres.Err(err))
	}
	return s.LockTransaction(ctx, id)
}

const sqlMoveTransaction = `/* payments.move_transaction */
update provider_transactions set state = $3,
    performed_at = case when $3 = 'performed' then $4 else performed_at end,
    cancelled_at = case when $3 = 'performed' then cancelled_at else $4 end, reason = $5
where id = $1 and state = $2`

// MoveTransaction writes where a locked transaction stands from a moment on,
// which is kept to the millisecond as providers tell time, and returns it so.
// A move that is not allowed is errs.Conflict.
func (s *Service) MoveTransaction(ctx context.Context, t Transaction, to TransactionState, at time.Time, reason *int) (Transaction, error) {
	tag, err := s.db.Exec(ctx, sqlMoveTransaction, t.ID, t.State, to, at.Truncate(time.Millisecond), reason)
	if err != nil {
		return t, fmt.Errorf("transaction %s: %w", t.Ref, postgres.Err(err))
	}
	if tag.RowsAffected() == 0 {
		return t, errs.E(errs.Conflict, fmt.Sprintf("transaction %s is no longer %s", t.Ref, t.State))
	}
	return s.LockTransaction(ctx, t.ID)
}

const sqlKeepFiscal = `/* payments.keep_fiscal */
update provider_transactions set fiscal = fiscal || jsonb_build_object($3::text, $4::jsonb) where provider = $1 and ref = $2`

// KeepFiscal keeps the tax authority's receipt of a kind for a transaction;
// the last one told of a kind stays.
func (s *Service) KeepFiscal(ctx context.Context, provider Provider, ref, kind string, receipt json.RawMessage) error {
	tag, err := s.db.Exec(ctx, sqlKeepFiscal, provider, ref, kind, storable(receipt))
	if err != nil {
		return fmt.Errorf("fiscal receipt of %s: %w", ref, postgres.Err(err))
	}
	if tag.RowsAffected() == 0 {
		return ErrNoTransaction
	}
	return nil
}

const sqlKeepCall = `/* payments.keep_call */
insert into provider_calls (provider, digest, method, ref, request, code, first_at, last_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
on conflict (provider, digest) do update set times = provider_calls.times + 1, last_at = excluded.last_at`

// KeepCall notes what a provider asked and was answered; the same again is
// counted.
func (s *Service) KeepCall(ctx context.Context, provider Provider, call KeptCall) error {
	request := storable(call.Request)
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%d\x00%s", call.Method, call.Ref, call.Code, request) // a hash takes everything
	method, ref := strings.ToValidUTF8(call.Method, ""), strings.ToValidUTF8(call.Ref, "")
	_, err := s.db.Exec(ctx, sqlKeepCall, provider, h.Sum(nil), withoutNull(method), withoutNull(ref), request, call.Code, s.clock())
	return postgres.Err(err)
}

// storable is JSON that the database takes: it knows no character nought.
func storable(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || strings.Contains(string(raw), `\u0000`) || strings.ContainsRune(string(raw), 0) {
		return json.RawMessage(`{}`)
	}
	if strings.Contains(strings.ToLower(string(raw)), `\ud`) { // perhaps half a character
		if whole, err := rewritten(raw); err == nil {
			return whole
		}
		return json.RawMessage(`{}`)
	}
	return json.RawMessage(strings.ToValidUTF8(string(raw), "\uFFFD"))
}

// rewritten is the same JSON with what is no character marked as such.
func rewritten(raw json.RawMessage) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func withoutNull(text string) string { return strings.ReplaceAll(text, "\x00", "") }
