package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Verdict is what a close says of a day.
type Verdict string

// What it may say.
const (
	AllMatched  Verdict = "matched"
	OnlyWaiting Verdict = "waiting" // nothing is wrong; reports are still to come
	Different   Verdict = "open"
)

// Till is how a till and a currency stood on a day.
type Till struct {
	Till          ledger.Till
	Currency      money.Currency
	OpeningMinor  int64
	InMinor       int64
	OutMinor      int64 // positive
	ClosingMinor  int64
	Lines         int // of reports, that day
	LinesInMinor  int64
	LinesOutMinor int64
	OpenLines     int // until the end of the day
	OpenEntries   int
}

// Reports says whether somebody sends reports of the till.
func (t Till) Reports() bool { return reports(t.Till) }

// Sum is minor units in the till's currency.
func (t Till) Sum(minor int64) money.Amount { return money.New(minor, t.Currency) }

// Finding is something that is not matched, as a close kept it.
type Finding struct {
	Kind        Kind
	Till        ledger.Till
	AmountMinor int64
	Currency    money.Currency
	LineID      int64 // or 0
	EntryID     int64 // or 0
	At          time.Time
}

// Amount is the sum of the line, or of the entry where there is no line.
func (f Finding) Amount() money.Amount { return money.New(f.AmountMinor, f.Currency) }

// findingsKept is how many of a day's findings are listed.
const findingsKept = 500

// faultsKept is how many sentences about the books a close keeps.
const faultsKept = 50

// day is midnight of a day in the programme's zone, and midnight of the next.
func (s *Service) day(date time.Time) (from, until time.Time) {
	y, m, d := date.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.Zone), time.Date(y, m, d+1, 0, 0, 0, 0, s.Zone)
}

// CloseDay looks how a day stands and keeps the answer; accountID 0 is the
// clock. The time of day of date does not matter. A day that is not over yet is
// a problem of the field "day".
func (s *Service) CloseDay(ctx context.Context, accountID int64, date time.Time) (Close, error) {
	if _, until := s.day(date); until.After(s.now()) {
		return Close{}, wrong("day", "closing.wrong.day")
	}
	faults, err := s.faults(ctx)
	if err != nil {
		return Close{}, err
	}
	return s.closeDay(ctx, accountID, date, faults)
}

// faults are sentences about what does not hold in the books, as many as a
// close keeps.
func (s *Service) faults(ctx context.Context) ([]string, error) {
	if s.Books == nil {
		return []string{}, nil
	}
	list, err := s.Books(ctx)
	if err != nil {
		return nil, fmt.Errorf("prove the books: %w", err)
	}
	return append([]string{}, list[:min(len(list), faultsKept)]...), nil
}

// closeDay closes a day that is over, with what the proof of the books found.
func (s *Service) closeDay(ctx context.Context, accountID int64, date time.Time, faults []string) (Close, error) {
	from, until := s.day(date)
	c := Close{Day: date, AccountID: accountID, Books: faults, At: s.now()}
	err := s.alone(ctx, func(tx pgx.Tx) error {
		if _, err := s.matchIn(ctx, tx); err != nil {
			return err
		}
		var err error
		if c.Tills, err = tills(ctx, tx, from, until); err != nil {
			return err
		}
		if c.List, err = s.findings(ctx, tx, until); err != nil {
			return err
		}
		cash, err := held(ctx, tx, until)
		if err != nil {
			return err
		}
		c.List = append(cash, c.List...)
		c.Findings, c.Verdict = len(c.List), c.verdict()
		c.List = c.List[:min(len(c.List), findingsKept)]
		if err := s.keepClose(ctx, tx, &c); err != nil || accountID == 0 {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "day.closed", SubjectKind: "daily_close", SubjectID: c.ID,
			Detail: map[string]any{"day": date.Format(time.DateOnly), "verdict": c.Verdict}})
	})
	if err != nil {
		return c, fmt.Errorf("close %s: %w", date.Format(time.DateOnly), err)
	}
	return c, nil
}

