package main

import (
	"context"

	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/paging"
	"awil/internal/photos"
	"awil/internal/platform/postgres"
	"awil/internal/producers"
)

// warmConns is how many connections know the statements of pages when visitors come: as many as pages that nobody has asked
// for need at some hundred a second.
const warmConns = 4

// warm prepares connections for pages while the first visitors are served.
func (a *app) warm(ctx context.Context) {
	err := postgres.Warm(ctx, a.services.pool, min(warmConns, a.DatabaseConns/2), a.services.lookAround)
	if err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "the first pages may be slow", "error", err)
	}
}

// lookAround reads what the page of a product shows, remembering nothing.
func (s *services) lookAround(ctx context.Context, db postgres.DB) error {
	list, err := s.markets.All(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	const row = 4
	goods, market, lang := catalog.New(db, s.clock, nil), list[0].Code, list[0].DefaultLang
	newest, _, err := goods.Listing(ctx, catalog.ListQuery{Market: market, Lang: lang, Page: paging.Page{Limit: 2 * row}})
	if err != nil || len(newest) == 0 {
		return err
	}
	p, err := goods.ProductByID(ctx, market, lang, newest[0].ID)
	if err != nil {
		return err
	}
	if _, err := goods.Related(ctx, market, lang, p, row); err != nil {
		return err
	}
	if _, err := producers.New(db, s.clock).Shown(ctx, lang, p.ProducerID); err != nil {
		return err
	}
	if _, err := assessments.New(db, s.clock).Current(ctx, p.ID); err != nil {
		return err
	}
	_, err = photos.New(db, s.blobs, nil, nil).Shown(ctx, p.PhotoIDs)
	return err
}
