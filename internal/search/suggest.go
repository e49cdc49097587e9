package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Suggestions are what somebody may be about to type: goods, and the shelves, villages and makers that are called so.
type Suggestions struct {
	Cards  []catalog.Card
	Notes  []string // why each card is there, where its name and village do not tell
	Places []Place
}

// Kind says what a Place is.
type Kind string

// The kinds of places goods are found in.
const (
	KindCategory Kind = "category"
	KindVillage  Kind = "village"
	KindProducer Kind = "producer"
)

// Place is where goods are found together.
type Place struct {
	Kind Kind
	ID   int64
	Slug string
	Name string
}

// mostSuggested is how many hits are looked at for suggestions.
const mostSuggested = 30

// mostPlaces is how many places are suggested beside goods.
const mostPlaces = 3

// Suggest finds the goods a market shows that fit best to an unfinished search, as Query does, at most limit; and the
// shelves, villages and makers of these and of what else was found whose own names fit.
func (s *Service) Suggest(ctx context.Context, market string, lang i18n.Lang, text string, limit int) (Suggestions, error) {
	var out Suggestions
	a, ok := ask(text)
	if !ok {
		return out, nil
	}
	f, err := s.find(ctx, Query{Market: market, Text: text, few: mostSuggested, Filter: Filter{Without: a.without}}, a)
	if err != nil || len(a.words) == 0 || len(f.hits) == 0 {
		return out, err
	}
	hits := f.hits
	slices.SortFunc(hits, func(a, b hit) int { return a.key(SortBest).compare(b.key(SortBest)) })
	var ids []int64
	for _, h := range hits {
		if h.class >= placed { // a text that mentions the words is no reason anybody sees
			ids = append(ids, h.ProductID)
		}
	}
	cards, err := s.catalog.CardsByIDs(ctx, market, lang, ids)
	if err != nil {
		return out, err
	}
	for _, c := range cards {
		if note, ok := a.reason(c); ok && len(out.Cards) < limit {
			out.Cards, out.Notes = append(out.Cards, c), append(out.Notes, note)
		}
	}
	out.Places, err = s.places(ctx, lang, a, hits)
	return out, err
}

// reason says why a card is suggested: its name or its village begin so, and nothing need be said, or its maker's name does, or it
// is called so elsewhere or otherwise. A letter or two are too little for that.
func (a asked) reason(c catalog.Card) (note string, ok bool) {
	const telling = 3
	switch {
	case a.shows(c.Name), a.shows(c.VillageName):
		return "", true
	case a.shows(c.ProducerName):
		return c.ProducerName, true
	}
	text := strings.TrimSpace(a.text)
	return text, a.words[0].cjk || utf8.RuneCountInString(a.words[0].typed) >= telling
}

// shows reports whether a name fits as one sees it: of a letter or two, the very letters.
func (a asked) shows(name string) bool {
	w := a.words[0]
	if len(a.words) > 1 || w.cjk || utf8.RuneCountInString(w.typed) >= 3 {
		return a.fits(name)
	}
	return slices.ContainsFunc(fold(name), func(n word) bool { return !n.cjk && n.beginsWith(w) && strings.HasPrefix(n.typed, w.typed) })
}

// sqlPlaces reads places by their ids with all their names, the one in the language $1 first.
const sqlPlaces = `/* search.places */
with named as (
    select 'category' as kind, c.id, c.slug, t.lang, t.name from categories c join category_texts t on t.category_id = c.id
    where c.id = any ($2) or c.id in (select parent_id from categories where id = any ($2))
    union all
    select 'village', v.id, v.slug, t.lang, t.name from villages v join village_texts t on t.village_id = v.id and t.state <> 'draft'
    where v.id = any ($3)
    union all
    select 'producer', p.id, p.slug, t.lang, t.name from producers p join producer_texts t on t.producer_id = p.id and t.state <> 'draft'
    where p.id = any ($4)
)
select kind, id, slug, array_agg(name order by lang = $1 desc, lang = 'en' desc, lang = 'ru' desc, lang) as names
from named group by kind, id, slug order by kind, id`

func (s *Service) places(ctx context.Context, lang i18n.Lang, a asked, hits []hit) (list []Place, err error) {
	ids := map[Kind][]int64{}
	note := func(kind Kind, id int64) {
		if !slices.Contains(ids[kind], id) {
			ids[kind] = append(ids[kind], id)
		}
	}
	for _, h := range hits {
		note(KindCategory, h.CategoryID)
		note(KindVillage, h.VillageID)
		note(KindProducer, h.ProducerID)
	}
	watch.On(ctx, watch.Places, watch.Categories)
	rows, err := s.db.Query(ctx, sqlPlaces, lang, ids[KindCategory], ids[KindVillage], ids[KindProducer])
	if err != nil {
		return nil, postgres.Err(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		Kind  Kind
		ID    int64
		Slug  string
		Names []string
	}])
	for _, p := range found {
		if len(list) < mostPlaces && slices.ContainsFunc(p.Names, a.shows) {
			list = append(list, Place{p.Kind, p.ID, p.Slug, p.Names[0]})
		}
	}
	return list, postgres.Err(err)
}

// fits reports whether a name has each word of the search, or a word that begins so.
func (a asked) fits(name string) bool {
	in := fold(name)
	return !slices.ContainsFunc(a.words, func(w word) bool {
		return !slices.ContainsFunc(in, func(n word) bool { return n.beginsWith(w) })
	})
}

func (w word) beginsWith(o word) bool {
	if w.cjk != o.cjk {
		return false
	}
	for _, form := range w.forms {
		for _, begin := range o.forms {
			if strings.HasPrefix(form, begin) || w.cjk && strings.Contains(form, begin) {
				return true
			}
		}
	}
	return false
}
