package search_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/search"
)

// TestUpToDate: what an earlier program wrote is written anew, once, by as many hands as are wanted.
func TestUpToDate(t *testing.T) {
	for name, pace := range map[string]search.Pace{"beside others": {Hands: 1}, "in a rush": {Hands: 3, Rush: true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fill()
			before := w.index()
			w.exec(`update product_search set words = '', names = ''`)
			for _, want := range []int{9, 0} {
				n, left, err := search.UpToDate(t.Context(), w.pool, pace.Of(2))
				if err != nil || n != want || left {
					t.Errorf("wrote %d anew, want %d, some left: %t: %v", n, want, left, err)
				}
			}
			if got := w.index(); got != before {
				t.Errorf("the index became\n%s\nand was\n%s", got, before)
			}
			if got := w.slugs(w.find("melon jam", 1).Cards); len(got) != 1 || got[0] != "melon-jam" {
				t.Errorf("found %q", got)
			}
			if usual := w.id(`select count(*) from pg_class where reloptions = '{gin_pending_list_limit=256}'`); usual != 1 {
				t.Error("the index still has much to wait")
			}
		})
	}
}

// index is all that is in it.
func (w *world) index() (all string) {
	w.t.Helper()
	const sql = `select string_agg(concat_ws(' ', product_id, names, words), e'\n' order by product_id) from product_search`
	if err := w.pool.QueryRow(w.t.Context(), sql).Scan(&all); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// TestUpToDateGoesOn: where one program ended, in the midst of it or for lack of time, the next goes on, and what is not
// written yet is found by its old row.
func TestUpToDateGoesOn(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.exec(`update product_search set names = 'old'`)
	n, left, err := search.UpToDate(t.Context(), w.pool, search.Pace{Time: time.Nanosecond}.Of(2))
	if err != nil || n != 2 || !left {
		t.Fatalf("wrote %d, some left: %t: %v", n, left, err)
	}
	if got := w.slugs(w.find("herb tea", 1).Cards); len(got) != 1 || got[0] != "herb-tea" {
		t.Errorf("found %q", got)
	}
	w.exec(`create function fail() returns trigger language plpgsql as $$ begin raise 'away'; end $$`)
	w.exec(`create trigger fail before insert or update on product_search for each row when (new.product_id = 6) execute function fail()`)
	if n, _, err := search.UpToDate(t.Context(), w.pool, search.Pace{}.Of(2)); err == nil || n != 2 {
		t.Errorf("wrote %d in spite of all: %v", n, err)
	}
	w.exec(`drop trigger fail on product_search`)
	if n, left, err := search.UpToDate(t.Context(), w.pool, search.Pace{}.Of(2)); err != nil || n != 5 || left {
		t.Errorf("wrote the %d others, some left: %t: %v", n, left, err)
	}
	if old := w.id(`select count(*) from product_search where names = 'old'`); old != 0 {
		t.Errorf("%d are as they were", old)
	}
}

// TestUpToDateOneAtATime: while one program has goods in hand, another leaves them to it.
func TestUpToDateOneAtATime(t *testing.T) {
	w := newWorld(t)
	w.fill()
	err := postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `select from search_index for update`); err != nil {
			return err
		}
		n, left, err := search.UpToDate(t.Context(), w.pool, search.Pace{})
		if n != 0 || !left {
			t.Errorf("wrote %d, some left: %t", n, left)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestUpToDateKeepsWhatIsNewer: who changed a product while its old texts were being written has the last word.
func TestUpToDateKeepsWhatIsNewer(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.exec(`update product_search set names = 'old'`)
	w.exec(`delete from product_search where product_id = $1`, w.product["honey"])
	err := search.RewriteLate(t.Context(), w.pool, func() {
		w.exec(`update product_search set names = 'hers' where product_id = $1`, w.product["melon-jam"])
		w.exec(`insert into product_search (product_id, names, words) values ($1, 'hers', '')`, w.product["honey"])
	})
	if err != nil {
		t.Fatal(err)
	}
	if hers := w.id(`select count(*) from product_search where names = 'hers'`); hers != 2 {
		t.Errorf("%d are as somebody else wrote them, want 2", hers)
	}
	if old := w.id(`select count(*) from product_search where names = 'old'`); old != 0 {
		t.Errorf("%d are as they were", old)
	}
}

// TestUpToDateJob: the job goes on until everything is written.
func TestUpToDateJob(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.exec(`update product_search set names = 'old'`)
	w.work(t.Context(), w.pool)
	if old := w.id(`select count(*) from product_search where names = 'old'`); old != 0 {
		t.Errorf("%d are as they were", old)
	}
	if version := w.id(`select version from search_index`); version != search.Version {
		t.Errorf("the index is of version %d", version)
	}
}

// work does the job as a worker would.
func (w *world) work(ctx context.Context, pool *pgxpool.Pool) {
	w.t.Helper()
	workers := river.NewWorkers()
	search.Workers(workers, pool)
	client, err := jobs.New(pool, jobs.Config{})
	if err == nil {
		err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error { return client.Insert(ctx, tx, search.UpToDateArgs{}) })
	}
	if err == nil {
		err = jobs.Drain(ctx, pool, workers)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
