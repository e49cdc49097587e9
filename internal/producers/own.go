package producers

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// Own returns a producer's words as she wrote them last, whether anybody has looked at them or not.
func (s *Service) Own(ctx context.Context, producerID int64) (Written, error) {
	rows, err := s.db.Query(ctx, `/* producers.own */
select lang, name, story, words, 'source' as state, updated_at from producer_sources where producer_id = $1`, producerID)
	if err != nil {
		return Written{}, postgres.Err(err)
	}
	own, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Written])
	return own, postgres.Err(err)
}

// Mine returns a producer as its members see it: places named in lang, all else in her own words.
func (s *Service) Mine(ctx context.Context, lang i18n.Lang, producerID int64) (Producer, error) {
	p, err := s.ByID(ctx, lang, producerID)
	if err != nil {
		return Producer{}, err
	}
	own, err := s.Own(ctx, producerID)
	if err != nil {
		return Producer{}, err
	}
	p.Name, p.Story, p.Words, p.TextLang = own.Name, own.Story, own.Words, own.Lang
	return p, nil
}

// newWords are the producers whose own words differ from those buyers read. Those who join are looked at with their
// first listing.
const newWords = `
from producers p
join producer_sources s on s.producer_id = p.id
join producer_texts t on t.producer_id = p.id and t.lang = s.lang
where p.state <> 'joining' and s.producer_id = any (array(select producer_id from producer_sources where updated_at > adopted_at))
  and (s.name, s.story, s.words) is distinct from (t.name, t.story, t.words)`

// NewWords lists the producers whose words wait for the programme, the longest waiting first.
func (s *Service) NewWords(ctx context.Context) ([]int64, error) {
	rows, err := s.db.Query(ctx, `/* producers.new_words */ select p.id `+newWords+` order by s.updated_at, p.id`)
	if err != nil {
		return nil, postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, postgres.Err(err)
}

// ApproveWords lets buyers read what a producer wrote, in the name of staff account by; translations older than her
// words become stale. seen is when the words on the page were written: errs.Conflict if she has changed them since, for
// nobody approves what she has not read, or if there is nothing new.
func (s *Service) ApproveWords(ctx context.Context, by, producerID int64, seen time.Time) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var at time.Time
		err := tx.QueryRow(ctx, `/* producers.lock_source */
select updated_at from producer_sources where producer_id = $1 for update`, producerID).Scan(&at)
		if err != nil {
			return postgres.Err(err)
		}
		var waits bool
		if err := tx.QueryRow(ctx, `/* producers.words_wait */ select exists (select `+newWords+` and p.id = $1)`, producerID).Scan(&waits); err != nil {
			return postgres.Err(err)
		}
		if !waits || !at.Equal(seen) {
			return errs.E(errs.Conflict, "her words were changed, or looked at, since")
		}
		if err := s.adopt(ctx, tx, producerID); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "producer.words_approved", SubjectKind: "producer", SubjectID: producerID})
	})
}

// adopt makes her own words what buyers read, and her name the one in the address of her page.
func (s *Service) adopt(ctx context.Context, tx pgx.Tx, producerID int64) error {
	var name string
	err := tx.QueryRow(ctx, `/* producers.adopt */
insert into producer_texts (producer_id, lang, name, story, words, state, updated_at)
select producer_id, lang, name, story, words, 'source', $2 from producer_sources where producer_id = $1
on conflict (producer_id, lang) do update set name = excluded.name, story = excluded.story, words = excluded.words,
    state = 'source', updated_at = excluded.updated_at
returning name`, producerID, s.clock().UTC()).Scan(&name)
	if err != nil {
		return postgres.Err(err)
	}
	batch := &pgx.Batch{}
	batch.Queue(`/* producers.mark_stale */
update producer_texts t set state = 'stale' from producer_sources s
where s.producer_id = $1 and t.producer_id = $1 and t.lang <> s.lang and t.state = 'approved' and t.updated_at < s.updated_at`, producerID)
	batch.Queue(`/* producers.rename */ update producers set slug = $2 where id = $1 and slug <> $2`, producerID, slugOf(name))
	return postgres.Err(tx.SendBatch(ctx, batch).Close())
}