// verdict judges by all findings, before any are left out of the list.
func (c Close) verdict() Verdict {
	if len(c.Books) > 0 {
		return Different
	}
	verdict := AllMatched
	for _, f := range c.List {
		if f.Kind.Wrong() {
			return Different
		}
		verdict = OnlyWaiting
	}
	return verdict
}

const sqlTills = `/* reconcile.tills */
with booked as (
    select a.provider as till, a.currency,
           total_minor(coalesce(sum(e.amount_minor) filter (where t.at < $1), 0)) as opening,
           total_minor(coalesce(sum(e.amount_minor) filter (where t.at >= $1 and e.amount_minor > 0), 0)) as came,
           total_minor(coalesce(-sum(e.amount_minor) filter (where t.at >= $1 and e.amount_minor < 0), 0)) as went,
           (select count(*) from open_entries o join ledger_accounts b on b.id = o.account_id
            where b.provider = a.provider and b.currency = a.currency and o.at < $2) as open
    from ledger_accounts a join ledger_entries e on e.account_id = a.id join ledger_transactions t on t.id = e.transaction_id
    where a.kind = 'clearing' and t.at < $2 group by a.provider, a.currency
), said as (
    select l.till, l.currency, count(*) filter (where l.at >= $1) as lines,
           total_minor(coalesce(sum(l.amount_minor) filter (where l.at >= $1 and l.amount_minor > 0), 0)) as came,
           total_minor(coalesce(-sum(l.amount_minor) filter (where l.at >= $1 and l.amount_minor < 0), 0)) as went, count(l.open) as open
    from (select till, currency, at, amount_minor, null::bigint as open from import_lines where at >= $1 and at < $2
          union all select n.till, n.currency, null, null, n.id from open_lines o join import_lines n on n.id = o.line_id where n.at < $2) l
    group by l.till, l.currency
)
select till, currency, coalesce(b.opening, 0) as opening_minor, coalesce(b.came, 0) as in_minor, coalesce(b.went, 0) as out_minor,
       coalesce(b.opening + b.came - b.went, 0) as closing_minor,
       coalesce(s.lines, 0) as lines, coalesce(s.came, 0) as lines_in_minor, coalesce(s.went, 0) as lines_out_minor,
       coalesce(s.open, 0) as open_lines, coalesce(b.open, 0) as open_entries
from booked b full join said s using (till, currency) order by till, currency`

func tills(ctx context.Context, tx pgx.Tx, from, until time.Time) ([]Till, error) {
	rows, err := tx.Query(ctx, sqlTills, from, until)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Till])
	if err != nil {
		return nil, fmt.Errorf("tills: %w", postgres.Err(err))
	}
	return list, nil
}

// findings lists all that is not matched until a moment: lines with what is the
// matter with them, then entries that no line is nearly.
func (s *Service) findings(ctx context.Context, tx pgx.Tx, until time.Time) ([]Finding, error) {
	var list []Finding
	told := map[int64]bool{}
	for after := int64(0); ; {
		lines, err := openLines(ctx, tx, LineFilter{Before: until}, after, matchAtOnce)
		if err != nil {
			return nil, err
		}
		items, err := s.judged(ctx, tx, lines)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			f := Finding{Kind: i.Kind, Till: i.Line.Till, AmountMinor: i.Line.AmountMinor, Currency: i.Line.Currency, LineID: i.Line.ID, At: i.Line.At}
			if i.Entry != nil {
				f.EntryID = i.Entry.ID
				told[i.Entry.ID] = true
			}
			list, after = append(list, f), i.Line.ID
		}
		if len(lines) < matchAtOnce {
			break
		}
	}
	for after := int64(0); ; {
		open, err := s.openEntries(ctx, tx, LineFilter{Before: until}, after, matchAtOnce)
		if err != nil {
			return nil, err
		}
		for _, i := range open {
			if after = i.Entry.ID; !told[i.Entry.ID] {
				list = append(list, Finding{Kind: i.Kind, Till: i.Entry.Till, AmountMinor: i.Entry.AmountMinor, Currency: i.Entry.Currency, EntryID: i.Entry.ID, At: i.Entry.At})
			}
		}
		if len(open) < matchAtOnce {
			return list, nil
		}
	}
}
