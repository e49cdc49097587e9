package search

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// placeKey is which village or maker.
type placeKey struct {
	Kind Kind
	ID   int64
}

// place is where goods are found together, with its names in all languages, folded once for everybody who types.
type place struct {
	Place
	langs  []i18n.Lang
	names  []string
	folded [][]word
}

func (p *place) bytes() int {
	n := 120
	for i, name := range p.names {
		n += 64 + len(name) + 160*len(p.folded[i])
	}
	return n
}

// name is what it is called in a language, or else in one of those most people read.
func (p *place) name(lang i18n.Lang) string {
	for _, l := range []i18n.Lang{lang, i18n.EN, i18n.RU} {
		if i := slices.Index(p.langs, l); i >= 0 {
			return p.names[i]
		}
	}
	return p.names[0]
}

// mostRemembered is how many bytes of places are remembered.
const mostRemembered = 4 << 20

func newPlaces(board *watch.Board, clock func() time.Time) *watch.Memory[placeKey, place] {
	return watch.NewMemory(board, clock, mostRemembered, watch.Traits[placeKey, place]{
		Topics: func(k placeKey) []watch.Topic {
			if k.Kind == KindVillage {
				return []watch.Topic{watch.Places}
			}
			return []watch.Topic{watch.Producer(k.ID)}
		}, Bytes: (*place).bytes})
}

// sqlPlaces reads villages and makers by their ids with all their names.
const sqlPlaces = `/* search.places */
with named as (
    select 'village' as kind, v.id, v.slug, t.lang, t.name from villages v join village_texts t on t.village_id = v.id and t.state <> 'draft'
    where v.id = any ($1)
    union all
    select 'producer', p.id, p.slug, t.lang, t.name from producers p join producer_texts t on t.producer_id = p.id and t.state <> 'draft'
    where t.producer_id = any ($2)
)
select kind, id, slug, array_agg(lang::text order by lang) as langs, array_agg(name order by lang) as names
from named group by kind, id, slug`

// sqlShelves reads the shelves on which a market shows something, and those they are part of.
const sqlShelves = `/* search.shelves */
with shown as (
    select c.id, c.parent_id from categories c
    where exists (select from listing_counts l where l.market = $1 and l.category_id = c.id and l.n > 0)
)
select 'category' as kind, c.id, c.slug, array_agg(t.lang::text order by t.lang) as langs, array_agg(t.name order by t.lang) as names
from categories c join category_texts t on t.category_id = c.id
where c.id in (select id from shown union all select parent_id from shown)
group by c.id, c.slug`

func (s *Service) readPlaces(ctx context.Context, keys []placeKey) (map[placeKey]*place, error) {
	ids := map[Kind][]int64{}
	for _, k := range keys {
		ids[k.Kind] = append(ids[k.Kind], k.ID)
	}
	list, err := s.namedPlaces(ctx, sqlPlaces, ids[KindVillage], ids[KindProducer])
	found := make(map[placeKey]*place, len(list))
	for _, p := range list {
		found[placeKey{p.Kind, p.ID}] = p
	}
	return found, err
}

func (s *Service) namedPlaces(ctx context.Context, sql string, args ...any) (list []*place, err error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*place, error) {
		p := &place{}
		err := row.Scan(&p.Kind, &p.ID, &p.Slug, &p.langs, &p.names)
		for _, name := range p.names {
			p.folded = append(p.folded, fold(name))
		}
		return p, err
	})
	return list, postgres.Err(err)
}

// placesOf are the villages and makers of hits, and the market's shelves, whose own names fit.
func (s *Service) placesOf(ctx context.Context, market string, lang i18n.Lang, a asked, hits []hit) (list []Place, err error) {
	shelves, err := s.shelves.Get(ctx, market, func(ctx context.Context) ([]*place, error) {
		watch.On(ctx, watch.Shelves(market), watch.Categories)
		return s.namedPlaces(ctx, sqlShelves, market)
	})
	if err != nil {
		return nil, err
	}
	var keys []placeKey
	note := func(kind Kind, id int64) {
		if key := (placeKey{kind, id}); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, h := range hits {
		note(KindVillage, h.VillageID)
		note(KindProducer, h.ProducerID)
	}
	found, err := s.places.Get(ctx, keys, s.readPlaces)
	if err != nil {
		return nil, err
	}
	for _, p := range slices.Concat(shelves, found) {
		if p != nil && slices.ContainsFunc(p.folded, a.showsIn) {
			list = append(list, Place{p.Kind, p.ID, p.Slug, p.name(lang)})
		}
	}
	slices.SortFunc(list, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), mostPlaces)], nil
}
