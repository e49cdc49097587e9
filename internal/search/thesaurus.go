package search

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed thesaurus.json
var thesaurusJSON []byte

// thesaurus knows which words mean the same, across the six languages and within each.
type thesaurus struct {
	groups []group
	byTerm map[string][]int // folded terms, by each reading
	byStem map[string][]int // of terms, each word without its ending
	opens  map[string]bool  // first words, without their endings, of terms of several
	words  int              // of the longest term

	nothing map[string]bool // words that only look like another form of a term
	run     int             // characters of the longest Japanese term

	letters []string // terms of one word that are not Japanese
	kana    []string // Japanese terms of three kana or four characters, or more
}

// group is what one thing is called, and what else its words find.
type group struct {
	id  string
	all []string // its own id and those of the groups it also finds

	allergens []string // who wants none of it does without these

	perhaps []int // groups that may do where there is too little of it
	quality bool  // of things, as their material or colour is, and no thing
	place   bool  // where things come from
	reach   []int // the groups of all
}

// weight is what a name that has the group counts.
func (g group) weight() int {
	if g.quality {
		return 1
	}
	return aThing
}

// aThing is what a thing weighs; less than that is a quality.
const aThing = 2

// under is the part of a tsquery that looks for what a group means.
func (g group) under(mark string) expr {
	sort := markMeaning
	if mark == markName {
		sort = markNameMeaning
	}
	terms := make([]expr, len(g.all))
	for i, id := range g.all {
		terms[i] = term(sort+id, false)
	}
	return anyOf(terms...)
}

// insteadOf is the part of a tsquery that looks in names for what may do instead of a group.
func (t *thesaurus) insteadOf(groups []int) expr {
	var terms []expr
	for _, g := range groups {
		for _, other := range t.groups[g].perhaps {
			terms = append(terms, term(markNameMeaning+t.groups[other].id, false))
		}
	}
	return anyOf(terms...)
}

// shortestTerm is how many letters a word of a text must have to mean something: shorter ones mean something else in some
// language, as ky төө, a camel, and тоо, a mountain, fold alike.
const shortestTerm = 3

var meanings = sync.OnceValue(func() *thesaurus {
	t, err := readThesaurus(thesaurusJSON)
	if err != nil {
		panic(err) // the data is part of the program, and a test reads it
	}
	return t
})

