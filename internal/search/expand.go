package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unit is one thing a search asks for: a word, or several that name one thing together, and what else is called so.
type unit struct {
	words  []word
	groups []int  // of the thesaurus
	parts  []unit // what an unbroken run of Japanese consists of
	last   bool   // nothing follows: the last word may be unfinished
}

// units cuts a search into the things it asks for.
func units(words []word) (list []unit) {
	for i := 0; i < len(words); {
		groups, n := meanings().of(words[i:])
		u := unit{words: words[i : i+n], groups: groups, last: i+n == len(words)}
		if n == 1 && len(groups) == 0 {
			u.parts = words[i].parts()
		}
		list = append(list, u)
		i += n
	}
	return list
}

// parts are what an unbroken run of Japanese that is no term itself consists of; none of any other word.
func (w word) parts() []unit {
	if !w.cjk || len(meanings().byTerm[w.forms[0]]) > 0 {
		return nil
	}
	return meanings().parts(w.forms[0])
}

// parts cuts a run of Japanese at the terms it holds, the longest first from the left; none if it holds none. What is
// left over between them counts from two characters on: one joins the others, as の does.
func (t *thesaurus) parts(run string) (list []unit) {
	rest, between, known := []rune(run), "", false
	flush := func() {
		if len([]rune(between)) > 1 {
			list = append(list, unit{words: []word{{forms: []string{between}, cjk: true}}})
		}
		between = ""
	}
	for at := 0; at < len(rest); {
		n := min(t.run, len(rest)-at)
		for ; n > 0; n-- {
			if piece := string(rest[at : at+n]); len(t.byTerm[piece]) > 0 && standsOut(rest, at, n) {
				flush()
				list, known = append(list, unit{words: []word{{forms: []string{piece}, cjk: true}}, groups: t.byTerm[piece]}), true
				break
			}
		}
		if n == 0 {
			between += string(rest[at])
			n = 1
		}
		at += n
	}
	flush()
	if !known {
		return nil
	}
	return list
}

// standsOut reports whether the n characters at a place of a run are likely to be a word of it: two kana inside are more
// often a piece of another.
func standsOut(run []rune, at, n int) bool {
	return slices.ContainsFunc(run[at:at+n], isKanji) || n > 2 || n == 2 && (at == 0 || at+n == len(run))
}

func isKanji(r rune) bool { return unicode.Is(unicode.Han, r) }

// meant is the unit's part of a tsquery for what was typed, another form of it, or what means the same, under a mark.
func (u unit) meant(mark string) expr {
	var typed []expr
	for i, w := range u.words {
		typed = append(typed, w.otherwise(u.last && i == len(u.words)-1, mark))
	}
	ways := []expr{allOf(typed...)}
	for _, g := range u.groups {
		ways = append(ways, meanings().groups[g].under(mark))
	}
	if len(u.parts) > 0 {
		ways = append(ways, each(u.parts, func(p unit) expr { return p.meant(mark) }))
	}
	return anyOf(ways...)
}

// typed is the unit's part of a tsquery for its words as they are.
func (u unit) typed(mark string) expr {
	return every(u.words, func(w word, last bool) expr { return w.query(u.last && last, mark) })
}

// means lists the groups of what the unit names, for an index: of each of its words too, as dried apricots are apricots,
// of all parts of a run, of no word that is too short.
func (u unit) means() (groups []int) {
	for _, p := range u.parts {
		groups = append(groups, p.means()...)
	}
	if len(u.words) > 1 {
		for _, w := range u.words {
			groups = append(groups, unit{words: []word{w}, groups: meanings().ofWord(w)}.means()...)
		}
	}
	if len(u.words) == 1 && !u.words[0].cjk && utf8.RuneCountInString(u.words[0].forms[0]) < shortestTerm {
		return groups
	}
	return append(groups, u.groups...)
}

// otherwise is the word's part of a tsquery that also takes its other forms: without its ending, as Karakalpak was spelt
// for some years, in kana if it may be romaji.
func (w word) otherwise(last bool, mark string) expr {
	ways := []expr{w.query(last, mark)}
	if !w.cjk {
		for _, form := range w.forms {
			if root, ok := stem(form); ok {
				ways = append(ways, term(mark+root, true))
				if root, ok := hard(root); ok {
					ways = append(ways, term(mark+root, true))
				}
			}
			if round, ok := strings.CutPrefix(form, "vo"); ok && utf8.RuneCountInString(round) >= shortestTerm { // wo'zek is ózek
				ways = append(ways, term(mark+"o"+round, true))
			}
		}
	}
	for _, kana := range w.kana() {
		ways = append(ways, kana.query(false, mark))
	}
	return anyOf(ways...)
}

// each is what all units are wanted of.
func each(list []unit, part func(unit) expr) expr {
	parts := make([]expr, len(list))
	for i, u := range list {
		parts[i] = part(u)
	}
	return allOf(parts...)
}
