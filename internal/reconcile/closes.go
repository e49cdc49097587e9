package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Close is how a day stood when it was looked at.
type Close struct {
	ID            int64
	Day           time.Time // midnight UTC of the date
	Verdict       Verdict
	Findings      int // all, also those not in List
	TransactionID int64
	Books         []string // what the proof of the books found
	OpenPayments  int
	OpenRefunds   int
	OpenDisputes  int
	AccountID     int64  // 0: the clock
	AccountName   string // empty: the clock
	At            time.Time
	Tills         []Till    `db:"-"`
	List          []Finding `db:"-"`
	// Since is how many transactions of that day, or of before, were booked
	// after it was looked at.
	Since int `db:"-"`
}

const sqlKeepClose = `/* reconcile.keep_close */
insert into daily_closes (day, verdict, findings, transaction_id, books, open_payments, open_refunds, open_disputes, account_id, at)
select $1, $2, $3, coalesce((select max(id) from ledger_transactions), 0), $4,
       (select count(*) from payments where status = 'open' and provider <> 'cod'),
       (select count(*) from refunds where status in ('due', 'pending', 'failed')),
       (select count(*) from disputes where status = 'open'), nullif($5::bigint, 0), $6
returning id, transaction_id, open_payments, open_refunds, open_disputes`

func (s *Service) keepClose(ctx context.Context, tx pgx.Tx, c *Close) error {
	err := tx.QueryRow(ctx, sqlKeepClose, c.Day, c.Verdict, c.Findings, c.Books, c.AccountID, c.At).
		Scan(&c.ID, &c.TransactionID, &c.OpenPayments, &c.OpenRefunds, &c.OpenDisputes)
	if err != nil {
		return fmt.Errorf("keep close: %w", postgres.Err(err))
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"daily_close_tills"},
		[]string{"close_id", "till", "currency", "opening_minor", "in_minor", "out_minor", "closing_minor", "lines", "lines_in_minor", "lines_out_minor", "open_lines", "open_entries"},
		pgx.CopyFromSlice(len(c.Tills), func(i int) ([]any, error) {
			t := c.Tills[i]
			return []any{c.ID, string(t.Till), string(t.Currency), t.OpeningMinor, t.InMinor, t.OutMinor, t.ClosingMinor,
				t.Lines, t.LinesInMinor, t.LinesOutMinor, t.OpenLines, t.OpenEntries}, nil
		}))
	if err != nil {
		return fmt.Errorf("keep tills: %w", postgres.Err(err))
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"daily_close_findings"},
		[]string{"close_id", "position", "kind", "till", "amount_minor", "currency", "line_id", "entry_id", "at"},
		pgx.CopyFromSlice(len(c.List), func(i int) ([]any, error) {
			f := c.List[i]
			return []any{c.ID, i, string(f.Kind), string(f.Till), f.AmountMinor, string(f.Currency), orNull(f.LineID), orNull(f.EntryID), f.At}, nil
		}))
	if err != nil {
		return fmt.Errorf("keep findings: %w", postgres.Err(err))
	}
	return nil
}

func orNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

const sqlCloses = `
select c.id, c.day, c.verdict, c.findings, c.transaction_id, c.books, c.open_payments, c.open_refunds, c.open_disputes,
       coalesce(c.account_id, 0) as account_id, coalesce(a.name, '') as account_name, c.at
from daily_closes c left join accounts a on a.id = c.account_id
`

// Closes lists how each day stood when it was last looked at, the latest day
// first.
func (s *Service) Closes(ctx context.Context, page paging.Page) ([]Close, string, error) {
	before, err := paging.Key[string](page)
	if err != nil {
		return nil, "", err
	}
	if _, err := time.Parse(time.DateOnly, before); before != "" && err != nil {
		return nil, "", errs.E(errs.Invalid, "cursor", err)
	}
	list, err := s.closes(ctx, `/* reconcile.closes */`+sqlCloses+`where c.id in (select max(id) from daily_closes
where $1 = '' or day < nullif($1, '')::date group by day order by day desc limit $2) order by c.day desc`, before, page.Fetch())
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(c Close) string { return c.Day.Format(time.DateOnly) })
}

func (s *Service) closes(ctx context.Context, sql string, args ...any) ([]Close, error) {
	rows, err := s.DB.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Close])
	if err != nil {
		return nil, fmt.Errorf("closes: %w", postgres.Err(err))
	}
	return list, nil
}

