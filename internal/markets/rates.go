package markets

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Rate is an exchange rate of a day.
type Rate struct {
	Base  money.Currency
	Quote money.Currency
	// Rate is in major units of Quote for one major unit of Base.
	Rate money.Rate
	// ValidFrom is the day it took effect; nil between a currency and itself.
	ValidFrom *time.Time
	Source    string // who says so
}

// Rates are the exchange rates that hold on one day.
type Rates struct {
	pairs map[[2]money.Currency]Rate
}

// List returns all rates between different currencies, in the order of these.
func (r Rates) List() []Rate {
	return slices.SortedFunc(maps.Values(r.pairs), func(a, b Rate) int {
		return cmp.Or(cmp.Compare(a.Base, b.Base), cmp.Compare(a.Quote, b.Quote))
	})
}

// Between returns the rate from base to quote and whether there is one. Between a currency and itself it is one.
func (r Rates) Between(base, quote money.Currency) (Rate, bool) {
	if base == quote {
		return Rate{Base: base, Quote: quote, Rate: unity()}, true
	}
	rate, known := r.pairs[[2]money.Currency{base, quote}]
	return rate, known
}

// RatesOn returns the rates that hold on a day: for each pair the latest that took effect on it or before.
func (s *Service) RatesOn(ctx context.Context, day time.Time) (Rates, error) {
	rows, err := s.db.Query(ctx, `/* markets.rates_on */
select distinct on (base, quote) base, quote, rate, valid_from, source
from exchange_rates where valid_from <= $1
order by base, quote, valid_from desc`, day.UTC())
	if err != nil {
		return Rates{}, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Rate])
	if err != nil {
		return Rates{}, postgres.Err(err)
	}
	pairs := make(map[[2]money.Currency]Rate, len(list))
	for _, r := range list {
		pairs[[2]money.Currency{r.Base, r.Quote}] = r
	}
	return Rates{pairs: pairs}, nil
}

// Rate returns the rate from base to quote that holds on a day, or errs.NotFound.
func (s *Service) Rate(ctx context.Context, base, quote money.Currency, day time.Time) (Rate, error) {
	if base == quote {
		rate, _ := Rates{}.Between(base, quote)
		return rate, nil
	}
	rows, err := s.db.Query(ctx, `/* markets.rate */
select base, quote, rate, valid_from, source
from exchange_rates where base = $1 and quote = $2 and valid_from <= $3
order by valid_from desc limit 1`, base, quote, day.UTC())
	if err != nil {
		return Rate{}, postgres.Err(err)
	}
	rate, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Rate])
	return rate, postgres.Err(err)
}

// SetRate records the rate that holds from a day on, in place of one already given for that day. Prices follow within
// minutes of that day's beginning, by catalog.Reprice.
func (s *Service) SetRate(ctx context.Context, r Rate) error {
	if r.ValidFrom == nil || r.Rate.IsZero() || r.Base == r.Quote {
		return errs.E(errs.Invalid, "an exchange rate needs two currencies, a day and a number")
	}
	_, err := s.db.Exec(ctx, `/* markets.set_rate */
insert into exchange_rates (base, quote, valid_from, rate, source) values ($1, $2, $3, $4, $5)
on conflict (base, quote, valid_from) do update set rate = excluded.rate, source = excluded.source`,
		r.Base, r.Quote, r.ValidFrom.UTC(), r.Rate, r.Source)
	return postgres.Err(err)
}
