package search

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// asked is a search in the forms the strict statement takes: as names are kept, and a tsquery for each of its classes. One
// without words asks for all goods.
type asked struct {
	text  string // as it was typed
	name  string // as a name is kept
	words []word
	units []unit
	kana  [][]word // what each word spells if it is romaji

	vague   bool     // one letter, or a word that means nothing: only names may begin so
	without []string // allergens to do without
	not     []word   // words that names must not have
	rest    string   // the text without its wishes
}

const (
	longestText = 200 // characters of a search that are looked at
	mostWords   = 12
)

// sums are prices somebody wants to pay; they narrow nothing, and are no words of goods.
var sums = regexp.MustCompile(`(?i)(?:(?:\b(?:under|below|over|up to|less than|cheaper than|max)|до|дешевле|не дороже)\s*)?` +
	`(?:[$€£¥₽￥]\s?\d[\d.,]*|\d[\d.,]*\s?[$€£¥₽￥円](?:以下|以内|まで)?)|\b(?:under|below|less than|cheaper than)\s+\d[\d.,]*`)

var shortWithout = regexp.MustCompile(`(?i)\bw/o\b`)

// ask reads what was typed; false if there is nothing to look for in it.
func ask(text string) (asked, bool) {
	runes := []rune(text)
	a := asked{text: text}
	said := a.minus(sums.ReplaceAllString(shortWithout.ReplaceAllString(string(runes[:min(len(runes), longestText)]), " without "), " "))
	all := fold(said)
	words, without := wishes(all)
	without = append(without, a.without...)
	slices.Sort(without)
	a.without, a.rest = slices.Compact(without), unsaid(said, words)
	if len(a.without) > 0 {
		all = words
	}
	a.name = plain(all)
	if a.words = slices.DeleteFunc(withoutFillers(words), word.collapsed); len(words) > 1 && len(a.words) == 1 {
		if last := a.words[0]; fillers[last.forms[0]] {
			a.words = nil // nothing but fillers
		}
	}
	a.words = a.words[:min(len(a.words), mostWords)]
	if len(a.words) == 0 {
		a.name = ""
		return a, len(a.without) > 0
	}
	for i, w := range a.words {
		a.words[i].whole = !w.cjk && len(w.forms[0]) <= shortestStem && len(meanings().byTerm[w.forms[0]]) > 0
	}
	a.units = units(a.words)
	for i, u := range a.units {
		if len(u.groups) == 0 && len(u.words) == 1 {
			a.units[i].groups = meanings().ofShort(u.words[0])
			if u.last && len(a.units[i].groups) == 0 {
				a.units[i].groups = meanings().begun(u.words[0])
			}
		}
	}
	first := a.words[0]
	a.vague = len(a.words) == 1 && !first.cjk && (len(first.forms[0]) == 1 || fillers[first.forms[0]])
	for _, w := range a.words {
		a.kana = append(a.kana, w.kana())
	}
	return a, true
}

// minus takes words with a minus before them, which are to be done without, out of a text that has others.
func (a *asked) minus(text string) string {
	var kept []string
	var not []word
	for _, field := range strings.Fields(text) {
		rest := strings.TrimLeft(field, "-−–")
		if rest == field || !strings.ContainsFunc(rest, unicode.IsLetter) {
			kept = append(kept, field)
			continue
		}
		words := fold(rest)
		if len(words) == 0 {
			continue
		}
		if found, n := unwantable().named(words); n == len(words) {
			a.without = append(a.without, found...)
		} else {
			not = append(not, words...)
		}
	}
	if len(kept) == 0 && len(not) > 0 {
		return text
	}
	a.not = not
	return strings.Join(kept, " ")
}

// unsaid is a text of which only these words are left, as it was typed where that is possible.
func unsaid(text string, left []word) string {
	var kept []string
	for _, field := range strings.Fields(text) {
		words := fold(field)
		n := 0
		for n < min(len(words), len(left)) && words[n].forms[0] == left[n].forms[0] {
			n++
		}
		switch {
		case len(words) > 0 && n == len(words):
			kept = append(kept, field)
		default:
			for len(left) > n && slices.ContainsFunc(words, func(w word) bool { return strings.Contains(w.forms[0], left[n].forms[0]) }) {
				n++
			}
			for _, w := range left[:n] {
				kept = append(kept, w.typed)
			}
		}
		left = left[n:]
	}
	return strings.Join(kept, " ")
}

// unwantedIn reports whether a hit's names have a word that they must not have.
func (a asked) unwantedIn(h hit) bool {
	return slices.ContainsFunc(a.not, func(w word) bool {
		return slices.ContainsFunc(strings.FieldsFunc(h.Names, unicode.IsSpace), func(name string) bool {
			return slices.ContainsFunc(w.forms, func(form string) bool { return strings.HasPrefix(name, form) || w.cjk && strings.Contains(name, form) })
		})
	})
}

// tiers are the classes of the strict statement with what finds them, the best first.
func (a asked) tiers() []tier {
	under := func(marks ...string) expr {
		return every(a.words, func(w word, last bool) expr { return w.query(last, marks...) })
	}
	inName := under(markName)
	if len(a.words) == 0 {
		return []tier{{class: named, expr: everything}}
	}
	if a.vague {
		return []tier{{class: exact, expr: term(markWhole+a.name, false)}, {class: begins, expr: inName}}
	}
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
	if len(a.words) == 0 {
		return found
	}
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
