package payouts

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Line is one thing that moved what a producer is owed.
type Line struct {
	ID              int64
	At              time.Time
	Kind            EntryKind
	Currency        money.Currency
	Minor           int64 // hers
	CommissionMinor int64 // the programme's part of the same
	CommissionBP    *int  // what part that is, as it was agreed
	OrderNumber     *int64
	Product         string // as she called it
	Variant         string
	Quantity        *int
	Why             string // a code of what a buyer complained of; empty: none
	Note            string // what somebody wrote about it; never what was written to a buyer
	PayoutID        *int64
}

// Amount is what it added to what she is owed; negative was taken.
func (l Line) Amount() money.Amount { return money.New(l.Minor, l.Currency) }

// Commission is the programme's part of the price.
func (l Line) Commission() money.Amount { return money.New(l.CommissionMinor, l.Currency) }

// Price is hers and the programme's part: what she asked.
func (l Line) Price() money.Amount { return money.New(l.Minor+l.CommissionMinor, l.Currency) }

// Order is the order's number as people write it, or empty.
func (l Line) Order() string {
	if l.OrderNumber == nil {
		return ""
	}
	return orders.NumberLabel(*l.OrderNumber)
}

// sqlPage begins a query for at most $10 entries of a period, in an order (desc,
// asc) by number: those above $3 and those of the list $4, that the statement of
// payout $5 has not and that of payout $6 has, between two numbers and between
// two moments. 0 and null are no bounds. Both of her accounts are read along
// their index, in that order, and only as far as the page goes; whatever a line
// is about is looked up once the page is cut. The endless limits have the
// database plan for the first rows of each.
const sqlPage = `
with account as materialized (
    select min(id) filter (where kind = 'producer_payable') as payable, min(id) filter (where kind = 'producer_reserve') as reserve
    from ledger_accounts where producer_id = $1 and currency = $2
), page as (
    select e.id, e.transaction_id, e.line_id, -e.amount_minor as minor,
           producer_entry_kind(t.rule, e.line_id is not null, -e.amount_minor) as kind, t.rule, t.subject_id, t.order_id, t.at, t.memo
    from (
        (select id, transaction_id, line_id, amount_minor from ledger_entries
         where account_id = (select payable from account) and id > $3 and id > $9 and id < $11 order by id %[1]s limit (select ` + endless + `))
        union all
        (select id, transaction_id, line_id, amount_minor from ledger_entries
         where account_id = (select reserve from account) and id > $3 and id > $9 and id < $11 order by id %[1]s limit (select ` + endless + `))
        union all
        (select id, transaction_id, line_id, amount_minor from ledger_entries where id = any ($4) and id > $9 and id < $11 order by id %[1]s limit (select ` + endless + `))
    ) e
    cross join lateral (select * from ledger_transactions where id = e.transaction_id offset 0) t
    where t.rule <> 'earnings_released' -- no line of a statement
      and ($5::bigint = 0 or not exists (select from statements b where b.payout_id = $5 and statement_covers(b, e.id, t.id, t.written_in)))
      and ($6::bigint = 0 or exists (select from statements u where u.payout_id = $6 and statement_covers(u, e.id, t.id, t.written_in)))
      and ($7::timestamptz is null or t.at >= $7) and ($8::timestamptz is null or t.at < $8)
    order by e.id %[1]s limit $10
)
select x.id, x.at, x.kind, $2::text as currency, x.minor, coalesce(case when x.line_id is not null then ` + sqlCommission + ` end, 0)::bigint as commission_minor,
       l.commission_bp, o.number as order_number,
       coalesce(nullif(w.name, ''), l.name, '') as product, coalesce(vt.label, l.variant_label, '') as variant,
       case when x.kind = 'refund' then f.quantity else l.quantity end as quantity,
       coalesce(q.reason, case when r.decided_by is null then r.reason end, '') as why, -- by rule: a word of payments'
       case x.rule when 'refund' then '' when 'payout_returned' then y.return_reason else x.memo end as note, -- a refund's words are the buyer's
       y.id as payout_id
from page x
left join orders o on o.id = x.order_id
left join order_lines l on l.id = x.line_id
left join product_sources w on w.product_id = l.product_id
left join variant_texts vt on vt.variant_id = l.variant_id and vt.lang = w.lang
left join refunds r on r.id = x.subject_id and x.rule = 'refund'
left join refund_requests q on q.id = r.request_id
left join refund_lines f on f.refund_id = r.id and f.line_id = x.line_id
left join payouts y on y.id = x.subject_id and x.rule in ('payout', 'payout_returned')
order by x.id %[1]s`

