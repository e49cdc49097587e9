package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Words around an allergen, and endings of it, by which people say that they want none of it, folded.
var (
	noneBefore = []string{"vithout", "no", "non", "zero", "bez"}
	noneAfter  = []string{"fre", "les", "なし", "不使用", "ふり", "抜き", "ぬき", "無し", "ぜろ"}
	noneEnding = []string{"siz", "suz", "soz"}
)

// wishes takes the allergens somebody wants to do without out of what was typed, as in "jam without nuts", "орехсиз" or
// "卵不使用のクッキー", and names them. Where nothing else would be left, it leaves all as it is.
func wishes(words []word) (rest []word, without []string) {
	t := meanings()
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i+1 < len(words) {
			next := words[i+1]
			if found := t.allergens(next); len(found) > 0 && slices.Contains(noneBefore, w.forms[0]) {
				without = append(without, found...)
				i++
				continue
			}
			if found := t.allergens(w); len(found) > 0 && slices.Contains(noneAfter, next.forms[0]) {
				without = append(without, found...)
				i++
				continue
			}
		}
		if found, after := w.unwanted(); len(found) > 0 {
			without = append(without, found...)
			if after != "" {
				rest = append(rest, word{forms: []string{after}, typed: after, cjk: true})
			}
			continue
		}
		rest = append(rest, w)
	}
	if len(rest) == 0 {
		return words, nil
	}
	slices.Sort(without)
	return rest, slices.Compact(without)
}

// unwanted are the allergens a single word says to do without, and what comes after them in a run of Japanese.
func (w word) unwanted() (found []string, after string) {
	endings := noneEnding
	if w.cjk {
		endings = noneAfter
	}
	for _, ending := range endings {
		root, ok := strings.CutSuffix(w.forms[0], ending)
		if w.cjk {
			root, after, ok = strings.Cut(w.forms[0], ending)
		}
		if !ok || utf8.RuneCountInString(root) == 0 {
			continue
		}
		if found = meanings().allergens(word{forms: []string{root}, typed: root, cjk: w.cjk}); len(found) > 0 {
			return found, after
		}
	}
	return nil, ""
}

// allergens are those a word names.
func (t *thesaurus) allergens(w word) (found []string) {
	for _, g := range t.ofWord(w) {
		found = append(found, t.groups[g].allergens...)
	}
	return found
}
