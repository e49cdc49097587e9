package search

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed allergens.txt
var allergenNames string

// allergens knows what people call what they must not eat, besides the goods of the thesaurus.
type allergens struct {
	byTerm  map[string][]string
	byStem  map[string][]string
	codes   map[string]bool
	letters []string // names of one word that are not Japanese, of the thesaurus too
	words   int      // of the longest name
}

// unwantable is what may be done without. A line of the data has codes, a colon, and names between commas.
var unwantable = sync.OnceValue(func() *allergens {
	a := &allergens{byTerm: map[string][]string{}, byStem: map[string][]string{}, codes: map[string]bool{}, words: 1}
	for line := range strings.Lines(allergenNames) {
		codes, list, _ := strings.Cut(line, ":")
		for code := range strings.FieldsSeq(codes) {
			a.codes[code] = true
		}
		for name := range strings.SplitSeq(list, ",") {
			if term := fold(name); len(term) > 0 {
				a.learn(term, strings.Fields(codes))
			}
		}
	}
	for _, g := range meanings().letters {
		if len(meanings().allergens(meanings().byTerm[g])) > 0 {
			a.letters = append(a.letters, g)
		}
	}
	return a
})

// IsAllergen reports whether a code is one of an allergen, which a Filter may do without.
func IsAllergen(code string) bool { return unwantable().codes[code] }

func (a *allergens) learn(term []word, codes []string) {
	a.words = max(a.words, len(term))
	keys := []string{plain(term)}
	if len(term) == 1 {
		keys = term[0].forms
	}
	for _, key := range keys {
		a.byTerm[key] = append(a.byTerm[key], codes...)
		if len(term) == 1 && !term[0].cjk {
			root, _ := stem(key)
			a.byStem[root] = append(a.byStem[root], codes...)
			a.letters = append(a.letters, key)
		}
	}
}

// named are the allergens that the longest name the words begin with stands for, and how many words that is.
func (a *allergens) named(words []word) (found []string, n int) {
	for n = min(max(a.words, meanings().words), len(words)); n > 1; n-- {
		key := plain(words[:n])
		if found = slices.Concat(a.byTerm[key], meanings().allergens(meanings().byTerm[key])); len(found) > 0 {
			return found, n
		}
	}
	if found = a.word(words[0]); len(found) > 0 {
		return found, 1
	}
	return nil, 0
}

func (a *allergens) word(w word) []string {
	found := meanings().allergens(meanings().ofWord(w))
	for _, form := range w.forms {
		found = append(found, a.byTerm[form]...)
	}
	if len(found) > 0 || w.cjk {
		return found
	}
	for _, form := range w.forms {
		root, _ := stem(form)
		found = append(found, a.byStem[root]...)
	}
	return found
}

// misspelt are the allergens a word names with a slip in it; none for a word that means something else.
func (a *allergens) misspelt(w word) (found []string) {
	const shortest = 5 // shorter words are a slip away from anything
	if w.cjk || utf8.RuneCountInString(w.forms[0]) < shortest || len(meanings().ofWord(w)) > 0 {
		return nil
	}
	for _, name := range closest(w.forms[0], a.letters) {
		found = append(found, a.word(word{forms: []string{name}, typed: name})...)
	}
	return found
}

// allergens are those of the groups.
func (t *thesaurus) allergens(groups []int) (found []string) {
	for _, g := range groups {
		found = append(found, t.groups[g].allergens...)
	}
	return found
}
