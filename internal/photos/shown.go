package photos

import (
	"context"
	"fmt"
	"time"

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

// The ids come by a subselect, so that the planner takes lists of all lengths for the same.
const selectShown = `/* photos.shown */
select p.id, p.key, p.width, p.height, p.widths, p.state, p.avif, p.placeholder, p.color, t.langs, t.alts, t.states
from photos p
cross join lateral (select array_agg(lang::text) as langs, array_agg(alt) as alts, array_agg(state::text) as states
    from photo_texts where photo_id = p.id and state <> 'draft') t
where p.id = any (array(select unnest($1::bigint[])))`

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
	rows, err := s.db.Query(ctx, selectShown, ids)
	if err != nil {
		return nil, fmt.Errorf("read photos: %w", postgres.Err(err))
	}
	found := make(map[int64]*Photo, len(ids))
	if err := postgres.Each(rows, func(r *postgres.Row) { p := shownOf(r); found[p.ID] = p }); err != nil {
		return nil, fmt.Errorf("read photos: %w", postgres.Err(err))
	}
	return found, nil
}

func shownOf(r *postgres.Row) *Photo {
	p := &Photo{ID: r.Int64(), Key: r.Text(), Width: int(r.Int64()), Height: int(r.Int64()), Widths: r.Ints(), State: State(r.Code()),
		AVIF: r.Bool(), Placeholder: r.Text(), Color: r.Text()}
	langs, alts, states := r.Codes(), r.Texts(), r.Codes()
	if len(langs) > 0 {
		p.Texts = make(map[i18n.Lang]Text, len(langs))
	}
	for i := range min(len(langs), len(alts), len(states)) {
		p.Texts[i18n.Lang(langs[i])] = Text{Alt: alts[i], State: TextState(states[i])}
	}
	return p
}
