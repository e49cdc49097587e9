package payouts

import (
	"context"

	"awil/internal/platform/postgres"
)

// BatchOf returns the batch of a payout, or errs.NotFound.
func (s *Service) BatchOf(ctx context.Context, payoutID int64) (batchID int64, err error) {
	err = s.DB.QueryRow(ctx, `/* payouts.batch_of */ select batch_id from payouts where id = $1`, payoutID).Scan(&batchID)
	return batchID, postgres.Err(err)
}
