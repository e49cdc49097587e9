package reconcile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	textunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// MaxBytes is the largest file that is taken; a year of a busy account is less.
const MaxBytes = 4 << 20

const (
	maxRows  = 20_000
	maxCell  = 2_000    // characters
	maxCells = 200      // in a row
	maxLine  = 64 << 10 // bytes
	preamble = 40       // rows in which a bank may say whose statement it is before the columns begin
)

// plainText makes text of a file: UTF-8, UTF-16 with its mark, as spreadsheets
// save it, or else Windows-1251, in which banks still write.
func plainText(data []byte) (string, error) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return "", whole("closing.bad.empty")
	case len(data) > MaxBytes:
		return "", whole("closing.bad.large")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		return "", whole("closing.bad.spreadsheet")
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		decoded, err := textunicode.UTF16(textunicode.LittleEndian, textunicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", whole("closing.bad.encoding")
		}
		data = decoded
	case utf8.Valid(data):
	default:
		decoded, err := charmap.Windows1251.NewDecoder().Bytes(data)
		if err != nil {
			return "", whole("closing.bad.encoding")
		}
		data = decoded
	}
	if bytes.IndexByte(data, 0) >= 0 || bytes.ContainsRune(data, utf8.RuneError) {
		return "", whole("closing.bad.encoding")
	}
	return string(bytes.TrimPrefix(data, []byte("\uFEFF"))), nil
}

// column is what a column of a table holds.
type column string

// layout says how the columns of a kind of report are called and which of them
// a report must have.
type layout struct {
	names map[column][]string                  // by preference, as header writes them
	lacks func(has func(column) bool) []column // which columns it cannot do without are not there
}

// row is a line of a table.
type row struct {
	number int // in the file
	cells  []string
	at     map[column]int
}

// has reports whether the table has a column.
func (r row) has(c column) bool { _, there := r.at[c]; return there }

// get is the cell of a column, tidied; empty where there is none.
func (r row) get(c column) string {
	i, there := r.at[c]
	if !there || i >= len(r.cells) {
		return ""
	}
	return tidy(r.cells[i])
}

// empty reports whether nothing stands in the row.
func (r row) empty() bool {
	for _, cell := range r.cells {
		if tidy(cell) != "" {
			return false
		}
	}
	return true
}

// tidy makes one line of what a cell holds, without what cannot be seen.
func tidy(cell string) string {
	cell = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, cell)
	return strings.Join(strings.Fields(norm.NFC.String(cell)), " ")
}

// readTable finds the columns of a layout in a text and returns the rows below
// their names.
func readTable(text string, l layout) ([]row, error) {
	for line := range strings.Lines(text) {
		if len(line) > maxLine { // before any of it is taken apart
			return nil, whole("closing.bad.table")
		}
	}
	var broken error
	best, lacking := 0, l.lacks(func(column) bool { return false })
	for _, separator := range []rune{';', ',', '\t'} {
		rows, err := records(text, separator)
		if err != nil {
			broken = err
			continue
		}
		for i := range min(preamble, len(rows)) {
			at := l.locate(rows[i].cells)
			if missing := l.lacks(func(c column) bool { _, there := at[c]; return there }); len(missing) > 0 {
				if len(at) > best {
					best, lacking = len(at), missing
				}
				continue
			}
			below := rows[i+1:]
			for j := range below {
				below[j].at = at
			}
			return below, checkRows(below)
		}
	}
	if broken != nil {
		return nil, broken
	}
	if best == 0 {
		return nil, whole("closing.bad.columns", "columns", l.called(lacking))
	}
	return nil, whole("closing.bad.missing", "columns", l.called(lacking))
}

// called names columns as a file may have them: in English, and in Russian where banks write that.
func (l layout) called(columns []column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = l.names[c][0]
		for _, name := range l.names[c] {
			if first, _ := utf8.DecodeRuneInString(name); unicode.Is(unicode.Cyrillic, first) {
				names[i] += " / " + name
				break
			}
		}
	}
	return strings.Join(names, ", ")
}

// without lists those of some columns that are not there.
func without(has func(column) bool, columns ...column) []column {
	var missing []column
	for _, c := range columns {
		if !has(c) {
			missing = append(missing, c)
		}
	}
	return missing
}

// records reads a table with one separator. Quotes that do not close are taken
// as they stand where strict reading fails, for banks write names in quotes
// without doubling them.
func records(text string, separator rune) ([]row, error) {
	rows, err := recordsWith(text, separator, false)
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return recordsWith(text, separator, true)
	}
	return rows, err
}

func recordsWith(text string, separator rune, lazy bool) ([]row, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator, lazy, -1
	var rows []row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		number, _ := r.FieldPos(0)
		if len(cells) > maxCells {
			return nil, whole("closing.bad.table")
		}
		if len(rows) == maxRows+preamble {
			return nil, whole("closing.bad.rows", "n", maxRows)
		}
		rows = append(rows, row{number: number, cells: cells})
	}
}

func checkRows(rows []row) error {
	if len(rows) > maxRows {
		return whole("closing.bad.rows", "n", maxRows)
	}
	var c complaints
	for _, r := range rows {
		for _, cell := range r.cells {
			if utf8.RuneCountInString(cell) > maxCell {
				c.add(r.number, "closing.bad.long", "n", maxCell)
				break
			}
		}
	}
	return c.err()
}

// locate finds columns by their names. The better name wins; one column is read
// as one thing.
func (l layout) locate(cells []string) map[column]int {
	headers := make([]string, len(cells))
	for i, cell := range cells {
		headers[i] = header(cell)
	}
	at := map[column]int{}
	for c, names := range l.names {
		for _, name := range names {
			if i := indexOf(headers, name); i >= 0 {
				at[c] = i
				break
			}
		}
	}
	return at
}

func indexOf(headers []string, name string) int {
	for i, h := range headers {
		if h == name {
			return i
		}
	}
	return -1
}

// header is the name of a column with nothing but its letters and digits, in
// small letters, words apart.
func header(cell string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(tidy(cell)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}
