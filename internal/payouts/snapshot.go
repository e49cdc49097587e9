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

// sqlNews are the entries of producer $1 in currency $2 that may have come after
// a statement whose last entry is $3 and whose snapshot is $4 (0 and null: after
// none): those of higher numbers, and those under way when it was made. A
// transaction is written before its entries get their numbers, so that no other
// can have lower ones. What the statement had is in neither.
const sqlNews = `(
    select x.* from producer_entries x where x.producer_id = $1 and x.currency = $2 and x.id > $3
    union all
    select x.* from pg_snapshot_xip($4::text::pg_snapshot) under_way
    cross join lateral (select t.id from ledger_transactions t where t.written_in = under_way offset 0) t
    cross join lateral (
        select x.* from producer_entries x
        where x.transaction_id = t.id and x.producer_id = $1 and x.currency = $2 and x.id <= $3 offset 0 -- few: looked up one by one
    ) x
)`

// What moved a producer's accounts after the statement of payout $5, or ever.
// The commission of an entry is booked beside it, for the same line. Snapshot,
// last entry and sums are of one statement, so that they are of one moment.
const sqlMoved = `
with mine as (
    select x.*, c.commission
    from ` + sqlNews + ` x
    left join statements b on b.payout_id = $5
    left join lateral (
        select -sum(e.amount_minor)::bigint as commission from ledger_entries e
        where e.transaction_id = x.transaction_id and e.line_id = x.line_id
          and e.account_id = (select id from ledger_accounts where kind = 'commission' and currency = $2)
          and x.line_id is not null -- without a line nothing is looked up
    ) c on true
    where b.payout_id is null or not statement_covers(b, x.id, x.transaction_id, x.written_in)
), summed as (
    select kind, count(*) as entries, sum(minor)::bigint as minor, coalesce(sum(commission), 0)::bigint as commission,
           coalesce(sum(minor) filter (where held), 0)::bigint as held
    from mine group by kind
)
select coalesce(s.kind, ''), coalesce(s.entries, 0), coalesce(s.minor, 0), coalesce(s.commission, 0), coalesce(s.held, 0),
       pg_current_snapshot()::text,
       (select coalesce(max(l.id), 0) from ledger_accounts a
        cross join lateral (select id from ledger_entries e where e.account_id = a.id order by id desc limit 1) l
        where a.producer_id = $1 and a.currency = $2)
from (select) one left join summed s on true`

// mark is where a statement ends: what it has seen never changes.
type mark struct {
	payoutID int64 // 0: nothing was stated yet
	toEntry  int64
	seen     *string
}

const sqlMark = `/* payouts.mark */
select payout_id, to_entry, seen::text from statements where payout_id = $1 and producer_id = $2 and currency = $3`

// markOf is where the statement of a payout ends; 0 is before all of them. One
// of another producer is errs.NotFound.
func markOf(ctx context.Context, db postgres.DB, producerID int64, cur money.Currency, payoutID int64) (m mark, err error) {
	if payoutID != 0 {
		err = db.QueryRow(ctx, sqlMark, payoutID, producerID, cur).Scan(&m.payoutID, &m.toEntry, &m.seen)
	}
	return m, postgres.Err(err)
}

// moved sums up what happened after a statement.
func moved(ctx context.Context, db postgres.DB, producerID int64, cur money.Currency, after mark) (st state, change balance, err error) {
	rows, err := db.Query(ctx, `/* payouts.moved */`+sqlMoved, producerID, cur, after.toEntry, after.seen, after.payoutID)
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
	var previous *int64
	var opening balance
	err := db.QueryRow(ctx, `/* payouts.last_statement */
select max(l.payout_id), coalesce(max(l.closing_payable), 0), coalesce(max(l.closing_held), 0)
from (select * from statements where producer_id = $1 and currency = $2 order by payout_id desc limit 1) l`, producerID, cur).
		Scan(&previous, &opening.Payable, &opening.Held)
	if err != nil {
		return state{}, postgres.Err(err)
	}
	var after mark
	if previous != nil {
		if after, err = markOf(ctx, db, producerID, cur, *previous); err != nil {
			return state{}, err
		}
	}
	st, change, err := moved(ctx, db, producerID, cur, after)
	if err != nil {
		return state{}, err
	}
	st.previous, st.opening = previous, opening
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
