// Package catalog owns what is sold: products with their texts in six languages, variants with prices and stock, their
// way from a producer's draft to what buyers see, and what each costs in each market.
//
// The producer writes product_sources in her language; buyers read product_texts as the programme approved them. Until a
// changed listing is approved again, buyers go on seeing the texts and pictures approved before, while price and stock
// are hers to change at any time.
package catalog

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// State is where a listing stands between producer and programme.
type State string

// The states, as the table products lists them.
const (
	Draft            State = "draft"             // hers alone
	Submitted        State = "submitted"         // waits for the programme
	ChangesRequested State = "changes_requested" // the programme asks her for something
	Approved         State = "approved"
	Withdrawn        State = "withdrawn" // taken back; no buyer sees it
)

// States lists every state in the order of a listing's life.
var States = []State{Draft, Submitted, ChangesRequested, Approved, Withdrawn}

// Moves lists where a listing may go from each state. An approved one is submitted again when she changes its words.
var Moves = map[State][]State{
	Draft:            {Submitted, Withdrawn},
	Submitted:        {Approved, ChangesRequested, Withdrawn},
	ChangesRequested: {Submitted, Withdrawn},
	Approved:         {Submitted, ChangesRequested, Withdrawn},
	Withdrawn:        {Draft, Submitted, Approved},
}

// May reports whether a listing may go from s to the other state.
func (s State) May(to State) bool { return slices.Contains(Moves[s], to) }

// Indexer brings what search knows of products up to date, in the transaction that changed them.
type Indexer func(ctx context.Context, tx pgx.Tx, productIDs ...int64) error

// Service holds the use cases of the catalog, on a pool or inside a transaction alike.
type Service struct {
	db     postgres.DB
	clock  func() time.Time
	index  Indexer
	memory memory
}

// New returns the service on db; clock is the program's clock, index the hook of package search.
func New(db postgres.DB, clock func() time.Time, index Indexer) *Service {
	return &Service{db: db, clock: clock, index: index, memory: newMemory(nil, clock)}
}

// Watch makes the service remember what buyers see until the board says that it changed. Call it before the first use.
func (s *Service) Watch(board *watch.Board) { s.memory = newMemory(board, s.clock) }

// now is the moment a change is written with, as exact as the database keeps it.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }
