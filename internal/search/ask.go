package search

import "slices"

// asked is a search in the forms the strict statement takes: as names are kept, and a tsquery for each of its classes.
type asked struct {
	text  string // as it was typed
	words []word
	units []unit

	exact, begins, named, meant, placed, written, implied string
}

const (
	longestText = 200 // characters of a search that are looked at
	mostWords   = 12
)

// ask reads what was typed; false if there is nothing to look for in it.
func ask(text string) (asked, bool) {
	runes := []rune(text)
	all := fold(string(runes[:min(len(runes), longestText)]))
	words := slices.DeleteFunc(withoutFillers(all), word.collapsed)
	words = words[:min(len(words), mostWords)]
	if len(words) == 0 {
		return asked{}, false
	}
	under := func(marks ...string) func(word, bool) string {
		return func(w word, last bool) string { return w.query(last, marks...) }
	}
	a := asked{
		text: text, words: words, units: units(words),
		exact:   term(markWhole+plain(all), false),
		begins:  term(markWhole+plain(all), true),
		named:   every(words, " & ", under(markName)),
		placed:  every(words, " & ", under(markName, markPlace)),
		written: every(words, " & ", under("")),
	}
	a.meant = each(a.units, " & ", func(u unit) string { return u.meant(markName) })
	a.implied = each(a.units, " & ", func(u unit) string { return u.meant("") })
	return a, true
}

// queries are the tsqueries of the strict statement, the best class first.
func (a asked) queries() []string {
	return []string{a.exact, a.begins, a.named, a.meant, a.placed, a.written, a.implied}
}
