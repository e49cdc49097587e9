package producers

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// The longest texts, in characters, as the table allows them.
const (
	maxName  = 120
	maxStory = 4000
	maxWords = 600
)

// Text is what a producer's page says in one language.
type Text struct {
	Name  string
	Story string
	Words string
}

// Profile is what a producer fills in about herself, in her own language.
type Profile struct {
	Text
	Kind      Kind
	VillageID int64
	SinceYear *int
	WomenLed  bool
	Phone     string // E.164 or empty
	PhotoID   *int64
}

// Validate gives *errs.Fields where a field breaks a rule.
func (p Profile) Validate() error {
	var f errs.Fields
	if n := utf8.RuneCountInString(p.Name); n == 0 {
		f.Add("name", "errors.required")
	} else if n > maxName {
		f.Add("name", "errors.too_long", "n", maxName)
	}
	if utf8.RuneCountInString(p.Story) > maxStory {
		f.Add("story", "errors.too_long", "n", maxStory)
	}
	if utf8.RuneCountInString(p.Words) > maxWords {
		f.Add("words", "errors.too_long", "n", maxWords)
	}
	if p.VillageID == 0 {
		f.Add("village", "errors.choose")
	}
	if p.SinceYear != nil && (*p.SinceYear < 1900 || *p.SinceYear > 2100) {
		f.Add("since", "errors.year")
	}
	return f.Err()
}

// SaveProfile writes a producer's own words. The photo must be hers. Approved translations of a changed text
// become stale.
func (s *Service) SaveProfile(ctx context.Context, producerID int64, p Profile) error {
	p.Name = strings.TrimSpace(p.Name)
	if err := p.Validate(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `/* producers.save_profile */
update producers set kind = $2, village_id = $3, since_year = $4, women_led = $5, phone = nullif($6, ''), slug = $7, photo_id = $8
where id = $1 and ($8::bigint is null or exists (select from photos where id = $8 and producer_id = $1))`,
			producerID, p.Kind, p.VillageID, p.SinceYear, p.WomenLed, p.Phone, slugOf(p.Name), p.PhotoID)
		if err != nil {
			return postgres.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return errs.E(errs.NotFound, "no such producer or photo")
		}
		return saveSource(ctx, tx, producerID, p.Text, s.clock().UTC())
	})
}

func slugOf(name string) string {
	if slug := i18n.Slug(name); slug != "" {
		return slug
	}
	return "maker"
}

func saveSource(ctx context.Context, tx pgx.Tx, producerID int64, t Text, now any) error {
	_, err := tx.Exec(ctx, `/* producers.save_source */
with old as (
    select t.name, t.story, t.words from producer_texts t join producers p on p.id = t.producer_id and p.source_lang = t.lang
    where p.id = $1
), saved as (
    insert into producer_texts (producer_id, lang, name, story, words, state, updated_at)
    select id, source_lang, $2, $3::text, $4::text, 'source', $5 from producers where id = $1
    on conflict (producer_id, lang) do update set name = excluded.name, story = excluded.story, words = excluded.words,
        state = 'source', updated_at = excluded.updated_at
)
update producer_texts t set state = 'stale'
where t.producer_id = $1 and t.state = 'approved'
  and exists (select from old where (old.story, old.words) is distinct from ($3::text, $4::text))`, producerID, t.Name, t.Story, t.Words, now)
	return postgres.Err(err)
}

// NewProducer is a producer made by staff or by an accepted invitation.
type NewProducer struct {
	Text
	Kind      Kind
	VillageID int64
	Currency  money.Currency
	SinceYear *int
	WomenLed  bool
	MarkSVG   string
	Source    i18n.Lang
	State     State
}

// Create writes a new producer with its text in the source language.
func (s *Service) Create(ctx context.Context, n NewProducer) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `/* producers.create */
insert into producers (slug, kind, village_id, currency, since_year, women_led, mark_svg, state, source_lang, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
			slugOf(n.Name), n.Kind, n.VillageID, n.Currency, n.SinceYear, n.WomenLed, n.MarkSVG, n.State, n.Source, s.clock().UTC()).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		return saveSource(ctx, tx, id, n.Text, s.clock().UTC())
	})
	return id, err
}

// SaveTranslation writes an approved translation, in the name of staff account by.
func (s *Service) SaveTranslation(ctx context.Context, by, producerID int64, lang i18n.Lang, t Text) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `/* producers.save_translation */
insert into producer_texts (producer_id, lang, name, story, words, state, updated_at)
select id, $2::text, $3, $4, $5, case when source_lang = $2::text then 'source' else 'approved' end, $6 from producers where id = $1
on conflict (producer_id, lang) do update set name = excluded.name, story = excluded.story, words = excluded.words,
    state = excluded.state, updated_at = excluded.updated_at`, producerID, lang, t.Name, t.Story, t.Words, s.clock().UTC())
		if err != nil {
			return postgres.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return errs.E(errs.NotFound, "no such producer")
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "producer.translated", SubjectKind: "producer",
			SubjectID: producerID, Detail: map[string]any{"lang": lang}})
	})
}