const endless = `9223372036854775807`

var (
	sqlLinesDown = `/* payouts.lines */` + fmt.Sprintf(sqlPage, "desc")
	sqlLinesUp   = `/* payouts.each_line */` + fmt.Sprintf(sqlPage, "asc")
)

// What comes after the last statement, and what the statement of payout $3 has:
// where it begins, what came late for the one before, and where it ends. Nothing
// of a statement is above the entries it was booked with.
const (
	sqlLateIDs = `coalesce((select array_agg(l.id) from (` + sqlLate + `) l where b.payout_id is not null), '{}')`
	sqlSince   = `/* payouts.since */
select coalesce(b.payout_id, 0), coalesce(b.to_entry, 0), ` + sqlLateIDs + `, 0::bigint
from (select) one left join statements b on b.payout_id = (select max(payout_id) from statements where producer_id = $1 and currency = $2)`
	sqlStated = `/* payouts.stated */
select coalesce(b.payout_id, 0), coalesce(b.to_entry, 0), ` + sqlLateIDs + `,
       (select max(e.id) from ledger_entries e where e.transaction_id = s.posting)
from statements s left join statements b on b.payout_id = s.previous
where s.payout_id = $3 and s.producer_id = $1 and s.currency = $2`
)

// span is where the lines of a period are; the fields are what sqlPage takes.
type span struct {
	producerID int64
	currency   money.Currency
	above      int64
	late       []int64
	after      int64 // the payout whose statement it goes on from, or 0
	until      int64 // the payout whose statement it is, or 0
	from, to   *time.Time
	last       int64 // no entry of it has a higher number; 0: any
}

func (s *Service) span(ctx context.Context, producerID int64, cur money.Currency, p Period) (span, error) {
	at := span{producerID: producerID, currency: cur, late: []int64{}}
	if !p.month.IsZero() {
		end := p.end()
		at.from, at.to = &p.month, &end
		return at, nil
	}
	sql, args := sqlSince, []any{producerID, cur}
	if p.payoutID != 0 && !p.draft {
		sql, args, at.until = sqlStated, append(args, p.payoutID), p.payoutID
	}
	err := s.DB.QueryRow(ctx, sql, args...).Scan(&at.after, &at.above, &at.late, &at.last)
	if err != nil {
		return span{}, fmt.Errorf("lines %s of producer %d: %w", p.Name(), producerID, postgres.Err(err))
	}
	return at, nil
}

// page is the query's arguments for entries between two numbers, themselves not
// among them; 0 is no bound.
func (at span) page(above, below int64, limit int) []any {
	if below == 0 {
		below = math.MaxInt64
	}
	if at.last != 0 {
		below = min(below, at.last+1)
	}
	return []any{at.producerID, at.currency, at.above, at.late, at.after, at.until, at.from, at.to, above, limit, below}
}

// Lines lists what moved a producer's balance in a period, the latest first. A
// payout of somebody else is errs.NotFound.
func (s *Service) Lines(ctx context.Context, producerID int64, cur money.Currency, p Period, page paging.Page) ([]Line, string, error) {
	before, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	at, err := s.span(ctx, producerID, cur, p)
	if err != nil {
		return nil, "", err
	}
	list, err := s.lines(ctx, sqlLinesDown, at.page(0, before, page.Fetch()))
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(l Line) int64 { return l.ID })
}

// linesAtOnce is how many lines a file is written by.
const linesAtOnce = 2000

// EachLine calls f with every line of a period, the oldest first, at most so
// many; it reports whether there were more.
func (s *Service) EachLine(ctx context.Context, producerID int64, cur money.Currency, p Period, most int, f func(Line) error) (more bool, err error) {
	at, err := s.span(ctx, producerID, cur, p)
	if err != nil {
		return false, err
	}
	after := int64(0)
	for n := 0; ; {
		list, err := s.lines(ctx, sqlLinesUp, at.page(after, 0, linesAtOnce))
		if err != nil {
			return false, err
		}
		for _, l := range list {
			if n == most {
				return true, nil
			}
			if err := f(l); err != nil {
				return false, err
			}
			n, after = n+1, l.ID
		}
		if len(list) < linesAtOnce {
			return false, nil
		}
	}
}

func (s *Service) lines(ctx context.Context, sql string, args []any) ([]Line, error) {
	rows, err := s.DB.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("lines of a statement: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Line])
	if err != nil {
		return nil, fmt.Errorf("lines of a statement: %w", postgres.Err(err))
	}
	return list, nil
}
