package search

import (
	"slices"
	"strings"
)

// asked is a search in the forms the strict statement takes: as names are kept, and a tsquery for each of its classes.
type asked struct {
	text  string // as it was typed
	name  string // as a name is kept
	words []word
	units []unit
	kana  [][]word // what each word spells if it is romaji

	without []string // allergens to do without
}

const (
	longestText = 200 // characters of a search that are looked at
	mostWords   = 12
)

// ask reads what was typed; false if there is nothing to look for in it.
func ask(text string) (asked, bool) {
	runes := []rune(text)
	all := fold(string(runes[:min(len(runes), longestText)]))
	words, without := wishes(all)
	words = slices.DeleteFunc(withoutFillers(words), word.collapsed)
	words = words[:min(len(words), mostWords)]
	if len(words) == 0 {
		return asked{}, false
	}
	a := asked{text: text, name: plain(all), words: words, units: units(words), without: without}
	for _, w := range words {
		a.kana = append(a.kana, w.kana())
	}
	return a, true
}

// tiers are the classes of the strict statement with what finds them, the best first.
func (a asked) tiers() []tier {
	under := func(marks ...string) expr {
		return every(a.words, func(w word, last bool) expr { return w.query(last, marks...) })
	}
	inName := under(markName)
	return []tier{
		{class: exact, expr: term(markWhole+a.name, false)},
		{class: begins, expr: allOf(a.words[0].first(len(a.words) == 1), inName)},
		{class: named, expr: inName},
		{class: meant, expr: each(a.units, func(u unit) expr { return u.meant(markName) })},
		{class: placed, expr: each(a.units, func(u unit) expr { return anyOf(u.meant(markName), u.typed(markPlace)) })},
		{class: written, expr: under("")},
		{class: implied, expr: each(a.units, func(u unit) expr { return u.meant("") })},
	}
}

// class betters the class of a hit by what its names are: the tiers that find the first word of a name, and those that
// read only a part of the index, do not know.
func (a asked) class(found int, names string) int {
	if found == begins {
		found = named
	}
	for name := range strings.SplitSeq(names, "\n") {
		switch {
		case name == a.name:
			return exact
		case strings.HasPrefix(name, a.name):
			found = max(found, begins)
		}
	}
	return found
}
