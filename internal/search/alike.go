package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

// Words shorter than this are too easily taken for each other, longer ones are hardly ever typed.
const (
	shortestWord = 3
	longestWord  = 24
	readAnyWay   = 4 // words of which every reading may be misspelt; of further ones the first is
)

// likely are the words that were probably meant, for each word of a search.
type likely struct {
	words  map[string][]string // by the form that was typed; the closest only
	halves map[string][][]unit // by what was typed: two words that were typed as one
}

func (s *Service) likely(ctx context.Context, words []word) (likely, error) {
	l := likely{map[string][]string{}, map[string][][]unit{}}
	for _, w := range words {
		if w.cjk && utf8.RuneCountInString(w.forms[0]) >= shortestTerm {
			l.words[w.forms[0]] = closest(w.forms[0], meanings().kana)
		}
	}
	var forms []string
	for i, w := range words {
		read := w.forms
		if i >= readAnyWay {
			read = read[:1]
		}
		for _, form := range read {
			if n := utf8.RuneCountInString(form); !w.cjk && n >= shortestWord && n <= longestWord {
				forms = append(forms, form)
			}
		}
	}
	if len(forms) == 0 {
		return l, nil
	}
	defer l.spelt(words)
	v, err := s.vocabulary(ctx)
	if err != nil {
		return l, err
	}
	for _, form := range forms {
		if len(words) == 1 || !v.has(form) { // one of several that is known is what it is
			l.words[form] = closest(form, slices.Concat(v.slips(form), meanings().letters))
		}
	}
	for _, w := range words {
		l.halves[w.typed] = w.halves(v)
	}
	return l, nil
}

// spelt adds what words spell in kana with a slip in it: who writes jutan leaves the long vowel of じゅうたん out.
func (l likely) spelt(words []word) {
	const shortest = 4 // kana; shorter ones are a slip away from anything
	for _, w := range words {
		if len(meanings().ofWord(w)) > 0 {
			continue
		}
		for _, kana := range w.kana() {
			if reading := kana.forms[0]; utf8.RuneCountInString(reading) >= shortest {
				l.words[w.forms[0]] = append(l.words[w.forms[0]], closest(reading, meanings().kana)...)
			}
		}
	}
}

// cuts are all ways to make two words of the letters that were typed.
func (w word) cuts() (list [][2]word) {
	letters := []rune(w.typed)
	if w.cjk || len(letters) > longestWord {
		return nil
	}
	for i := shortestWord; i <= len(letters)-shortestWord; i++ {
		a, b := foldLetters(letters[:i]), foldLetters(letters[i:])
		if len(a) > 0 && len(b) > 0 {
			list = append(list, [2]word{{forms: a, typed: string(letters[:i])}, {forms: b, typed: string(letters[i:])}})
		}
	}
	return list
}

// halves are the two words that were probably typed as one: both known, or else one of them and the other a slip away
// from what the thesaurus has.
func (w word) halves(v *vocabulary) (list [][]unit) {
	var spoilt [][]unit
	for _, cut := range w.cuts() {
		first, second := cut[0].unit(), cut[1].unit()
		isFirst, isSecond := v.has(cut[0].forms[0]) || len(first.groups) > 0, v.has(cut[1].forms[0]) || len(second.groups) > 0
		switch {
		case isFirst && isSecond:
			list = append(list, []unit{first, second})
		case isFirst:
			spoilt = append(spoilt, cut[1].oneSlip(func(u unit) []unit { return []unit{first, u} })...)
		case isSecond:
			spoilt = append(spoilt, cut[0].oneSlip(func(u unit) []unit { return []unit{u, second} })...)
		}
	}
	if len(list) == 0 {
		return spoilt
	}
	return list
}

func (w word) unit() unit { return unit{words: []word{w}, groups: meanings().ofWord(w)} }

// oneSlip makes something of each word of the thesaurus that is one slip away.
func (w word) oneSlip(with func(unit) []unit) (list [][]unit) {
	const shortest = 4 // shorter words are a slip away from anything
	form := w.forms[0]
	if utf8.RuneCountInString(form) < shortest {
		return nil
	}
	for _, c := range meanings().letters {
		if distance(form, c, 1) == 1 {
			list = append(list, with(word{forms: []string{c}, typed: c}.unit()))
		}
	}
	return list[:min(len(list), mostLikely)]
}

const mostSlips = 3 // that are forgiven in any word

// slipsIn is how many slips are forgiven in a word of so many letters.
func slipsIn(letters int) int {
	switch {
	case letters < 7:
		return 1
	case letters < 12:
		return 2
	}
	return mostSlips
}

// mostLikely bounds how many words one may have been meant to be.
const mostLikely = 6

// closest keeps the candidates the fewest slips away from a word, if those are few enough; the word itself is none.
func closest(form string, candidates []string) (best []string) {
	least := slipsIn(utf8.RuneCountInString(form))
	for _, c := range candidates {
		d := distance(form, c, least)
		if d > least || d == 0 || slices.Contains(best, c) {
			continue
		}
		if d < least {
			best, least = nil, d
		}
		best = append(best, c)
	}
	slices.Sort(best)
	return best[:min(len(best), mostLikely)]
}

// distance is how many slips lead from one word to another: a letter put in, left out or exchanged, two neighbours
// swapped. In words that are not forgiven the most anyway, sh and ch are one letter where that is nearer. Above most it is
// only known to be more.
func distance(a, b string, most int) int {
	var letters [2][2 * longestWord]rune
	from, to := appendRunes(letters[0][:0], a), appendRunes(letters[1][:0], b)
	d := steps(from, to, most)
	if near := max(len(from)-len(to), len(to)-len(from)) <= 2*most; d > 1 && near && most < mostSlips && (strings.Contains(a, "h") || strings.Contains(b, "h")) {
		if one, other := sounds(from), sounds(to); len(one) < len(from) || len(other) < len(to) {
			d = min(d, steps(one, other, most))
		}
	}
	return d
}

// steps is how many slips lead from some letters to others.
func steps(from, to []rune, most int) int {
	if len(from)-len(to) > most || len(to)-len(from) > most {
		return most + 1
	}
	var room [3][2*longestWord + 1]int
	before, last, row := room[0][:0], room[1][:0], room[2][:0]
	for j := range len(to) + 1 {
		before, last, row = append(before, 0), append(last, j), append(row, 0)
	}
	for i := range from {
		row[0] = i + 1
		least := row[0]
		for j := range to {
			cost := 1
			if from[i] == to[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(to)]
}

// sounds are the letters of a folded word, sh and ch one each, as the Cyrillic alphabets have them.
func sounds(form []rune) []rune {
	list := make([]rune, 0, len(form))
	for _, r := range form {
		if n := len(list); r == 'h' && n > 0 && (list[n-1] == 's' || list[n-1] == 'c') {
			list[n-1] += 'Š' // no letter of a folded word
			continue
		}
		list = append(list, r)
	}
	return list
}

func appendRunes(runes []rune, s string) []rune {
	for _, r := range s {
		runes = append(runes, r)
	}
	return runes
}
