package payments

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Attempts is what the gateway of a provider that calls us needs of our own
// store: such a provider is never asked, it has told us.
type Attempts interface {
	// Standing is Gateway.Lookup.
	Standing(ctx context.Context, provider Provider, ref string) (Outcome, error)
	// Withdraw is Gateway.Expire.
	Withdraw(ctx context.Context, provider Provider, ref string) error
}

// FailureUnfinished is the message key of an attempt whose last transaction
// was cancelled.
const FailureUnfinished = "errors.payment.unfinished"

const sqlLast = `/* payments.last_transaction */` + sqlTransaction + `where t.payment_id = $1 order by t.id desc limit 1`

// Standing is an attempt as the transactions tell it that its provider has
// told us of, or errs.NotFound.
func (s *Service) Standing(ctx context.Context, provider Provider, ref string) (Outcome, error) {
	p, err := s.ByRef(ctx, provider, ref)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Status: StatusOpen, PaymentID: p.ID, Amount: p.Amount(), RedirectURL: p.RedirectURL}
	now := s.clock()
	last, err := s.transaction(ctx, sqlLast, p.ID)
	switch {
	case err == nil:
		last = last.At(now)
		out.Reference = last.Reference
	case !errors.Is(err, ErrNoTransaction):
		return Outcome{}, err
	}
	switch {
	case last.State == TransactionPerformed, last.State == TransactionReversed:
		out.Status, out.ChargeRef = StatusSucceeded, last.Ref
	case last.State == TransactionCreated:
		out.Status = StatusProcessing
	case p.Status != Open, p.ExpiresAt != nil && !p.ExpiresAt.After(now):
		out.Status = StatusExpired
	case last.State == TransactionCancelled:
		out.FailureKey = FailureUnfinished
	}
	return out, nil
}

// Withdraw ends an open attempt so that no transaction can begin on it. One
// that is being paid, or has been, is errs.Conflict.
func (s *Service) Withdraw(ctx context.Context, provider Provider, ref string) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		in := &Service{db: tx, queue: s.queue, clock: s.clock}
		p, err := in.ByRef(ctx, provider, ref)
		if err != nil {
			return err
		}
		// Whoever begins a transaction has this lock too.
		if p, err = in.Lock(ctx, p.ID); err != nil {
			return err
		}
		last, err := in.transaction(ctx, sqlLast, p.ID)
		if err != nil && !errors.Is(err, ErrNoTransaction) {
			return err
		}
		if p.Status == Succeeded || err == nil && last.At(s.clock()).Live() {
			return errs.E(errs.Conflict, fmt.Sprintf("payment %d is being paid by %s", p.ID, last.Ref))
		}
		return in.Close(ctx, p.ID, Expired, "")
	})
}
