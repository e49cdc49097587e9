package search

import (
	"context"

	"awil/internal/catalog"
)

// mostNearest is how many words and goods are offered to whoever found nothing.
const mostNearest = 4

// nearest shows goods whose names, makers or places have the words nearest to those that found nothing.
func (s *Service) nearest(ctx context.Context, q Query, a asked) ([]catalog.Card, error) {
	ids, err := s.alike(ctx, q, a)
	if err != nil {
		return nil, err
	}
	return s.catalog.CardsByIDs(ctx, q.Market, q.Lang, ids)
}

func (s *Service) alike(ctx context.Context, q Query, a asked) (ids []int64, err error) {
	var forms []string
	for _, w := range a.words {
		if !w.cjk {
			forms = append(forms, w.forms...)
		}
	}
	if len(forms) == 0 {
		return nil, nil
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
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
	for _, h := range found {
		ids = append(ids, h.ProductID)
	}
	return ids, nil
}
