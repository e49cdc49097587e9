package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

const sqlBalance = `/* ledger.balance */
select total_minor(coalesce(sum(e.amount_minor), 0))
from ledger_accounts a join ledger_entries e on e.account_id = a.id
where a.kind = $1 and a.provider = $3 and a.currency = $4
  and (a.producer_id = $2 or $2::bigint = 0 and a.producer_id is null)`

// Balance is what an account stands at: a debit positive, a credit negative,
// nothing when it has no entries.
func (s *Service) Balance(ctx context.Context, a Account) (money.Amount, error) {
	var minor int64
	if err := s.db.QueryRow(ctx, sqlBalance, a.Kind, a.ProducerID, a.Till, a.Currency).Scan(&minor); err != nil {
		return money.Amount{}, fmt.Errorf("balance of %s: %w", a.Kind, postgres.Err(err))
	}
	return money.New(minor, a.Currency), nil
}

// ProducerBalance is how a producer stands with the programme in one currency:
// positive is hers, negative she owes.
type ProducerBalance struct {
	Currency money.Currency
	Payable  money.Amount // to be paid out
	Reserve  money.Amount // earned, and kept until her parcels stayed delivered
}

const sqlOfProducer = `/* ledger.of_producer */
select a.currency, -total_minor(coalesce(sum(b.minor) filter (where a.kind = 'producer_payable'), 0)),
       -total_minor(coalesce(sum(b.minor) filter (where a.kind = 'producer_reserve'), 0))
from ledger_accounts a
cross join lateral (select coalesce(sum(amount_minor), 0) as minor from ledger_entries e where e.account_id = a.id) b
where a.producer_id = $1
group by a.currency order by a.currency`

// OfProducer is how a producer stands, in each currency she has entries in.
func (s *Service) OfProducer(ctx context.Context, producerID int64) ([]ProducerBalance, error) {
	rows, err := s.db.Query(ctx, sqlOfProducer, producerID)
	if err != nil {
		return nil, fmt.Errorf("balance of producer %d: %w", producerID, postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ProducerBalance, error) {
		var b ProducerBalance
		err := row.Scan(&b.Currency, &b.Payable.Minor, &b.Reserve.Minor)
		b.Payable.Currency, b.Reserve.Currency = b.Currency, b.Currency
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("balance of producer %d: %w", producerID, postgres.Err(err))
	}
	return list, nil
}

const sqlReserveOfParcel = `/* ledger.reserve_of_parcel */
select -sum(e.amount_minor)::bigint, e.currency
from ledger_entries e join ledger_accounts a on a.id = e.account_id
where e.parcel_id = $1 and a.kind = 'producer_reserve'
group by e.currency having sum(e.amount_minor) <> 0 order by e.currency`

// ReserveOfParcel is what a producer still has in her reserve for a parcel, in
// each currency, positive: what EarningsReleased takes.
func (s *Service) ReserveOfParcel(ctx context.Context, parcelID int64) ([]money.Amount, error) {
	rows, err := s.db.Query(ctx, sqlReserveOfParcel, parcelID)
	if err != nil {
		return nil, fmt.Errorf("reserve of parcel %d: %w", parcelID, postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[money.Amount])
	if err != nil {
		return nil, fmt.Errorf("reserve of parcel %d: %w", parcelID, postgres.Err(err))
	}
	return list, nil
}
