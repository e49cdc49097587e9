package search

import "strings"

// whole is the likeness of what is the same.
const whole = 1000

// likeness says, of a whole, how much of the words typed and of a name are the same, for the best of the folded names, one
// a line. Words count by how far they are alike from their beginning on.
func (a asked) likeness(names string) (best int) {
	for name := range strings.SplitSeq(names, "\n") {
		best = max(best, a.alike(strings.Fields(name)))
	}
	return best
}

func (a asked) alike(name []string) int {
	sum := 0
	for i, w := range a.words {
		best := 0
		for _, n := range name {
			for _, form := range w.forms {
				best = max(best, beginAlike(form, n, w.cjk))
			}
		}
		for _, kana := range a.kana[i] {
			for _, n := range name {
				best = max(best, beginAlike(kana.forms[0], n, true))
			}
		}
		sum += best
	}
	return 2 * sum / (len(a.words) + len(name))
}

// beginAlike says, of a whole, how far a word and a word of a name are alike. A run of Japanese holds several.
func beginAlike(word, of string, cjk bool) int {
	longer := max(len(word), len(of))
	if cjk && strings.Contains(of, word) {
		return whole * (longer + len(word)) / (2 * longer)
	}
	n := 0
	for n < min(len(word), len(of)) && word[n] == of[n] {
		n++
	}
	return whole * n / longer
}
