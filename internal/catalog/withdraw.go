package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Withdraw takes a listing back; buyers see it no more. One that is withdrawn already stays as it is.
func (s *Service) Withdraw(ctx context.Context, by Maker, productID int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		if h.State == Withdrawn {
			return forNothing, nil
		}
		return forNothing, s.moveAndPublish(ctx, tx, by, h, Withdrawn, WasWithdrawn)
	})
}

// Restore brings a withdrawn listing back: straight to buyers if it was approved and nothing has been touched since, to
// the programme if it was sold before, else to her drafts. One that is not withdrawn stays as it is. *errs.Fields as
// Submit gives them.
func (s *Service) Restore(ctx context.Context, by Maker, productID int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		if h.State != Withdrawn {
			return forNothing, nil
		}
		to, err := whereto(ctx, tx, h)
		if err != nil {
			return forNothing, err
		}
		if to != Submitted {
			return forNothing, s.moveAndPublish(ctx, tx, by, h, to, WasRestored)
		}
		if err := complete(ctx, tx, h); err != nil {
			return forNothing, err
		}
		return forNothing, s.moveAndPublish(ctx, tx, by, h, to, WasSubmitted)
	})
}

// whereto says where a withdrawn listing goes back to. It was touched since if it was updated after the withdrawal.
func whereto(ctx context.Context, tx pgx.Tx, h head) (State, error) {
	if !h.Published {
		return Draft, nil
	}
	var asApproved bool
	err := tx.QueryRow(ctx, `/* catalog.withdrawn_as_approved */
select coalesce((
    select r.decision = 'withdrawn' and r.at = p.updated_at and r.before in ('approved', 'restored')
    from (select decision, at, lag(decision) over (order by id) as before, id
          from product_reviews where product_id = p.id) r
    order by r.id desc limit 1), false)
from products p where p.id = $1`, h.ID).Scan(&asApproved)
	if err != nil {
		return "", postgres.Err(err)
	}
	if asApproved {
		return Approved, nil
	}
	return Submitted, nil
}

func (s *Service) moveAndPublish(ctx context.Context, tx pgx.Tx, by Maker, h head, to State, decision Decision) error {
	now := s.now()
	if err := move(ctx, tx, h, to, now); err != nil {
		return err
	}
	if err := record(ctx, tx, h.ID, said{Account: by.AccountID, Decision: decision}, now); err != nil {
		return err
	}
	return s.publish(ctx, tx, h.ID)
}
