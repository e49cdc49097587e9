package payouts

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// held and payable, in minor units as owed to her.
type balance struct{ Payable, Held int64 }

// state is how a producer stands at one moment, and what moved her accounts
// since her last statement.
type state struct {
	previous *int64 // her last statement
	seen     string // the database's snapshot
	toEntry  int64
	opening  balance
	closing  balance
	totals   []Total
}

// sqlLate are the entries of producer $1 in currency $2 that were under way when
// statement b was made and have numbers it might have seen: it may not have had
// them. A transaction is written before its entries get their numbers, so that
// no others can have lower ones. They are few, and looked up one by one.
const sqlLate = `
    select e.id, e.transaction_id, e.line_id, e.amount_minor, e.held, t.rule, t.written_in
    from pg_snapshot_xip(b.seen) under_way
    cross join lateral (select id, rule, written_in from ledger_transactions where written_in = under_way offset 0) t
    cross join lateral (
        select e.*, a.kind = 'producer_reserve' as held from ledger_entries e join ledger_accounts a on a.id = e.account_id
        where e.transaction_id = t.id and a.producer_id = $1 and a.currency = $2 and e.id <= b.to_entry offset 0
    ) e
`

// What moved a producer's accounts after the statement of payout $3, whose last
// entry is $4, or (0) ever. The commission of an entry is booked beside it, for
// the same line. Snapshot, last entry and sums are of one statement, so that
// they are of one moment. Everything is looked up from her accounts on: what it
// takes depends on her entries, not on everybody's.
const sqlMoved = `
with news as (
    select e.id, e.transaction_id, e.line_id, e.amount_minor, a.kind = 'producer_reserve' as held, t.rule, t.written_in
    from ledger_accounts a
    cross join lateral (select id, transaction_id, line_id, amount_minor from ledger_entries where account_id = a.id and id > $4 offset 0) e
    cross join lateral (select rule, written_in from ledger_transactions where id = e.transaction_id offset 0) t
    where a.producer_id = $1 and a.currency = $2
    union all
    select l.* from statements b cross join lateral (` + sqlLate + `) l where b.payout_id = $3
), summed as (
    select producer_entry_kind(x.rule, x.line_id is not null, -x.amount_minor) as kind, count(*) as entries,
           -sum(x.amount_minor)::bigint as minor, coalesce(sum(case when x.line_id is not null then ` + sqlCommission + ` end), 0)::bigint as commission,
           coalesce(-sum(x.amount_minor) filter (where x.held), 0)::bigint as held
    from news x
    where $3::bigint = 0
       or not exists (select from statements b where b.payout_id = $3 and statement_covers(b, x.id, x.transaction_id, x.written_in))
    group by 1
)
select coalesce(s.kind, ''), coalesce(s.entries, 0), coalesce(s.minor, 0), coalesce(s.commission, 0), coalesce(s.held, 0),
       pg_current_snapshot()::text,
       (select coalesce(max(l.id), 0) from ledger_accounts a
        cross join lateral (select id from ledger_entries e where e.account_id = a.id order by id desc limit 1) l
        where a.producer_id = $1 and a.currency = $2)
from (select) one left join summed s on true`

// sqlCommission is the programme's part of what entry x is about, in currency $2.
const sqlCommission = `(select -sum(c.amount_minor) from ledger_entries c
    where c.transaction_id = x.transaction_id and c.line_id = x.line_id
      and c.account_id = (select id from ledger_accounts where kind = 'commission' and currency = $2))`

