package payouts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// ErrSettled means that a payout is not where it would have to be to be paid
// or to come back: somebody was faster.
var ErrSettled = errs.E(errs.Conflict, "payouts: it is not on its way any more")

// onItsWay is a payout that has been booked.
type onItsWay struct {
	ID          int64
	ProducerID  int64
	Currency    money.Currency
	AmountMinor int64
	Status      Status
	Kind        Kind
	AskedBy     int64      // who says it came back, or 0
	AskedAt     *time.Time // when she said so
}

func (p onItsWay) amount() money.Amount { return money.New(p.AmountMinor, p.Currency) }

// till is what it is paid out of.
func (p onItsWay) till() ledger.Till {
	if p.Kind == KindCash {
		return ledger.TillCash
	}
	return ledger.TillBank
}

const sqlOnItsWay = `
select y.id, y.producer_id, y.currency, y.amount_minor, y.status, d.kind,
       coalesce(y.return_asked_by, 0) as asked_by, y.return_asked_at as asked_at
from payouts y join payout_destinations d on d.id = y.destination_id
`

func lockOne(ctx context.Context, tx pgx.Tx, id int64, from ...Status) (onItsWay, error) {
	rows, err := tx.Query(ctx, `/* payouts.lock */`+sqlOnItsWay+`where y.id = $1 for update of y`, id)
	if err != nil {
		return onItsWay{}, postgres.Err(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[onItsWay])
	if err != nil {
		return p, postgres.Err(err)
	}
	for _, s := range from {
		if p.Status == s {
			return p, nil
		}
	}
	return p, ErrSettled
}

// MarkPaid says that one payout has reached the producer, and how one can know:
// the number of the payment order, who signed for the cash. A word that it came
// back, given before, is void. One that is not on its way is ErrSettled.
func (s *Service) MarkPaid(ctx context.Context, accountID, payoutID int64, proof string) error {
	err := postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if err := office(ctx, tx, accountID); err != nil {
			return err
		}
		p, err := lockOne(ctx, tx, payoutID, Approved)
		if err != nil {
			return err
		}
		return s.paid(ctx, tx, accountID, p, proof)
	})
	if err != nil {
		return fmt.Errorf("payout %d paid: %w", payoutID, err)
	}
	return nil
}

// MarkBatchPaid says the same of all payouts of a batch that are on their way,
// and returns how many they were. ErrSettled when there are none.
func (s *Service) MarkBatchPaid(ctx context.Context, accountID, batchID int64, proof string) (n int, err error) {
	err = postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if err := office(ctx, tx, accountID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `/* payouts.lock_approved */`+sqlOnItsWay+
			`where y.batch_id = $1 and y.status = 'approved' order by y.id for update of y`, batchID)
		if err != nil {
			return postgres.Err(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[onItsWay])
		if err != nil {
			return postgres.Err(err)
		}
		if n = len(list); n == 0 {
			return ErrSettled
		}
		for _, p := range list {
			if err := s.paid(ctx, tx, accountID, p, proof); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("batch %d paid: %w", batchID, err)
	}
	return n, nil
}

func (s *Service) paid(ctx context.Context, tx pgx.Tx, by int64, p onItsWay, proof string) error {
	posting, err := ledger.PayoutPaid(p.ID, p.till(), p.amount(), s.now(), by)
	if err != nil {
		return err
	}
	if err := post(ctx, tx, posting); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `/* payouts.paid */
update payouts set status = 'paid', proof = $2, paid_by = $3, paid_at = $4,
       return_asked_by = null, return_asked_at = null, return_asked_why = '' where id = $1`, p.ID, proof, by, s.now())
	if err != nil {
		return postgres.Err(err)
	}
	if err := s.letter(ctx, tx, payoutLetterArgs{PayoutID: p.ID, Status: Paid}); err != nil {
		return err
	}
	return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "payout.paid", SubjectKind: "payout", SubjectID: p.ID,
		Detail: map[string]any{"amount": p.amount().String(), "proof": proof}})
}

// ErrAsked means that a payout is noted as come back, and that another person
// of finance must say so too: it may have been paid, and would be paid again.
var ErrAsked = errs.E(errs.Conflict, "payouts: a second person must say that it came back")

