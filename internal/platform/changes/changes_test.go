package changes_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/platform/changes"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/watch"
)

func open(t *testing.T) (*changes.Feed, *pgxpool.Pool) {
	t.Helper()
	url := pgtest.URL(t)
	return openBy(t, url, url)
}

// openBy returns a feed that listens at an address of its own.
func openBy(t *testing.T, url, listen string) (*changes.Feed, *pgxpool.Pool) {
	t.Helper()
	pool := pgtest.Open(t, url)
	feed := changes.New(listen, pool, watch.NewBoard(), slog.New(slog.DiscardHandler))
	go feed.Run(t.Context())
	waitFor(t, feed.Board().Certain)
	return feed, pool
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	for !done() {
		select {
		case <-ticks.C:
		case <-t.Context().Done():
			t.Fatal("it never happened")
		}
	}
}

// TestHears: whoever waits for her change finds it on the board.
func TestHears(t *testing.T) {
	t.Parallel()
	feed, pool := open(t)
	board := feed.Board()
	before := board.Now()
	if _, err := pool.Exec(t.Context(), `insert into regions (slug, country) values ('qr', 'UZ')`); err != nil {
		t.Fatal(err)
	}
	feed.CatchUp(t.Context())
	if !board.ChangedSince(before, []watch.Topic{watch.Places}) || board.ChangedSince(before, []watch.Topic{watch.Markets, watch.Product(1)}) {
		t.Error("a new region changes places and nothing else")
	}
	then := board.Now()
	if _, err := pool.Exec(t.Context(), `update regions set slug = slug`); err != nil {
		t.Fatal(err)
	}
	feed.CatchUp(t.Context())
	if board.Now() != then {
		t.Error("a row that stays what it was is no news")
	}
}

// TestManyRows: news of more than a page is news of everything.
func TestManyRows(t *testing.T) {
	t.Parallel()
	feed, pool := open(t)
	before := feed.Board().Now()
	_, err := pool.Exec(t.Context(), `insert into photos (key, original_key, mime, bytes, width, height, sha256)
select lpad(n::text, 22, '0'), 'o', 'image/jpeg', 1, 1, 1, sha256(n::text::bytea) from generate_series(1, 500) n`)
	if err != nil {
		t.Fatal(err)
	}
	feed.CatchUp(t.Context())
	if !feed.Board().ChangedSince(before, nil) {
		t.Error("500 photos at once")
	}
}

// TestManyRowsOfFewThings: however many rows a statement touches, nothing it
// touches is left out; and what it does not touch is not news while they can be
// told apart.
func TestManyRowsOfFewThings(t *testing.T) {
	t.Parallel()
	feed, pool := open(t)
	for _, sql := range []string{
		`create table scratch (product_id bigint, n int)`,
		`create trigger tell_scratch after insert on scratch referencing new table as fresh for each statement
execute function tell_changed('product_id, n', 'unnest(array[''product:'' || r.product_id, null])')`,
	} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	const things = 60
	for _, rows := range []int{1, 15, 24} { // of each
		before := feed.Board().Now()
		if _, err := pool.Exec(t.Context(), `insert into scratch select 1 + n / $1::int, n from generate_series(0, $1::int * $2::int - 1) n`, rows, things); err != nil {
			t.Fatal(err)
		}
		feed.CatchUp(t.Context())
		for id := int64(1); id <= things; id++ {
			if !feed.Board().ChangedSince(before, []watch.Topic{watch.Product(id)}) {
				t.Errorf("%d rows of %d things: thing %d changed in silence", rows*things, things, id)
			}
		}
		if rows*things <= 1000 && feed.Board().ChangedSince(before, []watch.Topic{watch.Product(things + 1)}) {
			t.Errorf("%d rows of %d things: one that was not touched is told", rows*things, things)
		}
	}
}

// TestLost: what was said while nobody heard counts as said.
func TestLost(t *testing.T) {
	t.Parallel()
	feed, pool := open(t)
	board := feed.Board()
	before := board.Now()
	_, err := pool.Exec(t.Context(), `select pg_terminate_backend(pid, 5000) from pg_stat_activity
where datname = current_database() and query like 'listen%'`)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return board.Certain() && board.Now() > before })
	if !board.ChangedSince(before, nil) {
		t.Error("a connection that was lost may have missed anything")
	}
	feed.CatchUp(t.Context())
}
