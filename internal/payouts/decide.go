package payouts

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Decision is what approving a batch came to.
type Decision struct {
	Approved int // are on their way
	Lowered  int // of them, by less than was proposed
	Dropped  int // were left out
}

// Approve lets a batch go: a second person of finance says so. Each payout is
// booked with its statement, after a last look at the books in the same
// transaction. What is booked while it looks belongs to the next statement.
// Where refunds since have left less than was proposed, that much is paid, and
// nothing where nothing is left; where the producer has changed where her money
// goes, she is left out until the next batch, for nobody has looked at the new
// place. The proposer gets ErrSamePerson, whoever else has a part in the batch a
// *PartError, a batch that is decided ErrDecided.
func (s *Service) Approve(ctx context.Context, accountID, batchID int64) (done Decision, err error) {
	err = postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		done = Decision{}
		b, err := s.undecided(ctx, tx, accountID, batchID)
		if err != nil {
			return err
		}
		if b.ProposedBy == accountID {
			return ErrSamePerson
		}
		if err := independent(ctx, tx, accountID, batchID); err != nil {
			return err
		}
		if err := s.decide(ctx, tx, accountID, batchID, BatchApproved, ""); err != nil {
			return err
		}
		list, err := lockPayouts(ctx, tx, b)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := s.approveOne(ctx, tx, accountID, p, &done); err != nil {
				return fmt.Errorf("payout %d: %w", p.ID, err)
			}
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "payout.approved", SubjectKind: "payout_batch", SubjectID: batchID,
			Detail: map[string]any{"approved": done.Approved, "lowered": done.Lowered, "dropped": done.Dropped}})
	})
	if err != nil {
		return Decision{}, fmt.Errorf("approve batch %d: %w", batchID, err)
	}
	return done, nil
}

// Reject ends a batch without paying anybody; whoever proposed it may do so
// too. The reason is for the others of finance. A batch that is decided is
// ErrDecided.
func (s *Service) Reject(ctx context.Context, accountID, batchID int64, reason string) error {
	err := postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if _, err := s.undecided(ctx, tx, accountID, batchID); err != nil {
			return err
		}
		if err := s.decide(ctx, tx, accountID, batchID, BatchRejected, reason); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `/* payouts.drop_all */
update payouts set status = 'dropped', dropped = 'rejected' where batch_id = $1 and status = 'proposed'`, batchID)
		if err != nil {
			return postgres.Err(err)
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "payout.rejected", SubjectKind: "payout_batch", SubjectID: batchID,
			Detail: map[string]any{"reason": reason}})
	})
	if err != nil {
		return fmt.Errorf("reject batch %d: %w", batchID, err)
	}
	return nil
}

// undecided locks a batch that waits for a decision by somebody who may make it.
func (s *Service) undecided(ctx context.Context, tx pgx.Tx, accountID, batchID int64) (b Batch, err error) {
	err = tx.QueryRow(ctx, `/* payouts.lock_batch */
select id, currency, status, proposed_by from payout_batches where id = $1 for update`, batchID).Scan(&b.ID, &b.Currency, &b.Status, &b.ProposedBy)
	if err != nil {
		return b, postgres.Err(err)
	}
	if b.Status != BatchProposed {
		return b, ErrDecided
	}
	return b, office(ctx, tx, accountID)
}

func (s *Service) decide(ctx context.Context, tx pgx.Tx, accountID, batchID int64, to BatchStatus, reason string) error {
	_, err := tx.Exec(ctx, `/* payouts.decide */
update payout_batches set status = $2, decided_by = $3, decided_at = $4, reason = $5 where id = $1`, batchID, to, accountID, s.now(), reason)
	return postgres.Err(err)
}

// candidate is a payout about to be approved.
type candidate struct {
	ID            int64
	ProducerID    int64
	Currency      money.Currency
	ProposedMinor int64
	Moved         bool // her money goes elsewhere by now
}

// lockPayouts returns the payouts of a batch. From here on nobody else approves
// payouts of their producers until the transaction ends. Other postings go on:
// an entry takes a key lock on its account, and would wait for a full lock while
// it holds other accounts that we want.
func lockPayouts(ctx context.Context, tx pgx.Tx, b Batch) ([]candidate, error) {
	rows, err := tx.Query(ctx, `/* payouts.lock_payouts */
select y.id, y.producer_id, y.currency, y.proposed_minor,
       exists (select from payout_destinations d where d.producer_id = y.producer_id and d.id > y.destination_id) as moved
from payouts y where y.batch_id = $1 and y.status = 'proposed' order by y.id for update of y`, b.ID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[candidate])
	if err != nil {
		return nil, postgres.Err(err)
	}
	producers := make([]int64, len(list))
	for i, p := range list {
		producers[i] = p.ProducerID
	}
	_, err = tx.Exec(ctx, `/* payouts.lock_accounts */
select from ledger_accounts where producer_id = any ($1) and currency = $2 order by id for no key update`, producers, b.Currency)
	return list, postgres.Err(err)
}

func (s *Service) approveOne(ctx context.Context, tx pgx.Tx, by int64, p candidate, done *Decision) error {
	now, err := standing(ctx, tx, p.ProducerID, p.Currency)
	if err != nil {
		return err
	}
	amount := min(now.closing.Payable, p.ProposedMinor)
	switch {
	case p.Moved:
		done.Dropped++
		return drop(ctx, tx, p.ID, DropDestination)
	case amount <= 0:
		done.Dropped++
		return drop(ctx, tx, p.ID, DropNothing)
	case amount < p.ProposedMinor:
		done.Lowered++
	}
	done.Approved++
	posting, err := ledger.Payout(p.ID, p.ProducerID, money.New(amount, p.Currency), s.now(), by)
	if err != nil {
		return err
	}
	if err := post(ctx, tx, posting); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `/* payouts.approve */ update payouts set status = 'approved', amount_minor = $2 where id = $1`, p.ID, amount); err != nil {
		return postgres.Err(err)
	}
	return now.keep(ctx, tx, p, amount, s.now())
}

func drop(ctx context.Context, tx pgx.Tx, id int64, why Drop) error {
	_, err := tx.Exec(ctx, `/* payouts.drop */ update payouts set status = 'dropped', dropped = $2 where id = $1`, id, why)
	return postgres.Err(err)
}

// post books what must not have been booked before.
func post(ctx context.Context, tx pgx.Tx, p ledger.Posting) error {
	posted, err := ledger.New(tx).Post(ctx, p)
	if err == nil && !posted {
		err = fmt.Errorf("%s of payout %d was booked before", p.Rule, p.SubjectID)
	}
	return err
}
