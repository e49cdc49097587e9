package postgres_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// TestRowReadsWhatScanReads: both read the same of one row.
func TestRowReadsWhatScanReads(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	const sql = `select 7::bigint, -7::int, 7::smallint, null::int, 9::int, true, 'Qawın', 'UZS'::currency, null::text,
timestamptz '1999-12-31 23:59:59.000001+00', timestamptz '2026-11-22 10:00:00.5+05', null::timestamptz, date '1999-02-28',
array['a', '', 'Дыня'], array[]::text[], null::text[], array['uz', 'kg'], array[1, -2]::bigint[], array[640, -1]`
	type values struct {
		Long, Int, Small int64
		None, Some       *int
		Yes              bool
		Name, Currency   string
		Empty            *string
		Before, Now      time.Time
		Never, Day       *time.Time
		Three, No, Null  []string
		Codes            []string
		IDs              []int64
		Widths           []int
	}
	var want, got values
	err := db.QueryRow(t.Context(), sql).Scan(&want.Long, &want.Int, &want.Small, &want.None, &want.Some, &want.Yes, &want.Name,
		&want.Currency, &want.Empty, &want.Before, &want.Now, &want.Never, &want.Day, &want.Three, &want.No, &want.Null, &want.Codes, &want.IDs, &want.Widths)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	empty := "?"
	err = postgres.Each(rows, func(r *postgres.Row) {
		got = values{Long: r.Int64(), Int: r.Int64(), Small: r.Int64(), None: r.IntOrNil(), Some: r.IntOrNil(), Yes: r.Bool(), Name: r.Text(), Currency: r.Code()}
		empty = r.Text()
		got.Before, got.Now, got.Never, got.Day = r.Time(), r.Time(), r.TimeOrNil(), r.TimeOrNil()
		got.Three, got.No, got.Null, got.Codes, got.IDs, got.Widths = r.Texts(), r.Texts(), r.Texts(), r.Codes(), r.Int64s(), r.Ints()
	})
	if err != nil || empty != "" {
		t.Fatalf("%q, %v", empty, err)
	}
	want.No = nil // Row tells no empty list from none
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestRowRefuses: what is read as something else than it is, or left unread,
// is an error and not a wrong value.
func TestRowRefuses(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, c := range []struct {
		name, sql, want string
		read            func(r *postgres.Row)
	}{
		{"a number as a text", `select 1`, "another type", func(r *postgres.Row) { r.Text() }},
		{"a text as a number", `select 'one'`, "another type", func(r *postgres.Row) { r.Int64() }},
		{"an exact number", `select 1.5`, "another type", func(r *postgres.Row) { r.Int64() }},
		{"one column too many", `select 1`, "no column 2", func(r *postgres.Row) { r.Int64(); r.Int64() }},
		{"one too few", `select 1, 2`, "1 of 2", func(r *postgres.Row) { r.Int64() }},
		{"the end of time", `select timestamptz 'infinity'`, "all time", func(r *postgres.Row) { r.Time() }},
		{"a table of texts", `select array[array['a'], array['b']]`, "no plain list", func(r *postgres.Row) { r.Texts() }},
		{"a list with a hole", `select array['a', null]`, "no such elements", func(r *postgres.Row) { r.Texts() }},
		{"texts as numbers", `select array['a']`, "another type", func(r *postgres.Row) { r.Int64s() }},
	} {
		b := &pgx.Batch{}
		postgres.EachOf(b, c.read, c.sql)
		if err := db.SendBatch(t.Context(), b).Close(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	var list []int64
	b := &pgx.Batch{}
	postgres.EachOf(b, func(r *postgres.Row) { list = append(list, r.Int64()) }, `select n from generate_series(1, $1::int) n`, 3)
	if err := db.SendBatch(t.Context(), b).Close(); err != nil || !slices.Equal(list, []int64{1, 2, 3}) {
		t.Errorf("afterwards %v, %v", list, err)
	}
}

// TestEachOfWhatFailed: a statement whose answer never came is an error, as any.
func TestEachOfWhatFailed(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for name, fail := range map[string]func(b *pgx.Batch, end context.CancelFunc){
		"a failed statement before it": func(b *pgx.Batch, _ context.CancelFunc) { b.Queue("select 1/$1::int", 0).Exec(nothing) },
		"an end before it":             func(b *pgx.Batch, end context.CancelFunc) { b.Queue("select 1").Exec(then(end)) },
		"a lost connection": func(b *pgx.Batch, _ context.CancelFunc) {
			b.Queue("select pg_terminate_backend(pg_backend_pid())").Exec(nothing)
		},
	} {
		ctx, end := context.WithCancel(t.Context())
		batch := &pgx.Batch{}
		fail(batch, end)
		read := 0
		for range 1000 { // more than is there when the first is answered
			postgres.EachOf(batch, func(r *postgres.Row) { read += len(r.Text()) }, "select repeat('a', $1)", 1000)
		}
		if err := db.SendBatch(ctx, batch).Close(); err == nil || read >= 1000*1000 {
			t.Errorf("%s: %v, %d bytes read", name, err, read)
		}
		end()
	}
}

func nothing(pgconn.CommandTag) error { return nil }

func then(end context.CancelFunc) func(pgconn.CommandTag) error {
	return func(pgconn.CommandTag) error { end(); return nil }
}
