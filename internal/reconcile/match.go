package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Whoever matches or imports waits for others who do: two of them would couple
// the same money twice, and all but one would fail.
const sqlAlone = `/* reconcile.alone */ select pg_advisory_xact_lock(716253001)`

// matchAtOnce is how many lines are compared at a time.
const matchAtOnce = 1000

// Match compares all lines and entries that have no counterpart yet, and
// returns how many matches it made. Running it again changes nothing.
func (s *Service) Match(ctx context.Context) (made int, err error) {
	err = s.alone(ctx, func(tx pgx.Tx) error {
		made, err = s.matchIn(ctx, tx)
		return err
	})
	return made, err
}

// alone runs f in a transaction in which nobody else matches.
func (s *Service) alone(ctx context.Context, f func(tx pgx.Tx) error) error {
	return postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlAlone); err != nil {
			return err
		}
		return f(tx)
	})
}

// matchIn looks for names some lines at a time, and then for sums among all
// lines that have no name: whether there is another choice only all of them tell.
func (s *Service) matchIn(ctx context.Context, tx pgx.Tx) (int, error) {
	made, err := s.reverse(ctx, tx)
	if err != nil {
		return made, err
	}
	var unnamed []Line
	for after := int64(0); ; {
		lines, err := openLines(ctx, tx, LineFilter{}, after, matchAtOnce)
		if err != nil {
			return made, err
		}
		n, left, err := s.compareNames(ctx, tx, lines)
		if err != nil {
			return made, err
		}
		made, unnamed = made+n, append(unnamed, left...)
		if len(lines) < matchAtOnce {
			break
		}
		after = lines[len(lines)-1].ID
	}
	n, err := s.compareSums(ctx, tx, unnamed)
	return made + n, err
}

// compareNames matches open lines by the names they have, and returns those
// that only their sum can tell of.
func (s *Service) compareNames(ctx context.Context, tx pgx.Tx, lines []Line) (made int, left []Line, err error) {
	if len(lines) == 0 {
		return 0, nil, nil
	}
	known, err := byRefs(ctx, tx, refsIn(lines))
	if err != nil {
		return 0, nil, err
	}
	never, err := takenApart(ctx, tx, lines)
	if err != nil {
		return 0, nil, err
	}
	couples, left := byName(lines, known, never)
	return len(couples), nameless(left, known), writeCouples(ctx, tx, couples, s.now())
}

// compareSums matches open lines by their sums.
func (s *Service) compareSums(ctx context.Context, tx pgx.Tx, lines []Line) (int, error) {
	if len(lines) == 0 {
		return 0, nil
	}
	open, err := byAmount(ctx, tx, lines)
	if err != nil {
		return 0, err
	}
	never, err := takenApart(ctx, tx, lines)
	if err != nil {
		return 0, err
	}
	couples := bySum(lines, open, never)
	return len(couples), writeCouples(ctx, tx, couples, s.now())
}

const sqlTakenApart = `/* reconcile.taken_apart */
select l.line_id, e.entry_id from match_items l join match_items e on e.match_id = l.match_id and e.entry_id is not null
where l.line_id = any($1) and not l.live`

// takenApart are the couples of some lines that people have undone: the program
// does not know better.
func takenApart(ctx context.Context, tx pgx.Tx, lines []Line) (refused, error) {
	ids := make([]int64, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	rows, err := tx.Query(ctx, sqlTakenApart, ids)
	if err != nil {
		return nil, fmt.Errorf("matches undone: %w", postgres.Err(err))
	}
	never := refused{}
	var pair [2]int64
	_, err = pgx.ForEachRow(rows, []any{&pair[0], &pair[1]}, func() error {
		never[pair] = true
		return nil
	})
	return never, postgres.Err(err)
}

func refsIn(lines []Line) []string {
	refs := []string{}
	for _, l := range lines {
		refs = append(refs, l.Refs...)
	}
	return refs
}

// newMatch is a match about to be written.
type newMatch struct {
	how         How
	transaction int64 // booked because of the line, or 0
	by          int64 // 0: the program
	memo        string
	at          time.Time
	lines       []int64
	entries     []int64
}

const sqlMatch = `/* reconcile.match */
with made as (
    insert into matches (how, transaction_id, account_id, memo, at) values ($1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, $5) returning id
)
insert into match_items (match_id, line_id, entry_id)
select made.id, line, null::bigint from made, unnest($6::bigint[]) line
union all select made.id, null::bigint, entry from made, unnest($7::bigint[]) entry`

func queueMatch(b *pgx.Batch, m newMatch) {
	if m.lines == nil {
		m.lines = []int64{}
	}
	if m.entries == nil {
		m.entries = []int64{}
	}
	b.Queue(sqlMatch, m.how, m.transaction, m.by, m.memo, m.at, m.lines, m.entries)
}

// writeMatch writes one match. A line or an entry that is matched already is
// errs.Conflict.
func writeMatch(ctx context.Context, tx pgx.Tx, m newMatch) error {
	b := &pgx.Batch{}
	queueMatch(b, m)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("match lines %v with entries %v: %w", m.lines, m.entries, postgres.Err(err))
	}
	return nil
}

func writeCouples(ctx context.Context, tx pgx.Tx, couples []couple, at time.Time) error {
	if len(couples) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	for _, c := range couples {
		queueMatch(b, newMatch{how: c.how, at: at, lines: []int64{c.line.ID}, entries: []int64{c.entry.ID}})
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("match %d lines: %w", len(couples), postgres.Err(err))
	}
	return nil
}
