package desk

import (
	"sort"
	"strings"

	"awil/internal/i18n"
)

// run is a piece of a composition.
type run struct {
	text   string
	strong bool // names an allergen
}

// emphasise finds the names of allergens in a composition, in the language it is written in: labels in the European
// Union and Japan must set them apart, and whoever reviews sees at once which are named.
func emphasise(text string, lang i18n.Lang, codes []string) []run {
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		return []run{{text: text}} // a letter whose small form has another length: better plain than cut wrong
	}
	var spots [][2]int
	l := i18n.For(lang)
	for _, code := range codes {
		for _, name := range wordsOf(strings.ToLower(l.Allergen(code))) {
			if at := strings.Index(lower, name); at >= 0 {
				spots = append(spots, [2]int{at, at + len(name)})
			}
		}
	}
	sort.Slice(spots, func(i, j int) bool { return spots[i][0] < spots[j][0] })
	var runs []run
	from := 0
	for _, s := range spots {
		if s[0] < from {
			continue // inside a longer name
		}
		runs = append(runs, run{text: text[from:s[0]]}, run{text: text[s[0]:s[1]], strong: true})
		from = s[1]
	}
	return append(runs, run{text: text[from:]})
}

// wordsOf are the words by which a composition may name an allergen: each of "rye, barley, oats", and what stands before
// an explanation in brackets.
func wordsOf(name string) []string {
	name, _, _ = strings.Cut(name, "(")
	var words []string
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == ',' || r == '、' }) {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}
