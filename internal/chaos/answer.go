package chaos

import (
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// answer is all that a statement answered, read before the actor goes on: so
// waiting for a lock happens in one place, and no cursor is open while another
// actor runs.
type answer struct {
	fields []pgconn.FieldDescription
	rows   [][][]byte
	tag    pgconn.CommandTag
	types  *pgtype.Map
	at     int // of the row after the current one
	err    error
	done   bool
}

// read takes everything out of rows.
func read(rows pgx.Rows, err error) *answer {
	if err != nil {
		return &answer{err: err, done: true}
	}
	a := &answer{types: rows.TypeMap()}
	for rows.Next() {
		if a.fields == nil {
			a.fields = slices.Clone(rows.FieldDescriptions())
		}
		raw := rows.RawValues()
		row := make([][]byte, len(raw))
		for i, value := range raw {
			row[i] = slices.Clone(value)
		}
		a.rows = append(a.rows, row)
	}
	if a.fields == nil {
		a.fields = slices.Clone(rows.FieldDescriptions())
	}
	rows.Close()
	a.err, a.tag = rows.Err(), rows.CommandTag()
	return a
}

// Close ends the reading.
func (a *answer) Close() { a.done = true }

// Err is what went wrong.
func (a *answer) Err() error { return a.err }

// CommandTag says how many rows there were.
func (a *answer) CommandTag() pgconn.CommandTag { return a.tag }

// FieldDescriptions are the columns.
func (a *answer) FieldDescriptions() []pgconn.FieldDescription { return a.fields }

// Next goes to the next row.
func (a *answer) Next() bool {
	if a.done || a.err != nil || a.at >= len(a.rows) {
		a.done = true
		return false
	}
	a.at++
	return true
}

// Scan reads the current row.
func (a *answer) Scan(dest ...any) error {
	if len(dest) == 1 {
		if scanner, whole := dest[0].(pgx.RowScanner); whole {
			return a.fail(scanner.ScanRow(a))
		}
	}
	return a.fail(pgx.ScanRow(a.types, a.fields, a.rows[a.at-1], dest...))
}

func (a *answer) fail(err error) error {
	if err != nil {
		a.err, a.done = err, true
	}
	return err
}

// Values is not used by the program.
func (a *answer) Values() ([]any, error) { return nil, errors.New("chaos: values are not modelled") }

// RawValues is the current row as it came.
func (a *answer) RawValues() [][]byte { return a.rows[a.at-1] }

// Conn is none: the answer is read.
func (a *answer) Conn() *pgx.Conn { return nil }

// TypeMap decodes values.
func (a *answer) TypeMap() *pgtype.Map { return a.types }

// oneRow is the first row of an answer.
type oneRow struct{ rows pgx.Rows }

// Scan reads it; pgx.ErrNoRows when there is none.
func (r oneRow) Scan(dest ...any) error {
	defer r.rows.Close()
	if err := r.rows.Err(); err != nil {
		return err
	}
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	return r.rows.Scan(dest...)
}