func readThesaurus(data []byte) (*thesaurus, error) {
	var file struct {
		Meta    json.RawMessage `json:"_meta"`
		Nothing []string
		Groups  []struct {
			ID                      string
			EN, RU, UZ, KAA, KY, JA []string
			Also, Perhaps           []string
			Allergens               []string
			Quality, Place          bool
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("thesaurus: %w", err)
	}
	t := &thesaurus{byTerm: map[string][]int{}, byStem: map[string][]int{}, opens: map[string]bool{}, nothing: map[string]bool{}}
	for _, w := range file.Nothing {
		t.nothing[Fold(w)] = true
	}
	ids := map[string]int{}
	for i, g := range file.Groups {
		if _, ok := ids[g.ID]; ok {
			return nil, fmt.Errorf("thesaurus: %q is there twice", g.ID)
		}
		ids[g.ID] = i
		for _, text := range slices.Concat(g.EN, g.RU, g.UZ, g.KAA, g.KY, g.JA) {
			term := fold(text)
			if len(term) == 0 {
				return nil, fmt.Errorf("thesaurus: %s: %q folds to nothing", g.ID, text)
			}
			t.learn(term, i)
		}
	}
	for i, g := range file.Groups {
		also, err := numbers(ids, g.Also)
		if err != nil {
			return nil, fmt.Errorf("thesaurus: %s: %w", g.ID, err)
		}
		perhaps, err := numbers(ids, g.Perhaps)
		if err != nil {
			return nil, fmt.Errorf("thesaurus: %s: %w", g.ID, err)
		}
		t.groups = append(t.groups, group{
			id: g.ID, all: append([]string{g.ID}, g.Also...), allergens: g.Allergens,
			reach: append(also, i), perhaps: perhaps, quality: g.Quality, place: g.Place,
		})
	}
	return t, nil
}

// numbers are those of the named groups.
func numbers(ids map[string]int, names []string) (list []int, err error) {
	for _, name := range names {
		n, ok := ids[name]
		if !ok {
			return nil, fmt.Errorf("there is no %q", name)
		}
		list = append(list, n)
	}
	return list, nil
}

// learn lets a term be found by each reading of it and, if it is one word, by its stem.
func (t *thesaurus) learn(term []word, group int) {
	t.words = max(t.words, len(term))
	keys := []string{plain(term)}
	if len(term) == 1 {
		keys = term[0].forms
		if term[0].cjk {
			t.run = max(t.run, utf8.RuneCountInString(keys[0]))
			if n := utf8.RuneCountInString(keys[0]); n > shortestTerm || n == shortestTerm && !strings.ContainsFunc(keys[0], isKanji) {
				t.kana = append(t.kana, keys[0])
			}
		}
	}
	for _, key := range keys {
		note(t.byTerm, key, group)
		if len(term) == 1 && !term[0].cjk {
			root, _ := stem(key)
			note(t.byStem, root, group)
			t.letters = append(t.letters, key)
		}
	}
	if len(term) > 1 && !slices.ContainsFunc(term, func(w word) bool { return w.cjk }) {
		t.opens[stems(term[:1])] = true
		note(t.byStem, stems(term), group)
		together := joined(term) // as one word
		note(t.byTerm, together, group)
		t.letters = append(t.letters, together)
	}
}

// stems are words without their endings, as грецкий орех and грецких орехов have them in common. Less may be left of
// each than of a word that stands alone.
func stems(words []word) string {
	roots := make([]string, len(words))
	for i, w := range words {
		roots[i], _ = stemTo(shortestTerm, w.forms[0])
	}
	return strings.Join(roots, " ")
}

// joined is words typed as one.
func joined(words []word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.forms[0])
	}
	return soundAlike(b.String())
}

func note(m map[string][]int, key string, group int) {
	if !slices.Contains(m[key], group) {
		m[key] = append(m[key], group)
	}
}

// of returns the groups that the longest term the words begin with belongs to, and how many words that is; none for one
// word that no term is.
func (t *thesaurus) of(words []word) (groups []int, n int) {
	for n = min(t.words, len(words)); n > 1; n-- {
		if groups = t.byTerm[plain(words[:n])]; len(groups) > 0 {
			return groups, n
		}
	}
	if groups, n = t.declined(words); n > 1 {
		return groups, n
	}
	if len(words) > 1 && words[0].cjk == words[1].cjk { // one word typed as two
		if one := joined(words[:2]); len(one) >= shortestJoined {
			if groups = t.byTerm[one]; len(groups) > 0 {
				return groups, 2
			}
		}
	}
	return t.ofWord(words[0]), 1
}

// shortestJoined is of how many letters a word must be to be typed as two: on a wall is no ona, a mother.
const shortestJoined = 6

// declined is of for terms of several words in other forms of them.
func (t *thesaurus) declined(words []word) (groups []int, n int) {
	if len(words) < 2 || words[0].cjk {
		return nil, 0
	}
	if !t.opens[stems(words[:1])] {
		return nil, 0
	}
	for n = min(t.words, len(words)); n > 1; n-- {
		if groups = t.byStem[stems(words[:n])]; len(groups) > 0 {
			return groups, n
		}
	}
	return nil, 0
}

func (t *thesaurus) ofWord(w word) (groups []int) {
	for _, form := range w.forms {
		groups = append(groups, t.byTerm[form]...)
	}
	if len(groups) > 0 || w.cjk || t.nothing[w.forms[0]] {
		return groups
	}
	for _, form := range w.forms {
		root, stemmed := stem(form)
		groups = append(groups, t.byStem[root]...)
		if root, ok := hard(root); ok && stemmed && len(groups) == 0 && (len(root) > shortestRest || root[len(root)-1] == 'k') { // kaa kárba is no carpet
			groups = append(groups, t.byStem[root]...)
			groups = append(groups, t.byTerm[root]...)
		}
	}
	for _, kana := range w.kana() {
		groups = append(groups, t.byTerm[kana.forms[0]]...)
	}
	return groups
}
