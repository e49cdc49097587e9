package catalog_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"awil/internal/catalog"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
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
