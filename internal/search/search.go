// Package search finds products by what people type: in any of six languages, either alphabet, with or without the
// right apostrophe, and with a slip or two.
package search

import (
	"context"
	"slices"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Service answers searches, on a pool or inside a transaction alike.
type Service struct {
	db      postgres.DB
	catalog *catalog.Service
}

// New returns the service on db; the catalog makes the cards of what is found.
func New(db postgres.DB, c *catalog.Service) *Service { return &Service{db: db, catalog: c} }

// Query is what somebody searches for, in a market and a language.
type Query struct {
	Market string
	Lang   i18n.Lang
	Text   string
	Page   paging.Page
}

// Result is a page of what was found.
type Result struct {
	Cards []catalog.Card
	Next  string // cursor of the next page; empty when this is the last
	// Suggestion is a name that was probably meant, when nothing bears the words as they were typed; else empty.
	Suggestion string
	// Loose says that nothing has all the words: what is shown sounds like them or has some.
	Loose bool
}

// Query finds the products a market shows whose names, makers, places, shelves or descriptions have all the words, the
// last of which may be unfinished. A product called exactly that comes first, then names that begin so, names that have
// the words, makers and villages, and other text. Where nothing has all the words it looks for names that sound like
// them, then for any of the words. A text without a letter or digit finds nothing.
func (s *Service) Query(ctx context.Context, q Query) (Result, error) {
	key, err := paging.Key[hitKey](q.Page)
	if err != nil {
		return Result{}, err
	}
	a, ok := ask(q.Text)
	if !ok {
		return Result{}, nil
	}
	hits, err := s.hits(ctx, q, a, key)
	if err != nil {
		return Result{}, err
	}
	hits, next, err := paging.Cut(q.Page, hits, func(h hit) hitKey { return hitKey(h) })
	if err != nil || len(hits) == 0 {
		return Result{}, err
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ProductID
	}
	cards, err := s.catalog.CardsByIDs(ctx, q.Market, q.Lang, ids)
	if err != nil {
		return Result{}, err
	}
	result := Result{Cards: cards, Next: next, Loose: hits[0].Class < written}
	if slices.Contains([]int{slip, resembles}, hits[0].Class) && len(cards) > 0 {
		result.Suggestion = cards[0].Name
	}
	return result, nil
}

// hit is a product found and how well it fits.
type hit struct {
	Class     int
	Score     float64
	ProductID int64
}

// hitKey is where a page of hits ends.
type hitKey struct {
	Class     int     `json:"c"`
	Score     float64 `json:"s"`
	ProductID int64   `json:"i"`
}
