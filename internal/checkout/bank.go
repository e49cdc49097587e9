package checkout

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
)

// BankReceivedIn is BankReceived within a transaction that also holds what says
// so, such as a line of the bank: both are written, or neither.
func (s *Service) BankReceivedIn(ctx context.Context, tx pgx.Tx, accountID, orderID int64, amount money.Amount) (Result, error) {
	c := s.Config
	c.DB = tx
	return New(c).BankReceived(ctx, accountID, orderID, amount)
}
