package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"awil/internal/catalog"
	"awil/internal/i18n"
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
// villages and makers of these and of what else was found, and the shelves of the market, whose own names fit. What only
// mentions the words, or looks like them, is no reason anybody sees.
func (s *Service) Suggest(ctx context.Context, market string, lang i18n.Lang, text string, limit int) (Suggestions, error) {
	var out Suggestions
	a, ok := ask(text)
	if !ok || len(a.words) == 0 {
		return out, nil
	}
	watch.On(ctx, watch.Words, watch.List(market), watch.Prices(market))
	hits, err := s.begun(ctx, Query{Market: market, Text: text, few: mostSuggested, Filter: Filter{Without: a.without}}, a)
	if err != nil {
		return out, err
	}
	slices.SortFunc(hits, func(a, b hit) int { return a.key(SortBest, a).compare(b.key(SortBest, b)) })
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ProductID
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
	out.Places, err = s.placesOf(ctx, market, lang, a, hits)
	return out, err
}

// begun finds goods whose names, makers or places have the words; where none has, in the keyboard's other layout.
func (s *Service) begun(ctx context.Context, q Query, a asked) ([]hit, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	look := func(a asked) ([]hit, error) {
		hits, _, err := s.run(ctx, q, a, slices.DeleteFunc(a.tiers(), func(t tier) bool { return t.class < placed }))
		return hits, err
	}
	hits, err := look(a)
	if err != nil || len(hits) > 0 || a.vague || a.known() {
		return hits, err
	}
	if text, ok := otherLayout(a.text); ok {
		if b, ok := ask(text); ok && len(b.words) > 0 {
			return look(b)
		}
	}
	return nil, nil
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
func (a asked) shows(name string) bool { return a.showsIn(fold(name)) }

func (a asked) showsIn(name []word) bool {
	w := a.words[0]
	if len(a.words) > 1 || w.cjk || utf8.RuneCountInString(w.typed) >= 3 {
		return a.fits(name)
	}
	return slices.ContainsFunc(name, func(n word) bool { return !n.cjk && n.beginsWith(w) && strings.HasPrefix(n.typed, w.typed) })
}

// fits reports whether a name has each word of the search, or a word that begins so.
func (a asked) fits(name []word) bool {
	return !slices.ContainsFunc(a.words, func(w word) bool {
		return !slices.ContainsFunc(name, func(n word) bool { return n.beginsWith(w) })
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
