package demo

import (
	"context"
	"fmt"

	"awil/internal/assessments"
)

// assess gives goods the stars of the programme.
func (l *loader) assess(ctx context.Context) error {
	for _, a := range l.programme.Assessments {
		id := l.products[a.Product]
		before, err := l.Assessments.OfProduct(ctx, id)
		if err != nil {
			return err
		}
		if len(before) > 0 {
			continue
		}
		if _, err := l.Assessments.Assess(ctx, l.curator, id, assessments.Finding{Points: a.Points, Advice: a.Advice, Lang: a.Lang}); err != nil {
			return fmt.Errorf("product %s: %w", a.Product, err)
		}
	}
	return nil
}
