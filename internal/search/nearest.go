package search

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/platform/postgres"
)

// mostNearest is how many goods are offered to whoever found nothing.
const mostNearest = 4

// sqlNearest reads the known words that look most like those that were typed, though by more than a slip or two.
const sqlNearest = `/* search.nearest */
select word from (
    select s.word, max(similarity(s.word, a.word)) as alike from unnest($1::text[]) as a (word)
    join search_words s on s.word % a.word group by s.word
) w order by alike desc, word limit 4`

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
	rows, err := s.db.Query(ctx, sqlNearest, forms)
	if err != nil {
		return nil, postgres.Err(err)
	}
	words, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(words) == 0 {
		return nil, postgres.Err(err)
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
