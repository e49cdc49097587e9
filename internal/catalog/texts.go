package catalog

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// TextEdit is what staff write for buyers in one language.
type TextEdit struct {
	Lang        i18n.Lang
	Name        string
	Summary     string
	Story       string
	Composition string
	// Ready says that buyers may read it; else it is kept as a draft. The source language has no drafts.
	Ready bool
}

func (e TextEdit) validate() error {
	var f errs.Fields
	if e.Name == "" {
		f.Add("name", "errors.required")
	}
	atMost(&f, "name", &e.Name, MaxName)
	atMost(&f, "summary", &e.Summary, MaxSummary)
	atMost(&f, "story", &e.Story, MaxStory)
	atMost(&f, "composition", &e.Composition, MaxComposition)
	return f.Err()
}

// SaveText writes what buyers read in one language, in the name of staff account by. *errs.Fields (name, summary, story,
// composition) for what is missing or too long.
func (s *Service) SaveText(ctx context.Context, by, productID int64, edit TextEdit) error {
	for _, text := range []*string{&edit.Name, &edit.Summary, &edit.Story, &edit.Composition} {
		*text = strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
	}
	if err := edit.validate(); err != nil {
		return err
	}
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		state := TextDraft
		switch {
		case edit.Lang == h.SourceLang:
			state = TextSource
		case edit.Ready:
			state = TextApproved
		}
		_, err := tx.Exec(ctx, `/* catalog.save_text */
insert into product_texts (product_id, lang, name, summary, story, composition, state, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (product_id, lang) do update set name = excluded.name, summary = excluded.summary, story = excluded.story,
    composition = excluded.composition, state = excluded.state, updated_at = excluded.updated_at`,
			h.ID, edit.Lang, edit.Name, edit.Summary, edit.Story, edit.Composition, state, s.now())
		if err != nil {
			return postgres.Err(err)
		}
		err = accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "product.text_saved", SubjectKind: "product",
			SubjectID: h.ID, Detail: map[string]any{"lang": edit.Lang, "state": state}})
		if err != nil || !h.live() {
			return err
		}
		if err := renameSlug(ctx, tx, h); err != nil {
			return err
		}
		return s.publish(ctx, tx, h.ID)
	})
}

// SaveLabel writes what a variant is called in a language; an empty label takes it away.
func (s *Service) SaveLabel(ctx context.Context, by, productID int64, l Label) error {
	l.Label = strings.TrimSpace(l.Label)
	var f errs.Fields
	atMost(&f, "label", &l.Label, MaxLabel)
	if err := f.Err(); err != nil {
		return err
	}
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		if err := ownVariant(ctx, tx, h.ID, l.VariantID); err != nil {
			return err
		}
		if _, err := saveLabel(ctx, tx, l.VariantID, string(l.Lang), l.Label); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "product.label_saved", SubjectKind: "product",
			SubjectID: h.ID, Detail: map[string]any{"variant": l.VariantID, "lang": l.Lang, "label": l.Label}})
	})
}

func ownVariant(ctx context.Context, tx pgx.Tx, productID, variantID int64) error {
	var found bool
	err := tx.QueryRow(ctx, `/* catalog.own_variant */
select exists (select from variants where id = $1 and product_id = $2)`, variantID, productID).Scan(&found)
	if err != nil {
		return postgres.Err(err)
	}
	if !found {
		return errs.E(errs.NotFound, "no such variant")
	}
	return nil
}
