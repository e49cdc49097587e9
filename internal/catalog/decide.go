package catalog

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/producers"
)

// Approve shows a submitted listing to buyers, in the name of staff account by. Its own words become the text of the
// source language unless staff have edited that since; translations older than her words become stale; all its pictures
// are shown; the producer becomes active. *errs.Fields for what is missing, as Submit gives them, and markets if staff
// have chosen none. errs.Conflict if it does not wait, or its producer is paused.
func (s *Service) Approve(ctx context.Context, by, productID int64) error {
	return s.approve(ctx, by, productID, func(head) error { return nil })
}

// ErrMovedOn says that the producer has changed her listing since staff looked at it.
var ErrMovedOn = errs.E(errs.Conflict, "the listing was changed since it was looked at")

// ApproveSeen is Approve for people: seen is the moment of the last change on the page she decides by. ErrMovedOn if
// the producer has changed something since, for nobody approves what she has not read.
func (s *Service) ApproveSeen(ctx context.Context, by, productID int64, seen time.Time) error {
	return s.approve(ctx, by, productID, func(h head) error {
		if !h.UpdatedAt.Equal(seen) {
			return ErrMovedOn
		}
		return nil
	})
}

func (s *Service) approve(ctx context.Context, by, productID int64, check func(h head) error) error {
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		if err := check(h); err != nil {
			return err
		}
		if h.State != Submitted {
			return errs.E(errs.Conflict, "product does not wait for approval: "+string(h.State))
		}
		if err := approvable(ctx, tx, h); err != nil {
			return err
		}
		if err := s.adoptWords(ctx, tx, h); err != nil {
			return err
		}
		now := s.now()
		if err := move(ctx, tx, h, Approved, now); err != nil {
			return err
		}
		if err := producers.New(tx, s.clock).Activate(ctx, h.ProducerID); err != nil {
			return err
		}
		if err := record(ctx, tx, h.ID, said{Account: by, Decision: WasApproved}, now); err != nil {
			return err
		}
		return s.publish(ctx, tx, h.ID)
	})
}

// decide runs a decision of staff about a product in a transaction.
func (s *Service) decide(ctx context.Context, productID int64, f func(tx pgx.Tx, h head) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		h, err := lock(ctx, tx, productID, 0)
		if err != nil {
			return err
		}
		return f(tx, h)
	})
}

func approvable(ctx context.Context, tx pgx.Tx, h head) error {
	if err := complete(ctx, tx, h); err != nil {
		return err
	}
	var photos, markets int
	err := tx.QueryRow(ctx, `/* catalog.approvable */
select (select count(*) from product_photos f join photos p on p.id = f.photo_id where f.product_id = $1 and p.state = 'ready'),
       (select count(*) from product_markets where product_id = $1)`, h.ID).Scan(&photos, &markets)
	if err != nil {
		return postgres.Err(err)
	}
	var f errs.Fields
	if photos == 0 {
		f.Add("photo", "errors.listing_photo")
	}
	if markets == 0 {
		f.Add("markets", "errors.choose")
	}
	return f.Err()
}

// adoptWords makes what the producer wrote, and the pictures she chose, what buyers see.
func (s *Service) adoptWords(ctx context.Context, tx pgx.Tx, h head) error {
	batch := &pgx.Batch{}
	batch.Queue(`/* catalog.adopt_source */
insert into product_texts (product_id, lang, name, story, composition, state, updated_at)
select product_id, lang, name, story, composition, 'source', $2 from product_sources where product_id = $1
on conflict (product_id, lang) do update set name = excluded.name, story = excluded.story,
    composition = excluded.composition, state = 'source', updated_at = excluded.updated_at
where product_texts.updated_at < $3`, h.ID, s.now(), h.SourceSaved)
	batch.Queue(`/* catalog.mark_stale */
update product_texts set state = 'stale'
where product_id = $1 and lang <> $2 and state = 'approved' and updated_at < $3`, h.ID, h.SourceLang, h.SourceSaved)
	batch.Queue(`/* catalog.show_photos */
update product_photos f set shown = true from photos p
where p.id = f.photo_id and f.product_id = $1 and p.state = 'ready' and not f.shown`, h.ID)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return postgres.Err(err)
	}
	return renameSlug(ctx, tx, h)
}

// renameSlug gives the product the address its approved name makes: the English one, which reads best in every
// browser, or the one in its own language.
func renameSlug(ctx context.Context, tx pgx.Tx, h head) error {
	rows, err := tx.Query(ctx, `/* catalog.slug_names */
select name from product_texts where product_id = $1 and state <> 'draft'
order by lang = 'en' desc, lang = $2 desc, lang`, h.ID, h.SourceLang)
	if err != nil {
		return postgres.Err(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return postgres.Err(err)
	}
	_, err = tx.Exec(ctx, `/* catalog.rename_slug */ update products set slug = $2 where id = $1 and slug <> $2`, h.ID, slugOf(names...))
	return postgres.Err(err)
}

// Ask is what staff ask a producer to change.
type Ask struct {
	Topics  []Topic
	Message string    // may be empty where the topics say enough
	Lang    i18n.Lang // the message's
}

// AskChanges gives a listing back to its producer with a reason, in the name of staff account by. What buyers see of it
// stays. *errs.Fields (topics, message) if there is no reason or it is too long; errs.Conflict if there is nothing to
// ask about.
func (s *Service) AskChanges(ctx context.Context, by, productID int64, ask Ask) error {
	ask.Message = strings.TrimSpace(ask.Message)
	var f errs.Fields
	if ask.Message == "" && len(ask.Topics) == 0 {
		f.Add("message", "errors.required")
	}
	if utf8.RuneCountInString(ask.Message) > MaxMessage {
		f.Add("message", "errors.too_long", "n", MaxMessage)
	}
	if !validTopics(ask.Topics) {
		f.Add("topics", "errors.choose")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if ask.Message == "" {
		ask.Lang = ""
	}
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		now := s.now()
		if err := move(ctx, tx, h, ChangesRequested, now); err != nil {
			return err
		}
		return record(ctx, tx, h.ID, said{Account: by, Decision: AskedChanges, Topics: ask.Topics, Message: ask.Message, Lang: ask.Lang}, now)
	})
}
