package postgres

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
	"unique"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// Row reads the columns of a row one after another, as they came over the
// wire. It is for pages of which each reads hundreds of values: scanning finds
// out of each anew what it is and allocates it for itself. The first column
// that is not what it is read as makes an error of the whole result.
type Row struct {
	columns []pgconn.FieldDescription
	values  [][]byte
	next    int
	err     error
}

// Each reads all rows of a result and closes it.
func Each(rows pgx.Rows, read func(r *Row)) error {
	defer rows.Close()
	var r Row
	for rows.Next() {
		if r.columns == nil { // there are none to ask for where the statement failed
			r.columns = rows.FieldDescriptions()
		}
		r.values, r.next = rows.RawValues(), 0
		read(&r)
		if r.err == nil && r.next != len(r.values) {
			r.err = fmt.Errorf("%d of %d columns were read", r.next, len(r.values))
		}
		if r.err != nil {
			return r.err
		}
	}
	return rows.Err()
}

// EachOf queues a statement whose rows are read by Each.
func EachOf(b *pgx.Batch, read func(r *Row), sql string, args ...any) {
	b.Queue(sql, args...).Query(func(rows pgx.Rows) error { return Each(rows, read) })
}

// Fail makes an error of the whole result: of a value that is none for the
// caller.
func (r *Row) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// column returns the next value, nil for null. It must be of one of the types.
func (r *Row) column(oids ...uint32) []byte {
	n := r.next
	r.next++
	if r.err != nil {
		return nil
	}
	if n >= len(r.values) {
		r.err = fmt.Errorf("there is no column %d", n+1)
		return nil
	}
	c := &r.columns[n]
	for _, oid := range oids {
		if c.DataTypeOID == oid && (c.Format == pgtype.BinaryFormatCode || oid == pgtype.TextOID) {
			return r.values[n]
		}
	}
	r.err = fmt.Errorf("column %s is of another type: %d", c.Name, c.DataTypeOID)
	return nil
}

// Int64 reads an integer of any size, 0 for null.
func (r *Row) Int64() int64 {
	return integer(r.column(pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID))
}

// integer is two's complement of any length, as it is sent.
func integer(v []byte) (n int64) {
	if len(v) > 0 && v[0] >= 0x80 {
		n = -1
	}
	for _, b := range v {
		n = n<<8 | int64(b)
	}
	return n
}

// IntOrNil reads an integer that may be null.
func (r *Row) IntOrNil() *int {
	at := r.next
	n := int(r.Int64())
	if r.err != nil || r.values[at] == nil {
		return nil
	}
	return &n
}

// Bool reads a truth, false for null.
func (r *Row) Bool() bool {
	v := r.column(pgtype.BoolOID)
	return len(v) == 1 && v[0] != 0
}

// Text reads a text, "" for null.
func (r *Row) Text() string { return string(r.column(pgtype.TextOID)) }

// Code reads one of few texts, such as a currency's code: all equal ones are
// one string in memory.
func (r *Row) Code() string { return code(r.column(pgtype.TextOID)) }

func code(v []byte) string { return unique.Make(string(v)).Value() }

// Time reads a moment, in UTC.
func (r *Row) Time() time.Time {
	at := r.TimeOrNil()
	if at == nil {
		return time.Time{}
	}
	return *at
}

// TimeOrNil reads a moment or a day that may be null, in UTC.
func (r *Row) TimeOrNil() *time.Time {
	const day = 24 * time.Hour
	var since time.Duration
	switch v := r.column(pgtype.TimestamptzOID, pgtype.DateOID); len(v) {
	case 8:
		since = r.moment(integer(v))
	case 4:
		since = time.Duration(integer(v)) * day
	default:
		return nil
	}
	at := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC).Add(since)
	return &at
}

// moment is how long after the turn of the millennium something is.
func (r *Row) moment(microseconds int64) time.Duration {
	if microseconds > math.MaxInt64/1000 || microseconds < math.MinInt64/1000 {
		r.Fail(fmt.Errorf("column %s is out of all time", r.columns[r.next-1].Name))
		return 0
	}
	return time.Duration(microseconds) * time.Microsecond
}

// Texts reads a list of texts, nil for none.
func (r *Row) Texts() (list []string) {
	v := r.column(pgtype.TextArrayOID)
	all := string(v) // they share it
	r.elements(v, func(from, to int) { list = append(list, all[from:to]) })
	return list
}

// Codes reads a list of texts that are Codes, nil for none.
func (r *Row) Codes() (list []string) {
	v := r.column(pgtype.TextArrayOID)
	r.elements(v, func(from, to int) { list = append(list, code(v[from:to])) })
	return list
}

// Int64s reads a list of long integers, nil for none.
func (r *Row) Int64s() (list []int64) {
	v := r.column(pgtype.Int8ArrayOID)
	r.elements(v, func(from, to int) { list = append(list, integer(v[from:to])) })
	return list
}

// Ints reads a list of integers, nil for none.
func (r *Row) Ints() (list []int) {
	v := r.column(pgtype.Int4ArrayOID)
	r.elements(v, func(from, to int) { list = append(list, int(integer(v[from:to]))) })
	return list
}

// elements calls f with where each element of a list lies in what was sent: the
// number of dimensions, whether there are nulls, the type; of each dimension
// how many there are and where they begin; of each element its length and then
// itself.
func (r *Row) elements(v []byte, f func(from, to int)) {
	const head, dimension, length = 12, 8, 4
	if len(v) == 0 || len(v) == head {
		return
	}
	if len(v) < head+dimension || binary.BigEndian.Uint32(v) != 1 {
		r.err = fmt.Errorf("column %s is no plain list", r.columns[r.next-1].Name)
		return
	}
	for at := head + dimension; at < len(v); {
		size := math.MaxUint32
		if at+length <= len(v) {
			size = int(binary.BigEndian.Uint32(v[at:]))
		}
		from := at + length
		if at = from + size; at > len(v) { // so is null
			r.err = fmt.Errorf("column %s has no such elements", r.columns[r.next-1].Name)
			return
		}
		f(from, at)
	}
}
