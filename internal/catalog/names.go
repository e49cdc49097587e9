package catalog

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// Named is what a product, or one size of it, is called in a language.
type Named struct {
	Name string
	Lang i18n.Lang
}

const sqlNames = `/* catalog.names */
select distinct on (product_id) product_id, name, lang from product_texts
where product_id = any ($1) and state <> 'draft' and lang in ($2, 'en')
order by product_id, lang = $2 desc`

// Names returns what products are called in a language today, else in English;
// those that have neither name are left out.
func (s *Service) Names(ctx context.Context, lang i18n.Lang, productIDs []int64) (map[int64]Named, error) {
	return s.named(ctx, sqlNames, productIDs, lang)
}

const sqlLabels = `/* catalog.labels */
select distinct on (variant_id) variant_id, label, lang from variant_texts
where variant_id = any ($1) and lang in ($2, 'en')
order by variant_id, lang = $2 desc`

// Labels returns what sizes of products are called, as Names does.
func (s *Service) Labels(ctx context.Context, lang i18n.Lang, variantIDs []int64) (map[int64]Named, error) {
	return s.named(ctx, sqlLabels, variantIDs, lang)
}

func (s *Service) named(ctx context.Context, sql string, ids []int64, lang i18n.Lang) (map[int64]Named, error) {
	rows, err := s.db.Query(ctx, sql, ids, lang)
	if err != nil {
		return nil, fmt.Errorf("names: %w", postgres.Err(err))
	}
	names := map[int64]Named{}
	var id int64
	var n Named
	_, err = pgx.ForEachRow(rows, []any{&id, &n.Name, &n.Lang}, func() error {
		names[id] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("names: %w", postgres.Err(err))
	}
	return names, nil
}
