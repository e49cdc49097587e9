package search

import (
	"context"

	"awil/internal/errs"
)

// atOnce is how many searches ask the database at the same time: one that is dear must not take the connections that the
// rest of the shop needs.
const atOnce = 4

// enter waits for its turn to ask the database; errs.Unavailable if that is over before.
func (s *Service) enter(ctx context.Context) (leave func(), err error) {
	select {
	case s.turns <- struct{}{}:
		return func() { <-s.turns }, nil
	case <-ctx.Done():
		return nil, errs.E(errs.Unavailable, "too many search at once", ctx.Err())
	}
}
