package search

import (
	"fmt"
	"slices"
	"strings"
)

// fillers are words that a search means nothing by, folded: a name may leave them out.
var fillers = []string{
	"a", "an", "the", "of", "from", "for", "with", "and", "in",
	"iz", "dlia", "s", "so", "i", "v", "na", "ot", "po",
	"va", "uchun", "bilan", "dan", "ham", "ushin", "menen", "jana",
}

// withoutFillers drops the fillers unless there is nothing else. The last word stays: it may be unfinished.
func withoutFillers(words []word) []word {
	var kept []word
	for i, w := range words {
		if i == len(words)-1 || !slices.Contains(fillers, w.forms[0]) {
			kept = append(kept, w)
		}
	}
	if last := len(kept) - 1; last > 0 && slices.Contains(fillers, kept[last].forms[0]) {
		kept = kept[:last]
	}
	return kept
}

// lexemes are what a word is indexed as: each of its forms; or, as Japanese does not space its words, each two
// characters that stand together, and the last one, so that a single character finds whatever it stands in.
func (w word) lexemes() []string {
	if !w.cjk {
		return w.forms
	}
	run := []rune(w.forms[0])
	pairs := make([]string, 0, len(run))
	for i := range len(run) - 1 {
		pairs = append(pairs, string(run[i:i+2]))
	}
	return append(pairs, string(run[len(run)-1]))
}

// shortestStem is how long a word must be for longer words that begin with it to count too, as our languages put their
// endings last.
const shortestStem = 3

// query is the word's part of a tsquery, looked for at the given weights, or at all when there are none. The last word
// may be unfinished.
func (w word) query(weights string, last bool) string {
	if w.cjk {
		lexemes := w.lexemes()
		if len(lexemes) == 1 {
			return term(lexemes[0], weights, true)
		}
		return joined(lexemes[:len(lexemes)-1], weights, false, " & ")
	}
	return joined(w.forms, weights, last || len(w.forms[0]) >= shortestStem, " | ")
}

func joined(lexemes []string, weights string, prefix bool, operator string) string {
	terms := make([]string, len(lexemes))
	for i, lexeme := range lexemes {
		terms[i] = term(lexeme, weights, prefix)
	}
	return "(" + strings.Join(terms, operator) + ")"
}

// term is one lexeme of a tsquery. Lexemes are letters and digits only; the quotes keep them from being taken for
// anything else.
func term(lexeme, weights string, prefix bool) string {
	flags := weights
	if prefix {
		flags = "*" + flags
	}
	if flags == "" {
		return fmt.Sprintf("'%s'", lexeme)
	}
	return fmt.Sprintf("'%s':%s", lexeme, flags)
}

func tsquery(words []word, weights, operator string) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.query(weights, i == len(words)-1)
	}
	return strings.Join(parts, operator)
}
