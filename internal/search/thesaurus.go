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
	byStem map[string][]int // of terms of one word
	words  int              // of the longest term
	run    int              // characters of the longest Japanese term

	letters []string // terms of one word that are not Japanese
	kana    []string // terms of three kana or more
}

// group is what one thing is called, and what else its words find.
type group struct {
	id  string
	all []string // its own id and those of the groups it also finds

	allergens []string // who wants none of it does without these
}

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
		Meta   json.RawMessage `json:"_meta"`
		Groups []struct {
			ID                      string
			EN, RU, UZ, KAA, KY, JA []string
			Also, Allergens         []string
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("thesaurus: %w", err)
	}
	t := &thesaurus{byTerm: map[string][]int{}, byStem: map[string][]int{}}
	ids := map[string]bool{}
	for i, g := range file.Groups {
		if ids[g.ID] {
			return nil, fmt.Errorf("thesaurus: %q is there twice", g.ID)
		}
		ids[g.ID] = true
		for _, text := range slices.Concat(g.EN, g.RU, g.UZ, g.KAA, g.KY, g.JA) {
			term := fold(text)
			if len(term) == 0 {
				return nil, fmt.Errorf("thesaurus: %s: %q folds to nothing", g.ID, text)
			}
			t.learn(term, i)
		}
	}
	for _, g := range file.Groups {
		for _, other := range g.Also {
			if !ids[other] {
				return nil, fmt.Errorf("thesaurus: %s: there is no %q", g.ID, other)
			}
		}
		t.groups = append(t.groups, group{g.ID, append([]string{g.ID}, g.Also...), g.Allergens})
	}
	return t, nil
}

// learn lets a term be found by each reading of it and, if it is one word, by its stem.
func (t *thesaurus) learn(term []word, group int) {
	t.words = max(t.words, len(term))
	keys := []string{plain(term)}
	if len(term) == 1 {
		keys = term[0].forms
		if term[0].cjk {
			t.run = max(t.run, utf8.RuneCountInString(keys[0]))
			if utf8.RuneCountInString(keys[0]) >= shortestTerm && !strings.ContainsFunc(keys[0], isKanji) {
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
	if len(term) > 1 && !slices.ContainsFunc(term, func(w word) bool { return w.cjk }) { // as one word
		together := joined(term)
		note(t.byTerm, together, group)
		t.letters = append(t.letters, together)
	}
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
	if len(words) > 1 && !words[0].cjk && !words[1].cjk { // one word typed as two
		if groups = t.byTerm[joined(words[:2])]; len(groups) > 0 {
			return groups, 2
		}
	}
	return t.ofWord(words[0]), 1
}

func (t *thesaurus) ofWord(w word) (groups []int) {
	for _, form := range w.forms {
		groups = append(groups, t.byTerm[form]...)
	}
	if len(groups) > 0 || w.cjk {
		return groups
	}
	for _, form := range w.forms {
		root, stemmed := stem(form)
		groups = append(groups, t.byStem[root]...)
		if root, ok := hard(root); ok && stemmed && len(groups) == 0 && len(root) > shortestRest { // kaa kárba is no carpet
			groups = append(groups, t.byStem[root]...)
			groups = append(groups, t.byTerm[root]...)
		}
	}
	for _, kana := range w.kana() {
		groups = append(groups, t.byTerm[kana.forms[0]]...)
	}
	return groups
}