// MarkReturned says that a payout came back, or never left, and why: she is
// owed it again, and the next batch proposes it anew. As with letting it go,
// two people say so; the first gets ErrAsked, and again until somebody else
// has. Neither may have a part in the payout: that is a *PartError. Where the
// first may not say so any more when the second does, her word is void, and the
// second is the first. One that is not on its way nor paid is ErrSettled.
func (s *Service) MarkReturned(ctx context.Context, accountID, payoutID int64, reason string) error {
	asked := false
	err := postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if err := office(ctx, tx, accountID); err != nil {
			return err
		}
		p, err := lockOne(ctx, tx, payoutID, Approved, Paid)
		if err != nil {
			return err
		}
		if err := s.hear(ctx, tx, accountID, &p); err != nil {
			return err
		}
		if asked = p.AskedBy == 0 || p.AskedBy == accountID; asked {
			return s.askReturn(ctx, tx, accountID, p, reason)
		}
		return s.returned(ctx, tx, accountID, p, reason)
	})
	if err == nil && asked {
		err = ErrAsked
	}
	if err != nil {
		return fmt.Errorf("payout %d returned: %w", payoutID, err)
	}
	return nil
}

// hear makes sure that an account may say that a payout came back, and drops
// the word of a first person who may not any more.
func (s *Service) hear(ctx context.Context, tx pgx.Tx, accountID int64, p *onItsWay) error {
	if p.AskedBy != 0 && p.AskedBy != accountID {
		var part *PartError
		err := mayReturn(ctx, tx, p.ID, p.AskedBy, accountID, p.AskedAt)
		if errors.As(err, &part) {
			err = s.void(ctx, tx, accountID, p)
		}
		if err != nil {
			return err
		}
	}
	if p.AskedBy == 0 || p.AskedBy == accountID {
		return mayReturn(ctx, tx, p.ID, accountID, 0, nil)
	}
	return mayReturn(ctx, tx, p.ID, accountID, p.AskedBy, p.AskedAt)
}

// Withdraw takes back what an account itself had said first: that a payout came
// back. Where it has said no such thing, or a second person has said so too, that
// is ErrSettled.
func (s *Service) Withdraw(ctx context.Context, accountID, payoutID int64) error {
	err := postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if err := office(ctx, tx, accountID); err != nil {
			return err
		}
		p, err := lockOne(ctx, tx, payoutID, Approved, Paid)
		if err != nil {
			return err
		}
		if p.AskedBy != accountID {
			return ErrSettled
		}
		return s.void(ctx, tx, accountID, &p)
	})
	if err != nil {
		return fmt.Errorf("payout %d has not come back: %w", payoutID, err)
	}
	return nil
}

// void drops the word that a payout came back.
func (s *Service) void(ctx context.Context, tx pgx.Tx, by int64, p *onItsWay) error {
	_, err := tx.Exec(ctx, `/* payouts.void_return */
update payouts set return_asked_by = null, return_asked_at = null, return_asked_why = '' where id = $1`, p.ID)
	if err != nil {
		return postgres.Err(err)
	}
	asker := p.AskedBy
	p.AskedBy, p.AskedAt = 0, nil
	return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "payout.return_void", SubjectKind: "payout", SubjectID: p.ID,
		Detail: map[string]any{"amount": p.amount().String(), "asked_by": asker}})
}

// askReturn notes the first person's word.
func (s *Service) askReturn(ctx context.Context, tx pgx.Tx, by int64, p onItsWay, reason string) error {
	if p.AskedBy == by {
		return nil
	}
	_, err := tx.Exec(ctx, `/* payouts.ask_return */
update payouts set return_asked_by = $2, return_asked_at = $3, return_asked_why = $4 where id = $1`, p.ID, by, s.now(), reason)
	if err != nil {
		return postgres.Err(err)
	}
	return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "payout.return_asked", SubjectKind: "payout", SubjectID: p.ID,
		Detail: map[string]any{"amount": p.amount().String(), "reason": reason}})
}

func (s *Service) returned(ctx context.Context, tx pgx.Tx, by int64, p onItsWay, reason string) error {
	var till ledger.Till // empty: it has left none
	if p.Status == Paid {
		till = p.till()
	}
	posting, err := ledger.PayoutReturned(p.ID, p.ProducerID, till, p.amount(), s.now(), by)
	if err != nil {
		return err
	}
	if err := post(ctx, tx, posting); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `/* payouts.returned */
update payouts set status = 'returned', return_reason = $2, returned_by = $3, returned_at = $4 where id = $1`, p.ID, reason, by, s.now())
	if err != nil {
		return postgres.Err(err)
	}
	if err := s.letter(ctx, tx, payoutLetterArgs{PayoutID: p.ID, Status: Returned}); err != nil {
		return err
	}
	return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "payout.returned", SubjectKind: "payout", SubjectID: p.ID,
		Detail: map[string]any{"amount": p.amount().String(), "reason": reason}})
}
