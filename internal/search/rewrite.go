package search

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// indexed is a product, and which state of its row in the index was there before its texts were read.
type indexed struct {
	ID    int64
	State string
}

const sqlPublished = `/* search.rebuild */
select p.id, coalesce(f.xmin::text, '') as state from products p left join product_search f on f.product_id = p.id
where p.published_at is not null and p.id > $1 order by p.id limit $2`

func published(ctx context.Context, db postgres.DB, after int64, most int) ([]indexed, error) {
	rows, err := db.Query(ctx, sqlPublished, after, most)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[indexed])
	return list, postgres.Err(err)
}

// sqlRewrite writes rows that are as they were: what somebody changed meanwhile she has indexed herself, and knows better.
const sqlRewrite = `/* search.rewrite */
insert into product_search as f (product_id, names, words)
select product_id, names, words::tsvector from unnest($1::bigint[], $2::text[], $3::text[]) as t (product_id, names, words)
on conflict (product_id) do update set names = excluded.names, words = excluded.words
where (f.names, f.words) is distinct from (excluded.names, excluded.words)
  and f.xmin::text = ($4::text[])[array_position($1, f.product_id)]`

// rewrite writes these products into the index.
func (m *memo) rewrite(ctx context.Context, db postgres.DB, list []indexed) error {
	all, was := make([]int64, len(list)), make(map[int64]string, len(list))
	for i, p := range list {
		all[i], was[p.ID] = p.ID, p.State
	}
	texts, err := readTexts(ctx, db, all)
	if err != nil || len(texts) == 0 {
		return err
	}
	var ids []int64
	var names, words, states, spelt []string
	for id, its := range eachProduct(texts) {
		d := m.document(its)
		d.add(sliceOf(id))
		ids, names, words = append(ids, id), append(names, strings.Join(d.names, "\n")), append(words, d.tsvector())
		states, spelt = append(states, was[id]), append(spelt, d.spelt...)
	}
	if _, err := db.Exec(ctx, sqlRewrite, ids, names, words, states); err != nil {
		return postgres.Err(err)
	}
	slices.Sort(spelt)
	return Learn(ctx, db, slices.Compact(spelt))
}

// memo remembers what texts come to that many products share, such as the names of their village.
type memo struct {
	mu    sync.Mutex
	parts map[textKey]Part
}

type textKey struct{ part, text string }

// mostParts bounds the memory of a memo to some tens of megabytes.
const mostParts = 8192

func newMemo() *memo { return &memo{parts: map[textKey]Part{}} }

// document is what package document makes of texts.
func (m *memo) document(texts []textRow) doc {
	parts := make([]Part, len(texts))
	for i, t := range texts {
		parts[i] = m.part(textKey{t.Part, t.Text})
	}
	d := Join(parts...).doc
	d.known = map[string]bool{}
	return d
}

func (m *memo) part(k textKey) Part {
	if k.part == inName {
		return part(k.part, k.text)
	}
	m.mu.Lock()
	p, ok := m.parts[k]
	m.mu.Unlock()
	if ok {
		return p
	}
	p = Join(part(k.part, k.text))
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.parts) >= mostParts {
		clear(m.parts)
	}
	m.parts[k] = p
	return p
}
