package catalog

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// The longest texts, in characters, as the tables allow them.
const (
	MaxName        = 120
	MaxSummary     = 400
	MaxStory       = 4000
	MaxComposition = 1000
	MaxLabel       = 60
	MaxMessage     = 2000
)

// CreateDraft begins a listing, empty, to be written in lang.
func (s *Service) CreateDraft(ctx context.Context, by Maker, lang i18n.Lang) (productID int64, err error) {
	err = s.db.QueryRow(ctx, `/* catalog.create_draft */
with made as (
    insert into products (slug, producer_id, created_at, updated_at) values ($1, $2, $4, $4) returning id
)
insert into product_sources (product_id, lang, updated_at) select id, $3, $4 from made returning product_id`,
		slugOf(), by.ProducerID, lang, s.now()).Scan(&productID)
	return productID, postgres.Err(err)
}

// SourceEdit is what a producer changes of her text; nil leaves a field as it is.
type SourceEdit struct {
	Name        *string
	Story       *string
	Composition *string
}

// SaveSource writes what the producer says about her product. An approved listing goes to the programme again; buyers
// read on what was approved. *errs.Fields (name, story, composition) for what is too long or, once submitted, missing.
func (s *Service) SaveSource(ctx context.Context, by Maker, productID int64, edit SourceEdit) error {
	edit = edit.trimmed()
	if err := edit.validate(); err != nil {
		return err
	}
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		var name string
		err := tx.QueryRow(ctx, `/* catalog.save_source */
update product_sources set name = coalesce($2, name), story = coalesce($3, story), composition = coalesce($4, composition),
    updated_at = $5
where product_id = $1
  and (name, story, composition) is distinct from (coalesce($2, name), coalesce($3, story), coalesce($4, composition))
returning name`, h.ID, edit.Name, edit.Story, edit.Composition, s.now()).Scan(&name)
		switch err := postgres.Err(err); {
		case err != nil && errs.KindOf(err) == errs.NotFound:
			return forNothing, nil
		case err != nil:
			return forNothing, err
		case h.Published:
			return forReview, nil // its address keeps the name buyers know until the new one is approved
		}
		_, err = tx.Exec(ctx, `/* catalog.slug_draft */ update products set slug = $2 where id = $1`, h.ID, slugOf(name))
		return forReview, postgres.Err(err)
	})
}

func (e SourceEdit) trimmed() SourceEdit {
	trim := func(text *string) *string {
		if text == nil {
			return nil
		}
		trimmed := strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
		return &trimmed
	}
	return SourceEdit{Name: trim(e.Name), Story: trim(e.Story), Composition: trim(e.Composition)}
}

func (e SourceEdit) validate() error {
	var f errs.Fields
	atMost(&f, "name", e.Name, MaxName)
	atMost(&f, "story", e.Story, MaxStory)
	atMost(&f, "composition", e.Composition, MaxComposition)
	return f.Err()
}

func atMost(f *errs.Fields, field string, text *string, most int) {
	if text != nil && utf8.RuneCountInString(*text) > most {
		f.Add(field, "errors.too_long", "n", most)
	}
}

// SetCategory puts the product on a shelf. *errs.Fields (category) if there is no such category.
func (s *Service) SetCategory(ctx context.Context, by Maker, productID, categoryID int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		changed, err := setCategory(ctx, tx, h, categoryID)
		if err != nil || !changed {
			return forNothing, err
		}
		return forReview, nil
	})
}

func setCategory(ctx context.Context, tx pgx.Tx, h head, categoryID int64) (changed bool, err error) {
	if h.CategoryID != nil && *h.CategoryID == categoryID {
		return false, nil
	}
	tag, err := tx.Exec(ctx, `/* catalog.set_category */
update products set category_id = $2 where id = $1 and exists (select from categories where id = $2)`, h.ID, categoryID)
	if err != nil {
		return false, postgres.Err(err)
	}
	if tag.RowsAffected() == 0 {
		var f errs.Fields
		f.Add("category", "errors.choose")
		return false, f.Err()
	}
	return true, nil
}
