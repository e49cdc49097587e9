package curation

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// The longest texts, in characters, as the tables allow them.
const (
	MaxName    = 120
	MaxSummary = 600
	MaxItems   = 200
)

// Text is what buyers read of a collection in one language.
type Text struct {
	Lang    i18n.Lang
	Name    string
	Summary string
	State   catalog.TextState
}

func (t Text) trimmed() Text {
	t.Name, t.Summary = strings.TrimSpace(t.Name), strings.TrimSpace(strings.ReplaceAll(t.Summary, "\r\n", "\n"))
	return t
}

func (t Text) validate() error {
	var f errs.Fields
	switch n := utf8.RuneCountInString(t.Name); {
	case n == 0:
		f.Add("name", "errors.required")
	case n > MaxName:
		f.Add("name", "errors.too_long", "n", MaxName)
	}
	if utf8.RuneCountInString(t.Summary) > MaxSummary {
		f.Add("summary", "errors.too_long", "n", MaxSummary)
	}
	return f.Err()
}

// CreateCollection begins a collection, unpublished, with its text in the language it is written in. Its slug is made
// from slug, or from the name when that is empty. *errs.Fields: name, summary, slug (taken, or not to be made).
func (s *Service) CreateCollection(ctx context.Context, by int64, slug string, text Text) (id int64, err error) {
	text = text.trimmed()
	if err := text.validate(); err != nil {
		return 0, err
	}
	if slug = i18n.Slug(slug); slug == "" {
		slug = i18n.Slug(text.Name)
	}
	if slug == "" {
		return 0, wrong("slug", "errors.required")
	}
	err = s.act(ctx, by, "collection.created", "collection", func(tx pgx.Tx) (int64, map[string]any, error) {
		err := tx.QueryRow(ctx, `/* curation.create_collection */
insert into collections (slug, source_lang, created_by, created_at) values ($1, $2, nullif($3, 0), $4) returning id`,
			slug, text.Lang, by, s.now()).Scan(&id)
		if postgres.Violates(err, "collections_slug_key") {
			return 0, nil, wrong("slug", "errors.taken")
		}
		if err != nil {
			return 0, nil, postgres.Err(err)
		}
		return id, map[string]any{"slug": slug}, saveText(ctx, tx, id, text)
	})
	return id, err
}

func wrong(field, key string, args ...any) error {
	var f errs.Fields
	f.Add(field, key, args...)
	return f.Err()
}

// SaveText writes a collection's text in one language. One in the source language makes approved translations stale when
// it changes; in another, State says whether buyers may read it (draft or approved).
func (s *Service) SaveText(ctx context.Context, by, collectionID int64, text Text) error {
	text = text.trimmed()
	if err := text.validate(); err != nil {
		return err
	}
	return s.act(ctx, by, "collection.text_saved", "collection", func(tx pgx.Tx) (int64, map[string]any, error) {
		return collectionID, map[string]any{"lang": text.Lang}, saveText(ctx, tx, collectionID, text)
	})
}

func saveText(ctx context.Context, tx pgx.Tx, collectionID int64, t Text) error {
	if t.State != catalog.TextDraft {
		t.State = catalog.TextApproved
	}
	tag, err := tx.Exec(ctx, `/* curation.save_text */
with c as (
    select id, source_lang = $2 as is_source from collections where id = $1
), old as (
    select t.name, t.summary from collection_texts t join c on c.is_source where t.collection_id = $1 and t.lang = $2
), outdated as (
    update collection_texts set state = 'stale'
    where collection_id = $1 and lang <> $2 and state = 'approved'
      and exists (select from old where (name, summary) is distinct from ($3, $4))
)
insert into collection_texts (collection_id, lang, name, summary, state)
select id, $2, $3, $4, case when is_source then 'source' else $5 end from c
on conflict (collection_id, lang) do update set name = excluded.name, summary = excluded.summary, state = excluded.state`,
		collectionID, t.Lang, t.Name, t.Summary, t.State)
	if err != nil {
		return postgres.Err(err)
	}
	if tag.RowsAffected() == 0 {
		return errs.E(errs.NotFound, "no such collection")
	}
	return nil
}

// SetItems puts products into a collection, in this order and no others. *errs.Fields (products) if one does not exist,
// comes twice, or there are too many.
func (s *Service) SetItems(ctx context.Context, by, collectionID int64, productIDs []int64) error {
	if len(productIDs) > MaxItems {
		return wrong("products", "errors.too_many", "n", MaxItems)
	}
	return s.act(ctx, by, "collection.items_set", "collection", func(tx pgx.Tx) (int64, map[string]any, error) {
		if err := exists(ctx, tx, collectionID); err != nil {
			return 0, nil, err
		}
		batch := &pgx.Batch{}
		batch.Queue(`/* curation.clear_items */ delete from collection_items where collection_id = $1`, collectionID)
		batch.Queue(`/* curation.set_items */
insert into collection_items (collection_id, product_id, position)
select $1, id, place - 1 from unnest($2::bigint[]) with ordinality as w (id, place)`, collectionID, productIDs)
		err := postgres.Err(tx.SendBatch(ctx, batch).Close())
		if kind := errs.KindOf(err); err != nil && (kind == errs.Invalid || kind == errs.Conflict) {
			err = wrong("products", "errors.choose")
		}
		return collectionID, map[string]any{"products": productIDs}, err
	})
}

func exists(ctx context.Context, tx pgx.Tx, collectionID int64) error {
	err := tx.QueryRow(ctx, `/* curation.lock_collection */
select id from collections where id = $1 for no key update`, collectionID).Scan(new(int64))
	return postgres.Err(err)
}

// Publish shows a collection to buyers, or hides it again.
func (s *Service) Publish(ctx context.Context, by, collectionID int64) error {
	now := s.now()
	return s.setPublished(ctx, by, collectionID, "collection.published", &now)
}

// Unpublish hides a collection from buyers; its features show nothing until it is published again.
func (s *Service) Unpublish(ctx context.Context, by, collectionID int64) error {
	return s.setPublished(ctx, by, collectionID, "collection.unpublished", nil)
}

func (s *Service) setPublished(ctx context.Context, by, collectionID int64, action string, at *time.Time) error {
	return s.act(ctx, by, action, "collection", func(tx pgx.Tx) (int64, map[string]any, error) {
		return collectionID, nil, must(ctx, tx, `/* curation.publish */
update collections set published_at = case when $2::timestamptz is null then null else coalesce(published_at, $2) end
where id = $1`, collectionID, at)
	})
}

// Delete removes a collection with its texts and features; the products stay.
func (s *Service) Delete(ctx context.Context, by, collectionID int64) error {
	return s.act(ctx, by, "collection.deleted", "collection", func(tx pgx.Tx) (int64, map[string]any, error) {
		return collectionID, nil, must(ctx, tx, `/* curation.delete */ delete from collections where id = $1`, collectionID)
	})
}

// must runs a statement that has to touch a row; errs.NotFound if it does not.
func must(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	tag, err := tx.Exec(ctx, sql, args...)
	if err != nil {
		return postgres.Err(err)
	}
	if tag.RowsAffected() == 0 {
		return errs.E(errs.NotFound, "no such row")
	}
	return nil
}
