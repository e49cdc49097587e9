package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/platform/postgres"
)

// choicesShown is how many things a line may be are offered.
const choicesShown = 20

const sqlCandidates = `/* reconcile.candidates */
select ` + entryColumns + `, '{}'::text[] as keys, false as matched, 0::bigint as line_id
from ledger_accounts a join open_entries o on o.account_id = a.id join ledger_entries e on e.id = o.entry_id join ledger_transactions t on t.id = e.transaction_id
where a.kind = 'clearing' and a.provider = $1 and a.currency = $2 and o.at between $3::timestamptz - interval '60 days' and $3::timestamptz + interval '60 days'
  and sign(o.amount_minor) = sign($4::bigint)
order by e.amount_minor <> $4, abs(extract(epoch from t.at - $3::timestamptz)), e.id limit $5`

// Candidates lists open entries a line could be, those of its sum and day
// first.
func (s *Service) Candidates(ctx context.Context, l Line) ([]Entry, error) {
	return entries(ctx, s.DB, sqlCandidates, l.Till, l.Currency, l.At, l.AmountMinor, choicesShown)
}

const sqlOpposites = `/* reconcile.opposites */
select ` + lineColumns + ` from open_lines o join import_lines l on l.id = o.line_id
where l.till = 'bank' and l.currency <> $1 and sign(l.amount_minor) = -sign($2::bigint)
  and l.at between $3::timestamptz - interval '10 days' and $3::timestamptz + interval '10 days'
order by abs(extract(epoch from l.at - $3::timestamptz)), l.id limit $4`

// Opposites lists open lines of the bank that an exchange could connect with a
// line.
func (s *Service) Opposites(ctx context.Context, l Line) ([]Line, error) {
	if l.Till != ledger.TillBank {
		return nil, nil
	}
	return collectLines(s.DB.Query(ctx, sqlOpposites, l.Currency, l.AmountMinor, l.At, choicesShown))
}

const sqlOrderNamed = `/* reconcile.order_named */
select id, reference, number, status, payment_method, total_minor, currency, paid_at is not null as paid
from orders where reference = any($1) or number = $2 order by id limit 1`

// OrderNamed returns the order that people call so: by its reference, however
// written, or by its number; errs.NotFound when there is none.
func (s *Service) OrderNamed(ctx context.Context, name string) (OrderFound, error) {
	digits := strings.TrimLeft(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(name)), "AW-"), "#№ ")
	rows, err := s.DB.Query(ctx, sqlOrderNamed, refsOf(references(name)...), number(digits))
	if err != nil {
		return OrderFound{}, postgres.Err(err)
	}
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[OrderFound])
	if errors.Is(err, pgx.ErrNoRows) {
		return o, errs.E(errs.NotFound, "no order is called so")
	}
	if err != nil {
		return o, fmt.Errorf("order by name: %w", postgres.Err(err))
	}
	return o, nil
}

const sqlNotices = `/* reconcile.notices */
select coalesce((select case when verdict = 'waiting' then 0 else findings + cardinality(books) end from daily_closes order by day desc, id desc limit 1), 0)`

// Notices is how much the last close found to look at. It costs little.
func (s *Service) Notices(ctx context.Context) (n int, err error) {
	err = s.DB.QueryRow(ctx, sqlNotices).Scan(&n)
	return n, postgres.Err(err)
}

const sqlTransactionsOf = `/* reconcile.transactions_of */
select e.id, e.transaction_id from ledger_entries e where e.id = any($1)`

// TransactionsOf returns the transaction of each of some entries.
func (s *Service) TransactionsOf(ctx context.Context, entryIDs []int64) (map[int64]int64, error) {
	rows, err := s.DB.Query(ctx, sqlTransactionsOf, entryIDs)
	if err != nil {
		return nil, postgres.Err(err)
	}
	of := map[int64]int64{}
	var entry, transaction int64
	_, err = pgx.ForEachRow(rows, []any{&entry, &transaction}, func() error {
		of[entry] = transaction
		return nil
	})
	return of, postgres.Err(err)
}
