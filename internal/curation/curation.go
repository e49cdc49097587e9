// Package curation owns what the programme puts forward: collections of products, and the dated, ordered places on each
// market's home page.
package curation

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/catalog"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Service holds the use cases of curation, on a pool or inside a transaction alike.
type Service struct {
	db      postgres.DB
	clock   func() time.Time
	catalog *catalog.Service

	fronts *watch.Group[frontKey, front] // nil: read each time
	sets   *watch.Group[setKey, set]
}

// How many are remembered: home pages in each language of a market, and collections likewise.
const (
	mostFronts = 200
	mostSets   = 500
)

// New returns the service on db; clock is the program's clock, the catalog makes the cards of what is put forward.
func New(db postgres.DB, clock func() time.Time, c *catalog.Service) *Service {
	return &Service{db: db, clock: clock, catalog: c}
}

// Watch makes the service remember what home pages and collections consist of until the board says that it changed. Call
// it before the first use.
func (s *Service) Watch(board *watch.Board) {
	s.fronts = watch.NewGroup[frontKey, front](board, s.clock, mostFronts)
	s.sets = watch.NewGroup[setKey, set](board, s.clock, mostSets)
}

// now is the moment a change is written with, as exact as the database keeps it.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// act runs what staff do in a transaction, with its line in the audit trail.
func (s *Service) act(ctx context.Context, by int64, action, kind string, f func(tx pgx.Tx) (subject int64, detail map[string]any, err error)) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		subject, detail, err := f(tx)
		if err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: action, SubjectKind: kind, SubjectID: subject, Detail: detail})
	})
}
