package photos

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// mostShown bounds what is remembered of photos, in bytes.
const mostShown = 6 << 20

// Watch makes the service remember what Shown reads until the board says that it changed. Call it before the first use.
func (s *Service) Watch(board *watch.Board, clock func() time.Time) { s.shown = newShown(board, clock) }

func newShown(board *watch.Board, clock func() time.Time) *watch.Memory[int64, Photo] {
	return watch.NewMemory(board, clock, mostShown, watch.Traits[int64, Photo]{
		Topics: func(id int64) []watch.Topic { return []watch.Topic{watch.Photo(id)} }, Bytes: (*Photo).bytes,
	})
}

// bytes is about what a photo as Shown gives it takes.
func (p *Photo) bytes() int {
	n := 400 + len(p.Placeholder) + 16*len(p.Widths)
	for _, t := range p.Texts {
		n += 100 + len(t.Alt)
	}
	return n
}

const selectShown = `/* photos.shown */
select id, key, width, height, widths, state, avif, placeholder, color from photos where id = any ($1)`

const selectShownTexts = `/* photos.shownTexts */
select photo_id, lang, alt, state from photo_texts where photo_id = any ($1) and state <> 'draft'`

// Shown returns what pages show of photos, by id: their sizes and texts, and nothing of the originals. The photos are
// shared: they must not be changed. Unknown ids are missing from the map.
func (s *Service) Shown(ctx context.Context, ids []int64) (map[int64]*Photo, error) {
	list, err := s.shown.Get(ctx, ids, s.readShown)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*Photo, len(list))
	for _, p := range list {
		if p != nil {
			found[p.ID] = p
		}
	}
	return found, nil
}

func (s *Service) readShown(ctx context.Context, ids []int64) (map[int64]*Photo, error) {
	found := make(map[int64]*Photo, len(ids))
	batch := &pgx.Batch{}
	batch.Queue(selectShown, ids).Query(func(rows pgx.Rows) error {
		var p Photo
		_, err := pgx.ForEachRow(rows, []any{&p.ID, &p.Key, &p.Width, &p.Height, &p.Widths, &p.State, &p.AVIF, &p.Placeholder, &p.Color}, func() error {
			one := p
			found[p.ID], p = &one, Photo{}
			return nil
		})
		return err
	})
	batch.Queue(selectShownTexts, ids).Query(func(rows pgx.Rows) error {
		var id int64
		var lang i18n.Lang
		var text Text
		_, err := pgx.ForEachRow(rows, []any{&id, &lang, &text.Alt, &text.State}, func() error {
			if p := found[id]; p != nil {
				p.say(lang, text)
			}
			return nil
		})
		return err
	})
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("read photos: %w", postgres.Err(err))
	}
	return found, nil
}

func (p *Photo) say(lang i18n.Lang, text Text) {
	if p.Texts == nil {
		p.Texts = make(map[i18n.Lang]Text)
	}
	p.Texts[lang] = text
}
