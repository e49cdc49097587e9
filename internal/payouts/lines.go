package payouts

import (
	"context"
	"fmt"
	"slices"
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

// sqlPage begins a query for some entries of a period: those after the statement
// of payout $5, which sqlNews finds, that the one of payout $6 has, between two
// moments. 0 and null are no bounds. Nothing of a statement is above the entries
// it was booked with. The page is cut before anything is looked up for it.
const sqlPage = `
with page as (
    select x.* from ` + sqlNews + ` x
    left join statements b on b.payout_id = $5
    left join statements u on u.payout_id = $6
    where x.kind <> 'release'
      and ($6::bigint = 0 or x.id <= (select max(e.id) from statements s join ledger_entries e on e.transaction_id = s.posting where s.payout_id = $6))
      and (b.payout_id is null or not statement_covers(b, x.id, x.transaction_id, x.written_in))
      and (u.payout_id is null or statement_covers(u, x.id, x.transaction_id, x.written_in))
      and ($7::timestamptz is null or x.at >= $7) and ($8::timestamptz is null or x.at < $8)
`

const sqlLines = `
)
select x.id, x.at, x.kind, x.currency, x.minor, coalesce(c.commission, 0) as commission_minor, l.commission_bp, o.number as order_number,
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
left join lateral (
    select -sum(e.amount_minor)::bigint as commission from ledger_entries e
    where e.transaction_id = x.transaction_id and e.line_id = x.line_id
      and e.account_id = (select id from ledger_accounts where kind = 'commission' and currency = $2)
      and x.line_id is not null -- without a line nothing is looked up
) c on true
order by x.id`

// bounds are what sqlPage takes for a period.
func (s *Service) bounds(ctx context.Context, producerID int64, cur money.Currency, p Period) ([]any, error) {
	var after, until int64
	var from, to *time.Time
	var err error
	switch {
	case p.payoutID != 0:
		until = p.payoutID
		err = s.DB.QueryRow(ctx, `/* payouts.previous */
select coalesce(previous, 0) from statements where payout_id = $1 and producer_id = $2 and currency = $3`, p.payoutID, producerID, cur).Scan(&after)
	case !p.month.IsZero():
		end := p.end()
		from, to = &p.month, &end
	default:
		err = s.DB.QueryRow(ctx, `/* payouts.last */
select coalesce(max(payout_id), 0) from statements where producer_id = $1 and currency = $2`, producerID, cur).Scan(&after)
	}
	if err != nil {
		return nil, postgres.Err(err)
	}
	m, err := markOf(ctx, s.DB, producerID, cur, after)
	return []any{producerID, cur, m.toEntry, m.seen, m.payoutID, until, from, to}, err
}

// Lines lists what moved a producer's balance in a period, the latest first. A
// payout of somebody else is errs.NotFound.
func (s *Service) Lines(ctx context.Context, producerID int64, cur money.Currency, p Period, page paging.Page) ([]Line, string, error) {
	before, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	args, err := s.bounds(ctx, producerID, cur, p)
	if err != nil {
		return nil, "", fmt.Errorf("lines %s of producer %d: %w", p.Name(), producerID, err)
	}
	list, err := s.lines(ctx, `/* payouts.lines */`+sqlPage+`and ($9::bigint = 0 or x.id < $9) order by x.id desc limit $10`+sqlLines+` desc`,
		append(args, before, page.Fetch())...)
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
	args, err := s.bounds(ctx, producerID, cur, p)
	if err != nil {
		return false, err
	}
	after := int64(0)
	for n := 0; ; {
		list, err := s.lines(ctx, `/* payouts.each_line */`+sqlPage+`and x.id > $9 order by x.id limit $10`+sqlLines, append(slices.Clip(args), after, linesAtOnce)...)
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

func (s *Service) lines(ctx context.Context, sql string, args ...any) ([]Line, error) {
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
