package search

import (
	"context"
	"errors"
	"time"

	"awil/internal/platform/postgres"
)

// Scrimp makes the service look for everything as it does among a million products: it knows what the database found out
// about common words, and nothing is read without a thought.
func (s *Service) Scrimp(ctx context.Context) error {
	c, err := readCommon(ctx, s.db)
	if err != nil {
		return err
	}
	if len(c.lexemes) == 0 {
		return errors.New("the table was not analysed")
	}
	c.bounds = bounds{shop: 0, few: 3, known: 12, page: 24, slow: usual.slow}
	s.common.what, s.common.read = c, time.Now().Add(time.Hour)
	return nil
}

// Of is the pace with so many products at once.
func (p Pace) Of(batch int) Pace {
	p.batch = batch
	return p
}

// RewriteLate rewrites everything as it is known to be before something else happens.
func RewriteLate(ctx context.Context, db postgres.DB, before func()) error {
	list, err := published(ctx, db, 0, 1000)
	if err != nil {
		return err
	}
	before()
	return newMemo().rewrite(ctx, db, list)
}
