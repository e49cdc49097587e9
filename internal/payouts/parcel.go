package payouts

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// ParcelMoney is what the books say of one parcel to its producer.
type ParcelMoney struct {
	Sold money.Amount  // hers when it was paid for: goods less the commission, and sending where that is hers; nothing before
	Back money.Amount  // of it, what went back to the buyer
	Gone map[int64]int // pieces whose money goes back, by the order's lines
}

// Booked reports whether the parcel was paid for.
func (m ParcelMoney) Booked() bool { return m.Sold.Minor != 0 }

// Hers is what is left of it for her; whether it waits, is payable or was paid
// is not said.
func (m ParcelMoney) Hers() money.Amount {
	return money.New(m.Sold.Minor-m.Back.Minor, m.Sold.Currency)
}

// A correction counts as what it reverses, less; that earnings went from one of
// her accounts to the other and the cash she kept are neither sold nor back.
const sqlOfParcel = `/* payouts.of_parcel */
select x.currency, coalesce(sum(x.minor) filter (where x.kind in ('sale', 'shipping')), 0)::bigint,
       coalesce(-sum(x.minor) filter (where x.kind in ('refund', 'refund_shipping')), 0)::bigint
from (
    select e.currency, -e.amount_minor as minor, producer_entry_kind(coalesce(o.rule, t.rule), e.line_id is not null,
           case when o.id is null then -e.amount_minor else e.amount_minor end) as kind
    from ledger_entries e
    join ledger_accounts a on a.id = e.account_id and a.producer_id = $1
    join ledger_transactions t on t.id = e.transaction_id
    left join ledger_transactions o on o.id = t.reverses
    where e.parcel_id = $2
) x
group by x.currency order by x.currency limit 1` // all lines of a parcel are in her one currency

const sqlGone = `/* payouts.gone */
select f.line_id, sum(f.quantity)::int from refund_lines f join order_lines l on l.id = f.line_id
where l.parcel_id = $2 and l.producer_id = $1 group by f.line_id`

// OfParcel reads what one of a producer's parcels brought her. Of one that was
// not paid for, and of somebody else's, there is nothing.
func (s *Service) OfParcel(ctx context.Context, producerID, parcelID int64) (m ParcelMoney, err error) {
	m.Gone = map[int64]int{}
	var b pgx.Batch
	b.Queue(sqlOfParcel, producerID, parcelID).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&m.Sold.Currency, &m.Sold.Minor, &m.Back.Minor}, func() error { return nil })
		return err
	})
	b.Queue(sqlGone, producerID, parcelID).Query(func(rows pgx.Rows) error {
		var line int64
		var pieces int
		_, err := pgx.ForEachRow(rows, []any{&line, &pieces}, func() error {
			m.Gone[line] = pieces
			return nil
		})
		return err
	})
	if err := s.DB.SendBatch(ctx, &b).Close(); err != nil {
		return m, fmt.Errorf("money of parcel %d: %w", parcelID, postgres.Err(err))
	}
	m.Back.Currency = m.Sold.Currency
	return m, nil
}
