package producers

import (
	"context"
	"strings"
	"time"
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

// SaveProfile writes what a producer says about herself, in the name of its member by. The photo must be hers. Name,
// story and words stay her own until staff have looked at them: see ApproveWords.
func (s *Service) SaveProfile(ctx context.Context, by, producerID int64, p Profile) error {
	p.Name = strings.TrimSpace(p.Name)
	if err := p.Validate(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `/* producers.save_profile */
update producers set kind = $2, village_id = $3, since_year = $4, women_led = $5, phone = nullif($6, ''), photo_id = $7
where id = $1 and ($7::bigint is null or exists (select from photos where id = $7 and producer_id = $1))`,
			producerID, p.Kind, p.VillageID, p.SinceYear, p.WomenLed, p.Phone, p.PhotoID)
		if err != nil {
			return postgres.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return errs.E(errs.NotFound, "no such producer or photo")
		}
		said, err := saveSource(ctx, tx, producerID, p.Text, s.clock().UTC())
		if err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "producer.edited", SubjectKind: "producer",
			SubjectID: producerID, Detail: map[string]any{"name": p.Name, "new_words": said, "village": p.VillageID, "photo": p.PhotoID}})
	})
}

func slugOf(name string) string {
	if slug := i18n.Slug(name); slug != "" {
		return slug
	}
	return "maker"
}

// saveSource keeps her own words, and says whether they differ from those before.
func saveSource(ctx context.Context, tx pgx.Tx, producerID int64, t Text, now time.Time) (changed bool, err error) {
	tag, err := tx.Exec(ctx, `/* producers.save_source */
insert into producer_sources as s (producer_id, lang, name, story, words, updated_at)
select id, source_lang, $2, $3, $4, $5 from producers where id = $1
on conflict (producer_id) do update set name = excluded.name, story = excluded.story, words = excluded.words, updated_at = excluded.updated_at
where (s.name, s.story, s.words) is distinct from (excluded.name, excluded.story, excluded.words)`,
		producerID, t.Name, t.Story, t.Words, now)
	return tag.RowsAffected() > 0, postgres.Err(err)
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

// Create writes a new producer with her own words, which buyers read once it is active.
func (s *Service) Create(ctx context.Context, n NewProducer) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `/* producers.create */
insert into producers (slug, kind, village_id, currency, since_year, women_led, mark_svg, state, source_lang, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
			slugOf(n.Name), n.Kind, n.VillageID, n.Currency, n.SinceYear, n.WomenLed, n.MarkSVG, n.State, n.Source, s.clock().UTC()).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		if _, err := saveSource(ctx, tx, id, n.Text, s.clock().UTC()); err != nil || n.State != Active {
			return err
		}
		return s.adopt(ctx, tx, id)
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
