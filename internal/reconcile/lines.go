package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

const lineColumns = `l.id, l.import_id, l.number, l.till, l.external_id, l.kind, l.amount_minor, l.currency, l.refs,
       l.counterparty, l.purpose, l.document, l.at`

// LineFilter narrows lists of lines; zero values do not narrow.
type LineFilter struct {
	Till   ledger.Till
	Before time.Time // only lines of before
}

const sqlOpenLines = `/* reconcile.open_lines */
select ` + lineColumns + ` from open_lines o join import_lines l on l.id = o.line_id
where o.line_id > $1 and ($2 = '' or l.till = $2) and ($3::timestamptz is null or l.at < $3)
order by o.line_id limit $4`

// openLines lists lines without a counterpart, from after one on.
func openLines(ctx context.Context, db postgres.DB, f LineFilter, after int64, limit int) ([]Line, error) {
	var before *time.Time
	if !f.Before.IsZero() {
		before = &f.Before
	}
	return collectLines(db.Query(ctx, sqlOpenLines, after, f.Till, before, limit))
}

func collectLines(rows pgx.Rows, err error) ([]Line, error) {
	if err != nil {
		return nil, fmt.Errorf("lines: %w", postgres.Err(err))
	}
	lines, err := pgx.CollectRows(rows, pgx.RowToStructByName[Line])
	if err != nil {
		return nil, fmt.Errorf("lines: %w", postgres.Err(err))
	}
	return lines, nil
}

// LineByID returns a line, or errs.NotFound.
func (s *Service) LineByID(ctx context.Context, id int64) (Line, error) {
	return lineByID(ctx, s.DB, id)
}

func lineByID(ctx context.Context, db postgres.DB, id int64) (Line, error) {
	lines, err := collectLines(db.Query(ctx, `/* reconcile.line */ select `+lineColumns+` from import_lines l where l.id = $1`, id))
	if err == nil && len(lines) == 0 {
		err = errs.E(errs.NotFound, fmt.Sprintf("line %d", id))
	}
	if err != nil {
		return Line{}, err
	}
	return lines[0], nil
}

// Match is why a line or an entry needs no more looking at.
type Match struct {
	ID            int64
	How           How
	TransactionID int64 // booked because of the line, or 0
	AccountID     int64 // 0: the program
	AccountName   string
	Memo          string
	At            time.Time
	LineIDs       []int64
	EntryIDs      []int64
	Transactions  []int64 // of the entries
}

const sqlMatches = `
select m.id, m.how, coalesce(m.transaction_id, 0) as transaction_id, coalesce(m.account_id, 0) as account_id, coalesce(a.name, '') as account_name,
       m.memo, m.at,
       coalesce(array_agg(i.line_id order by i.id) filter (where i.line_id is not null), '{}') as line_ids,
       coalesce(array_agg(i.entry_id order by i.id) filter (where i.entry_id is not null), '{}') as entry_ids,
       coalesce(array_agg(distinct e.transaction_id) filter (where e.id is not null), '{}') as transactions
from matches m left join accounts a on a.id = m.account_id
join match_items i on i.match_id = m.id left join ledger_entries e on e.id = i.entry_id
`

// matchOf returns the live match of a line (column line_id) or of an entry
// (entry_id); the zero Match when there is none.
func matchOf(ctx context.Context, db postgres.DB, column string, id int64) (Match, error) {
	list, err := matchesOf(ctx, db, column, []int64{id})
	if err != nil || len(list) == 0 {
		return Match{}, err
	}
	return list[0], nil
}

func matchesOf(ctx context.Context, db postgres.DB, column string, ids []int64) ([]Match, error) {
	rows, err := db.Query(ctx, `/* reconcile.matches_of */`+sqlMatches+
		`where m.id in (select match_id from match_items where live and `+column+` = any($1)) group by m.id, a.id order by m.id`, ids)
	if err != nil {
		return nil, fmt.Errorf("matches: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Match])
	if err != nil {
		return nil, fmt.Errorf("matches: %w", postgres.Err(err))
	}
	return list, nil
}

// MatchOfLine returns what a line is matched to; the zero Match when it is open.
func (s *Service) MatchOfLine(ctx context.Context, lineID int64) (Match, error) {
	return matchOf(ctx, s.DB, "line_id", lineID)
}

// MatchesOfEntries returns the matches of some entries by entry; open ones are
// not in it.
func (s *Service) MatchesOfEntries(ctx context.Context, ids []int64) (map[int64]Match, error) {
	list, err := matchesOf(ctx, s.DB, "entry_id", ids)
	of := map[int64]Match{}
	for _, m := range list {
		for _, id := range m.EntryIDs {
			of[id] = m
		}
	}
	return of, err
}

// ImportedLine is a line of an import with what became of it.
type ImportedLine struct {
	Line
	How           How   // empty: open
	TransactionID int64 // of the entry it is matched to, or 0
}

const sqlLinesOf = `/* reconcile.lines_of */
select ` + lineColumns + `, coalesce(m.how, '') as how,
       coalesce((select e.transaction_id from match_items o join ledger_entries e on e.id = o.entry_id where o.match_id = m.id order by o.id limit 1), 0) as transaction_id
from import_lines l
left join match_items i on i.line_id = l.id and i.live left join matches m on m.id = i.match_id
where l.import_id = $1 and l.id > $2 order by l.id limit $3`

// LinesOf lists the lines of an import in the order of its file.
func (s *Service) LinesOf(ctx context.Context, importID int64, page paging.Page) ([]ImportedLine, string, error) {
	after, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.DB.Query(ctx, sqlLinesOf, importID, after, page.Fetch())
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[ImportedLine])
	if err != nil {
		return nil, "", fmt.Errorf("lines of import %d: %w", importID, postgres.Err(err))
	}
	return paging.Cut(page, list, func(l ImportedLine) int64 { return l.ID })
}
