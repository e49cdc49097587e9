package reconcile

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Import is a file that came in.
type Import struct {
	ID          int64
	Till        ledger.Till
	Name        string
	Known       int // lines that an earlier file had brought
	AccountID   int64
	AccountName string
	At          time.Time
	Lines       int
	Open        int // lines without a counterpart
}

// Import takes a file in, whole or not at all, and matches what it can. The
// same file again is a *SeenError, one that cannot be read a *FileError. Lines
// that an earlier file had brought are counted and not kept twice.
func (s *Service) Import(ctx context.Context, accountID int64, u Upload) (Import, error) {
	lines, err := Read(u, s.Zone)
	if err != nil {
		return Import{}, err
	}
	hash := sha256.Sum256(u.Data)
	var id int64
	err = s.alone(ctx, func(tx pgx.Tx) error {
		if err := seen(ctx, tx, hash[:]); err != nil {
			return err
		}
		fresh, err := s.fresh(ctx, tx, u.Till, lines)
		if err != nil {
			return err
		}
		if id, err = s.keep(ctx, tx, accountID, u, hash[:], fresh, len(lines)-len(fresh)); err != nil {
			return err
		}
		if _, err := s.matchIn(ctx, tx); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "import.taken", SubjectKind: "import", SubjectID: id,
			Detail: map[string]any{"till": u.Till, "lines": len(fresh), "known": len(lines) - len(fresh)}})
	})
	if err != nil {
		return Import{}, err
	}
	return s.ImportByID(ctx, id)
}

func seen(ctx context.Context, tx pgx.Tx, hash []byte) error {
	var before SeenError
	err := tx.QueryRow(ctx, `/* reconcile.seen */ select id, at from imports where hash = $1`, hash).Scan(&before.ImportID, &before.At)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("file seen before: %w", postgres.Err(err))
	}
	return &before
}

const sqlKnown = `/* reconcile.known */
select external_id, import_id, amount_minor, currency from import_lines where till = $1 and external_id = any($2)`

// fresh leaves out the lines we have. One we have with another sum makes the
// file one that cannot be taken: somebody must look which of them is right.
func (s *Service) fresh(ctx context.Context, tx pgx.Tx, till ledger.Till, lines []Line) ([]Line, error) {
	ids := make([]string, len(lines))
	for i, l := range lines {
		ids[i] = l.ExternalID
	}
	rows, err := tx.Query(ctx, sqlKnown, till, ids)
	if err != nil {
		return nil, fmt.Errorf("known lines: %w", postgres.Err(err))
	}
	have := map[string]Line{}
	var l Line
	if _, err = pgx.ForEachRow(rows, []any{&l.ExternalID, &l.ImportID, &l.AmountMinor, &l.Currency}, func() error {
		have[l.ExternalID] = l
		return nil
	}); err != nil {
		return nil, fmt.Errorf("known lines: %w", postgres.Err(err))
	}
	var c complaints
	var fresh []Line
	for _, l := range lines {
		before, known := have[l.ExternalID]
		switch {
		case !known:
			fresh = append(fresh, l)
		case before.Amount() != l.Amount():
			c.add(l.Number, "closing.bad.changed", "import", fmt.Sprint(before.ImportID), "was", before.Amount(), "now", l.Amount())
		}
	}
	return fresh, c.err()
}

const sqlImport = `/* reconcile.import */
insert into imports (till, name, hash, known, account_id, at) values ($1, $2, $3, $4, $5, $6) returning id`

func (s *Service) keep(ctx context.Context, tx pgx.Tx, by int64, u Upload, hash []byte, lines []Line, known int) (id int64, err error) {
	name := cut(tidy(u.Name), 200)
	if name == "" {
		name = string(u.Till)
	}
	if err := tx.QueryRow(ctx, sqlImport, u.Till, name, hash, known, by, s.now()).Scan(&id); err != nil {
		return 0, fmt.Errorf("keep import: %w", postgres.Err(err))
	}
	columns := []string{"import_id", "number", "till", "external_id", "kind", "amount_minor", "currency", "refs", "counterparty", "purpose", "document", "at"}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"import_lines"}, columns, pgx.CopyFromSlice(len(lines), func(i int) ([]any, error) {
		l := lines[i]
		return []any{id, l.Number, string(l.Till), l.ExternalID, string(l.Kind), l.AmountMinor, string(l.Currency), l.Refs, l.Counterparty, l.Purpose, l.Document, l.At}, nil
	}))
	if err != nil {
		return 0, fmt.Errorf("keep %d lines: %w", len(lines), postgres.Err(err))
	}
	return id, nil
}

const sqlImports = `
select m.id, m.till, m.name, m.known, m.account_id, a.name as account_name, m.at, coalesce(l.lines, 0) as lines, coalesce(l.open, 0) as open
from imports m join accounts a on a.id = m.account_id
left join lateral (
    select count(*) as lines, count(o.line_id) as open
    from import_lines n left join open_lines o on o.line_id = n.id where n.import_id = m.id
) l on true
`

// Imports lists the files that came in, the latest first.
func (s *Service) Imports(ctx context.Context, page paging.Page) ([]Import, string, error) {
	before, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.DB.Query(ctx, `/* reconcile.imports */`+sqlImports+`where ($1 = 0 or m.id < $1) order by m.id desc limit $2`, before, page.Fetch())
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Import])
	if err != nil {
		return nil, "", fmt.Errorf("imports: %w", postgres.Err(err))
	}
	return paging.Cut(page, list, func(m Import) int64 { return m.ID })
}

// ImportByID returns a file that came in, or errs.NotFound.
func (s *Service) ImportByID(ctx context.Context, id int64) (Import, error) {
	rows, err := s.DB.Query(ctx, `/* reconcile.import_by_id */`+sqlImports+`where m.id = $1`, id)
	if err != nil {
		return Import{}, postgres.Err(err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Import])
	if errors.Is(err, pgx.ErrNoRows) {
		return m, errs.E(errs.NotFound, fmt.Sprintf("import %d", id))
	}
	return m, postgres.Err(err)
}
