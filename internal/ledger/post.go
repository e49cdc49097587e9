package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Post books p, once: false says that this very event was booked before, or
// that there is nothing to book, and then nothing is written. Two who book the
// same event at once wait for each other, and one of them hears false. An event
// that its rule could not have made is errs.Invalid.
func (s *Service) Post(ctx context.Context, p Posting) (posted bool, err error) {
	if err := p.check(); err != nil {
		return false, err
	}
	b := &pgx.Batch{}
	QueuePost(b, p, &posted)
	if b.Len() == 0 {
		return false, nil
	}
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return false, fmt.Errorf("book %s of %s %d: %w", p.Rule, p.Subject, p.SubjectID, postgres.Err(err))
	}
	return posted, nil
}

// An account is made by its first entry. Two who make the same one wait for
// each other; the next statement sees it either way.
const sqlAccounts = `/* ledger.accounts */
insert into ledger_accounts (kind, producer_id, provider, currency)
select k.kind, nullif(k.producer, 0), k.till, k.currency
from unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) k (kind, producer, till, currency)
where not exists (
    select from ledger_accounts a
    where a.kind = k.kind and a.provider = k.till and a.currency = k.currency and a.producer_id = k.producer)
and (k.producer <> 0 or not exists (
    select from ledger_accounts a
    where a.kind = k.kind and a.provider = k.till and a.currency = k.currency and a.producer_id is null))
order by k.kind, k.producer, k.till, k.currency
on conflict do nothing`

const sqlPost = `/* ledger.post */
with account as materialized (
    select k.n, k.currency, coalesce(
        (select a.id from ledger_accounts a
         where a.kind = k.kind and a.provider = k.till and a.currency = k.currency and a.producer_id = k.producer),
        case when k.producer = 0 then (select a.id from ledger_accounts a
         where a.kind = k.kind and a.provider = k.till and a.currency = k.currency and a.producer_id is null) end) as id
    from unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) with ordinality k (kind, producer, till, currency, n)
), booked as (
    insert into ledger_transactions (rule, subject, subject_id, turn, order_id, reverses, memo, account_id, at)
    values ($5, $6, $7, $8, nullif($9::bigint, 0), nullif($10::bigint, 0), $11, nullif($12::bigint, 0), $13)
    on conflict (rule, subject, subject_id, turn) do nothing
    returning id
), entry as (
    insert into ledger_entries (transaction_id, account_id, currency, amount_minor, line_id, parcel_id, rate, rate_to)
    select booked.id, account.id, account.currency, e.amount, nullif(e.line, 0), nullif(e.parcel, 0),
           nullif(e.rate, '')::numeric, nullif(e.rate_to, '')
    from booked, unnest($14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::text[], $19::text[])
         with ordinality e (account, amount, line, parcel, rate, rate_to, n)
    left join account on account.n = e.account
    order by e.n
)
select id from booked`

// QueuePost adds to a batch what Post does. Nothing is queued for a posting
// without entries. One that does not balance makes the batch fail. into, which
// may be nil, says afterwards whether it was booked now.
func QueuePost(b *pgx.Batch, p Posting, into *bool) {
	if into == nil {
		into = new(bool)
	}
	*into = false
	if len(p.Entries) == 0 {
		return
	}
	c := columnsOf(p.Entries)
	b.Queue(sqlAccounts, c.kinds, c.producers, c.tills, c.currencies)
	b.Queue(sqlPost, c.kinds, c.producers, c.tills, c.currencies,
		p.Rule, p.Subject, p.SubjectID, p.Turn, p.OrderID, p.Reverses, p.Memo, p.By, p.At.UTC().Truncate(time.Microsecond),
		c.accounts, c.amounts, c.lines, c.parcels, c.rates, c.ratesTo,
	).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			*into = true
		}
		return rows.Err()
	})
}

// columns are entries as the statements take them: each account once, and the
// entries with the numbers of theirs. Entries take key locks on their accounts in
// their own order, which is safe while nobody locks an account more than "for no
// key update".
type columns struct {
	kinds, tills, currencies []string
	producers                []int64

	accounts, amounts, lines, parcels []int64
	rates, ratesTo                    []string
}

func columnsOf(entries []Entry) columns {
	var c columns
	number := map[Account]int64{}
	for _, e := range entries {
		n, seen := number[e.Account]
		if !seen {
			n = int64(len(number) + 1)
			number[e.Account] = n
			c.kinds = append(c.kinds, string(e.Account.Kind))
			c.tills = append(c.tills, string(e.Account.Till))
			c.currencies = append(c.currencies, string(e.Account.Currency))
			c.producers = append(c.producers, e.Account.ProducerID)
		}
		c.accounts = append(c.accounts, n)
		c.amounts = append(c.amounts, e.Minor)
		c.lines = append(c.lines, e.LineID)
		c.parcels = append(c.parcels, e.ParcelID)
		rate := ""
		if e.Rate != nil {
			rate = e.Rate.String()
		}
		c.rates = append(c.rates, rate)
		c.ratesTo = append(c.ratesTo, strings.TrimSpace(string(e.RateTo)))
	}
	return c
}
