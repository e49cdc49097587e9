package search

import (
	"context"

	"awil/internal/catalog"
)

// mostNearest is how many words and goods are offered to whoever found nothing.
const mostNearest = 4

// nearest finds goods whose names, makers or places have the words nearest to those that found nothing.
func (s *Service) nearest(ctx context.Context, q Query, a asked) ([]catalog.Card, error) {
	var forms []string
	for _, w := range a.words {
		if !w.cjk {
			forms = append(forms, w.forms...)
		}
	}
	if len(forms) == 0 {
		return nil, nil
	}
	v, err := s.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	words := v.nearest(forms, mostNearest)
	if len(words) == 0 {
		return nil, nil
	}
	var like []expr
	for _, w := range words {
		like = append(like, anyMark(w, false, []string{markName, markPlace}))
	}
	q.few = mostNearest
	found, _, err := s.run(ctx, q, a, []tier{{class: partly, expr: anyOf(like...)}})
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, h := range found {
		ids = append(ids, h.ProductID)
	}
	return s.catalog.CardsByIDs(ctx, q.Market, q.Lang, ids)
}
