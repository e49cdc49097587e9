package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

const sqlChargeNew = `/* payments.charge_new */
insert into provider_charges (payment_id, provider, provider_ref, kind, amount_minor, fee_minor, currency, rate, source_minor, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (provider, provider_ref) do nothing returning id`

// AddCharge writes down a movement of a payment and returns its id; 0 if it
// was known.
func (s *Service) AddCharge(ctx context.Context, p Payment, c ProviderCharge) (int64, error) {
	var source *int64
	rate := money.Rate{}
	if c.Rate != nil {
		rate, source = *c.Rate, &c.Of.Minor
	}
	rows, err := s.db.Query(ctx, sqlChargeNew, p.ID, p.Provider, c.Ref, c.Kind, c.Gross.Minor, c.Fee.Minor, c.Gross.Currency, rate, source, c.At)
	if err != nil {
		return 0, postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("charge %s of payment %d: %w", c.Ref, p.ID, postgres.Err(err))
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return ids[0], nil
}

// A payment moves the balance once, each refund the provider made once, and
// once more if it came back, each dispute once, and once more when it is won.
const sqlUncharged = `/* payments.uncharged */
with moved as (
    select id from payments where settled_at > $2
    union select id from payments where received_minor > 0 and created_at > $2
    union select payment_id from refunds where sent_at > $2
    union select payment_id from disputes where coalesce(closed_at, opened_at) > $2
)
select y.id from moved m join payments y on y.id = m.id
where y.provider = any ($1) and y.id > $3
  and (select count(*) from provider_charges c where c.payment_id = y.id)
    < 1 + (select coalesce(sum(case when status <> 'sent' then 2 * sendings when method = 'provider' then 2 * sendings - 1
               else 2 * (sendings - 1) end), 0) from refunds r where r.payment_id = y.id and r.provider_ref is not null)
        + (select coalesce(sum(case status when 'won' then 2 else 1 end), 0) from disputes d where d.payment_id = y.id)
order by y.id limit $4`

// Uncharged lists payments through some providers of whose movements since a
// moment not all are written down, by id from after on.
func (s *Service) Uncharged(ctx context.Context, providers []Provider, since time.Time, after int64, limit int) ([]int64, error) {
	rows, err := s.db.Query(ctx, sqlUncharged, providers, since, after, limit)
	if err != nil {
		return nil, postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, postgres.Err(err)
}
