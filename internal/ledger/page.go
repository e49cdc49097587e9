package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// AccountEntry is an entry of an account, and what the account stood at then.
type AccountEntry struct {
	Booked
	Balance money.Amount // a debit positive
}

// The balance after the newest entry of the page is read with it, in the same
// moment; the older ones follow from it.
const sqlAccount = `/* ledger.account */
with account as (
    select id from ledger_accounts
    where kind = $1 and provider = $3 and currency = $4 and (producer_id = $2 or $2::bigint = 0 and producer_id is null)
), page as (
    select id from ledger_entries
    where account_id = (select id from account) and ($5::bigint = 0 or id < $5)
    order by id desc limit $6
), stood as (
    select sum(amount_minor) as minor from ledger_entries
    where account_id = (select id from account) and id <= (select max(id) from page)
)
select ` + bookedColumns + `, total_minor((select minor from stood))` + bookedFrom + `join page on page.id = e.id
order by e.id desc`

// OfAccount returns a page of an account's entries, newest first, and the
// cursor of the next page. A bad cursor is errs.Invalid.
func (s *Service) OfAccount(ctx context.Context, a Account, page paging.Page) ([]AccountEntry, string, error) {
	before, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.db.Query(ctx, sqlAccount, a.Kind, a.ProducerID, a.Till, a.Currency, before, page.Fetch())
	if err != nil {
		return nil, "", fmt.Errorf("entries of %s: %w", a.Kind, postgres.Err(err))
	}
	stood := money.Zero(a.Currency)
	fetched, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (AccountEntry, error) {
		b, err := scanBooked(row, &stood.Minor)
		return AccountEntry{Booked: b}, err
	})
	if err != nil {
		return nil, "", fmt.Errorf("entries of %s: %w", a.Kind, postgres.Err(err))
	}
	for i := range fetched {
		fetched[i].Balance = stood
		if stood, err = stood.Sub(fetched[i].Amount()); err != nil {
			return nil, "", err
		}
	}
	return paging.Cut(page, fetched, func(e AccountEntry) int64 { return e.EntryID })
}

// AccountBalance is what an account stands at.
type AccountBalance struct {
	Account
	Minor   int64 // a debit positive
	Entries int64 // how many it has
}

// Amount is the balance with its currency.
func (b AccountBalance) Amount() money.Amount { return money.New(b.Minor, b.Currency) }

const sqlTrial = `/* ledger.trial */
select a.kind, coalesce(a.producer_id, 0), a.provider, a.currency, total_minor(coalesce(e.minor, 0)), coalesce(e.entries, 0)
from ledger_accounts a
left join (select account_id, sum(amount_minor) as minor, count(*) as entries from ledger_entries group by account_id) e
  on e.account_id = a.id
order by a.currency, a.kind, a.provider, a.producer_id`

// TrialBalance returns every account with its balance; in each currency they
// sum to nothing. It reads every entry there is.
func (s *Service) TrialBalance(ctx context.Context) ([]AccountBalance, error) {
	rows, err := s.db.Query(ctx, sqlTrial)
	if err != nil {
		return nil, fmt.Errorf("trial balance: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b AccountBalance, err error) {
		err = row.Scan(&b.Kind, &b.ProducerID, &b.Till, &b.Currency, &b.Minor, &b.Entries)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("trial balance: %w", postgres.Err(err))
	}
	return list, nil
}