// moved sums up what happened after the statement of a payout, whose last entry
// is toEntry; 0 and 0 are before all of them.
func moved(ctx context.Context, db postgres.DB, producerID int64, cur money.Currency, payoutID, toEntry int64) (st state, change balance, err error) {
	rows, err := db.Query(ctx, `/* payouts.moved */`+sqlMoved, producerID, cur, payoutID, toEntry)
	if err != nil {
		return st, change, postgres.Err(err)
	}
	var t Total
	var held int64
	_, err = pgx.ForEachRow(rows, []any{&t.Kind, &t.Entries, &t.Minor, &t.CommissionMinor, &held, &st.seen, &st.toEntry}, func() error {
		change.Held += held
		change.Payable += t.Minor - held
		if t.Kind != "" && t.Kind != EntryRelease {
			st.totals = append(st.totals, t)
		}
		return nil
	})
	if err != nil {
		return st, change, fmt.Errorf("what moved for producer %d: %w", producerID, postgres.Err(err))
	}
	return st, change, nil
}

// standing is how a producer stands now, since her last statement.
func standing(ctx context.Context, db postgres.DB, producerID int64, cur money.Currency) (state, error) {
	var last, toEntry int64
	var opening balance
	err := db.QueryRow(ctx, `/* payouts.last_statement */
select coalesce(max(l.payout_id), 0), coalesce(max(l.to_entry), 0), coalesce(max(l.closing_payable), 0), coalesce(max(l.closing_held), 0)
from (select * from statements where producer_id = $1 and currency = $2 order by payout_id desc limit 1) l`, producerID, cur).
		Scan(&last, &toEntry, &opening.Payable, &opening.Held)
	if err != nil {
		return state{}, postgres.Err(err)
	}
	st, change, err := moved(ctx, db, producerID, cur, last, toEntry)
	if err != nil {
		return state{}, err
	}
	if last != 0 {
		st.previous = &last
	}
	st.opening = opening
	st.closing = balance{opening.Payable + change.Payable, opening.Held + change.Held}
	return st, nil
}

const sqlStatement = `/* payouts.statement */
insert into statements (payout_id, producer_id, currency, previous, to_entry, seen, posting,
                        opening_payable, opening_held, closing_payable, closing_held, made_at)
select $1, $2, $3, $4, $5, $6::pg_snapshot, t.id, $7, $8, $9, $10, $11
from ledger_transactions t where t.rule = 'payout' and t.subject = 'payout' and t.subject_id = $1 and t.turn = 0`

const sqlTotals = `/* payouts.statement_totals */
insert into statement_totals (payout_id, kind, entries, amount_minor, commission_minor)
select $1, t.* from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) t (kind, entries, minor, commission)`

// keep writes the statement of a payout that has just been booked.
func (st state) keep(ctx context.Context, tx pgx.Tx, p candidate, amount int64, at time.Time) error {
	totals := addTotal(st.totals, Total{Kind: EntryPayout, Entries: 1, Minor: -amount})
	kinds, entries, minors, commissions := []string{}, []int64{}, []int64{}, []int64{}
	for _, t := range totals {
		kinds, entries = append(kinds, string(t.Kind)), append(entries, t.Entries)
		minors, commissions = append(minors, t.Minor), append(commissions, t.CommissionMinor)
	}
	tag, err := tx.Exec(ctx, sqlStatement, p.ID, p.ProducerID, p.Currency, st.previous, st.toEntry, st.seen,
		st.opening.Payable, st.opening.Held, st.closing.Payable-amount, st.closing.Held, at)
	if err == nil && tag.RowsAffected() != 1 {
		err = fmt.Errorf("payout %d is not in the books", p.ID)
	}
	if err != nil {
		return fmt.Errorf("statement: %w", postgres.Err(err))
	}
	_, err = tx.Exec(ctx, sqlTotals, p.ID, kinds, entries, minors, commissions)
	return postgres.Err(err)
}

// addTotal adds to the total of the same kind, or one more.
func addTotal(list []Total, one Total) []Total {
	for i := range list {
		if list[i].Kind == one.Kind {
			list[i].Entries += one.Entries
			list[i].Minor += one.Minor
			list[i].CommissionMinor += one.CommissionMinor
			return list
		}
	}
	return append(list, one)
}
