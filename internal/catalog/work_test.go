package catalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"awil/internal/catalog"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

func TestPricesFollowTheRateOfTheDay(t *testing.T) {
	w := newWorld(t)
	id, _ := w.selling(w.maker, "Qawın varenyesi")
	before := w.page("jp", id).From().Minor
	w.exec(`update exchange_rates set rate = rate * 2 where quote = 'JPY'`)
	workers := river.NewWorkers()
	catalog.Workers(workers, w.catalog)
	queue, err := jobs.New(w.pool, jobs.Config{})
	w.ok(err)
	w.ok(postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
		return queue.Insert(t.Context(), tx, catalog.RepriceArgs{})
	}))
	w.ok(jobs.Drain(t.Context(), w.pool, workers))
	if after := w.page("jp", id).From().Minor; after <= before*3/2 {
		t.Errorf("the rate doubled, the price went from %d to %d", before, after)
	}
}

func TestRepricingGoesOnInTheNextJob(t *testing.T) {
	w := newWorld(t)
	var ids []int64
	for i := range catalog.RefreshBatch + 3 {
		id, _ := w.selling(w.maker, fmt.Sprintf("Qawın %d", i))
		ids = append(ids, id)
	}
	last := ids[len(ids)-1]
	before := w.page("jp", last).From().Minor
	w.exec(`update exchange_rates set rate = rate * 2 where quote = 'JPY'`)
	workers := river.NewWorkers()
	river.AddWorker(workers, catalog.Reprice(w.catalog, time.Nanosecond))
	queue, err := jobs.New(w.pool, jobs.Config{})
	w.ok(err)
	w.ok(postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
		return queue.Insert(t.Context(), tx, catalog.RepriceArgs{})
	}))
	w.ok(jobs.Drain(t.Context(), w.pool, workers))
	if after := w.page("jp", last).From().Minor; after <= before*3/2 {
		t.Errorf("the rate doubled, the last price went from %d to %d", before, after)
	}
	var done int
	w.ok(w.pool.QueryRow(t.Context(), `select count(*) from river_job where kind = 'catalog_reprice' and state = 'completed'`).Scan(&done))
	if done < 2 {
		t.Errorf("%d goods were priced in %d jobs", len(ids), done)
	}
}

// Where several rounds have begun, as after restarts, the latest does all of it and the others end.
func TestRepricingIsOneRound(t *testing.T) {
	w := newWorld(t)
	for i := range catalog.RefreshBatch + 3 {
		w.selling(w.maker, fmt.Sprintf("Qawın %d", i))
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, catalog.Reprice(w.catalog, time.Nanosecond))
	queue, err := jobs.New(w.pool, jobs.Config{})
	w.ok(err)
	round := func(times int) (done int) {
		w.exec(`update priced set terms = null`)
		for range times {
			w.ok(postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error { return queue.Insert(t.Context(), tx, catalog.RepriceArgs{}) }))
		}
		w.ok(jobs.Drain(t.Context(), w.pool, workers))
		w.ok(w.pool.QueryRow(t.Context(), `with gone as (delete from river_job where kind = 'catalog_reprice' returning state)
select count(*) from gone where state = 'completed'`).Scan(&done))
		return done
	}
	if one, three := round(1), round(3); one < 2 || three > one+2 {
		t.Errorf("one round took %d jobs, three %d", one, three)
	}
}

// While rules and rates hold, nothing is priced anew; it goes on where it stopped, and begins again where they change
// meanwhile.
func TestRepricingIsForNewTerms(t *testing.T) {
	w := newWorld(t)
	var last int64
	for i := range 2*catalog.RefreshBatch + 3 {
		last, _ = w.selling(w.maker, fmt.Sprintf("Qawın %d", i))
	}
	first := w.page("jp", last).From().Minor
	step := func(want bool) {
		t.Helper()
		ctx, queries := pgtest.CountQueries(t.Context())
		left, err := w.catalog.Reprice(ctx, time.Nanosecond)
		if w.ok(err); left != want {
			t.Errorf("left is %t after %d statements", left, queries.N())
		}
	}
	price := func(times int64) {
		t.Helper()
		if got := w.page("jp", last).From().Minor; got < first*times*9/10 || got > first*times*11/10 {
			t.Errorf("the last costs %d, at first %d", got, first)
		}
	}
	step(true)
	step(true)
	w.exec(`update exchange_rates set rate = rate * 2 where quote = 'JPY'`)
	step(true) // from the first on
	step(true)
	price(1)
	step(true)
	price(2)
	step(false)
	w.exec(`delete from offers where product_id = $1`, last) // would be there again if it were priced
	step(false)
	var there bool
	w.ok(w.pool.QueryRow(t.Context(), `select exists (select from offers where product_id = $1)`, last).Scan(&there))
	if there {
		t.Error("priced anew although nothing changed")
	}
}
