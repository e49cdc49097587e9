package main

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/payouts"
	"awil/internal/photos"
	"awil/internal/platform/jobs"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres"
	"awil/internal/reconcile"
	"awil/internal/search"
	letters "awil/templates/mail"
)

// worker does the background work, on connections of its own so that requests never wait for it.
type worker struct {
	client *jobs.Client
	pool   *postgres.Pool
}

func openWorker(ctx context.Context, a *app) (*worker, error) {
	pool, err := a.db.pool(ctx, "awil-worker", a.JobConns, time.Minute)
	if err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	photos.Workers(workers, a.services.photos)
	catalog.Workers(workers, a.services.catalog)
	search.Workers(workers, pool)
	cart.Workers(workers, a.services.cart)
	checkout.Workers(workers, a.services.checkout, letters.Write, a.mail.sender)
	payouts.Workers(workers, a.services.payouts, letters.WriteMoney)
	reconcile.Workers(workers, a.services.reconcile)
	mail.Workers(workers, a.mail.sender)
	client, err := jobs.New(pool, jobs.Config{Workers: workers, Logger: a.log, Busy: a.visitors.many,
		Periodic: slices.Concat(cart.Periodic(), checkout.Periodic(), reconcile.Periodic(), photos.Periodic(), catalog.Periodic(), search.Periodic())})
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &worker{client: client, pool: pool}, nil
}
