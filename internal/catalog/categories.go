package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Category is a shelf of the shop. Categories nest two deep: products stand in the inner ones, or in an outer one that
// has none.
type Category struct {
	ID         int64
	Slug       string
	ParentID   *int64
	ParentSlug string // empty for an outer one
	Food       bool
	Position   int
	Name       string
	NameLang   i18n.Lang
}

const sqlCategory = `
select c.id, c.slug, c.parent_id, coalesce(p.slug, '') as parent_slug, c.food, c.position, t.name, t.lang as name_lang
from categories c left join categories p on p.id = c.parent_id
join lateral (
    select name, lang from category_texts t where t.category_id = c.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1
) t on true `

// Categories lists all categories, each outer one followed by those inside it. The list is shared: it must not be
// changed.
func (s *Service) Categories(ctx context.Context, lang i18n.Lang) ([]Category, error) {
	return s.memory.categories.Get(ctx, lang, func(ctx context.Context) ([]Category, error) {
		return s.categories(ctx, `/* catalog.categories */`+sqlCategory+
			`order by coalesce(p.position, c.position), coalesce(p.id, c.id), p.id nulls first, c.position, c.id`, lang)
	})
}

// CategoryBySlug returns one category, or errs.NotFound.
func (s *Service) CategoryBySlug(ctx context.Context, lang i18n.Lang, slug string) (Category, error) {
	watch.On(ctx, watch.Categories)
	rows, err := s.db.Query(ctx, `/* catalog.category_by_slug */`+sqlCategory+`where c.slug = $2`, lang, slug)
	if err != nil {
		return Category{}, postgres.Err(err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Category])
	return c, postgres.Err(err)
}

func (s *Service) categories(ctx context.Context, sql string, args ...any) ([]Category, error) {
	watch.On(ctx, watch.Categories)
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Category])
	return list, postgres.Err(err)
}

// NewCategory is a category as it is set up.
type NewCategory struct {
	Slug       string
	ParentSlug string // empty for an outer one
	Food       bool
	Position   int
	Names      map[i18n.Lang]string
}

// SaveCategory writes a category with its names, replacing the one with the same slug.
func (s *Service) SaveCategory(ctx context.Context, c NewCategory) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `/* catalog.save_category */
insert into categories (slug, parent_id, food, position)
select $1, (select id from categories where slug = $2), $3, $4
where $2 = '' or exists (select from categories where slug = $2)
on conflict (slug) do update set parent_id = excluded.parent_id, food = excluded.food, position = excluded.position
returning id`, c.Slug, c.ParentSlug, c.Food, c.Position).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		langs, names := unzip(c.Names)
		_, err = tx.Exec(ctx, `/* catalog.save_category_texts */
insert into category_texts (category_id, lang, name) select $1, * from unnest($2::text[], $3::text[])
on conflict (category_id, lang) do update set name = excluded.name`, id, langs, names)
		return postgres.Err(err)
	})
	return id, err
}

func unzip(names map[i18n.Lang]string) (langs, texts []string) {
	for lang, name := range names {
		langs, texts = append(langs, string(lang)), append(texts, name)
	}
	return langs, texts
}

// AllergenCodes lists the allergens a label may have to name, in the order forms show them. Their names are the
// messages terms.allergen.<code>.
func (s *Service) AllergenCodes(ctx context.Context) ([]string, error) {
	rows, err := s.db.Query(ctx, `/* catalog.allergens */ select code from allergens order by position`)
	if err != nil {
		return nil, postgres.Err(err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return codes, postgres.Err(err)
}