// DaysCloses lists every look at a day, the latest first, and fills in that one;
// errs.NotFound when nobody has looked.
func (s *Service) DaysCloses(ctx context.Context, date time.Time) ([]Close, error) {
	list, err := s.closes(ctx, `/* reconcile.days_closes */`+sqlCloses+`where c.day = $1 order by c.id desc limit 50`, date)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.E(errs.NotFound, "nobody has closed "+date.Format(time.DateOnly))
	}
	return list, s.fill(ctx, &list[0])
}

const sqlCloseTills = `/* reconcile.close_tills */
select till, currency, opening_minor, in_minor, out_minor, closing_minor, lines, lines_in_minor, lines_out_minor, open_lines, open_entries
from daily_close_tills where close_id = $1 order by till, currency`

const sqlCloseFindings = `/* reconcile.close_findings */
select kind, till, amount_minor, currency, coalesce(line_id, 0) as line_id, coalesce(entry_id, 0) as entry_id, at
from daily_close_findings where close_id = $1 order by position`

const sqlSince = `/* reconcile.since */ select count(*) from ledger_transactions where id > $1 and at < $2`

func (s *Service) fill(ctx context.Context, c *Close) error {
	rows, err := s.DB.Query(ctx, sqlCloseTills, c.ID)
	if err != nil {
		return postgres.Err(err)
	}
	if c.Tills, err = pgx.CollectRows(rows, pgx.RowToStructByName[Till]); err != nil {
		return fmt.Errorf("tills of close %d: %w", c.ID, postgres.Err(err))
	}
	if rows, err = s.DB.Query(ctx, sqlCloseFindings, c.ID); err != nil {
		return postgres.Err(err)
	}
	if c.List, err = pgx.CollectRows(rows, pgx.RowToStructByName[Finding]); err != nil {
		return fmt.Errorf("findings of close %d: %w", c.ID, postgres.Err(err))
	}
	_, until := s.day(c.Day)
	return postgres.Err(s.DB.QueryRow(ctx, sqlSince, c.TransactionID, until).Scan(&c.Since))
}

// How long after midnight a day is closed by the clock, and how many days it
// makes up for when nobody worked.
const (
	afterMidnight = 3 * time.Hour
	mostDays      = 31
)

const sqlBegan = `/* reconcile.began */
select least((select min(at) from ledger_transactions), (select min(at) from import_lines)), (select min(day) from daily_closes),
       array(select distinct day from daily_closes where day >= $1)`

// notClosed are the days of the last month that are over and that nobody has
// looked at. Days before anything was booked, reported or closed are not among
// them; the last day that is over is.
func (s *Service) notClosed(ctx context.Context) ([]time.Time, error) {
	y, m, d := s.now().In(s.Zone).Add(-afterMidnight).Date()
	due := time.Date(y, m, d-1, 0, 0, 0, 0, time.UTC)
	first := due.AddDate(0, 0, 1-mostDays)
	var booked, closed *time.Time
	var done []time.Time
	if err := s.DB.QueryRow(ctx, sqlBegan, first).Scan(&booked, &closed, &done); err != nil {
		return nil, fmt.Errorf("days not closed: %w", postgres.Err(err))
	}
	began := due
	if booked != nil {
		y, m, d := booked.In(s.Zone).Date()
		began = earlier(began, time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	}
	if closed != nil {
		began = earlier(began, *closed)
	}
	var days []time.Time
	for day := first; !day.After(due); day = day.AddDate(0, 0, 1) {
		if !day.Before(began) && !slices.ContainsFunc(done, day.Equal) {
			days = append(days, day)
		}
	}
	return days, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// CloseDue closes every day of the last month that is over and that nobody has
// looked at yet, the earliest first, and returns how many. The books are proven
// once for all of them.
func (s *Service) CloseDue(ctx context.Context) (closed int, err error) {
	days, err := s.notClosed(ctx)
	if err != nil || len(days) == 0 {
		return 0, err
	}
	faults, err := s.faults(ctx)
	if err != nil {
		return 0, err
	}
	for _, day := range days {
		if _, err := s.closeDay(ctx, 0, day, faults); err != nil {
			return closed, err
		}
		closed++
	}
	return closed, nil
}

// joined is what failed, and what ended it.
func joined(failed []error, err error) error { return errors.Join(append(failed, err)...) }
