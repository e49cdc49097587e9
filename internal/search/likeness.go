package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

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

// subject says how much of what was asked for a hit is, by its names, and does not only mention: of soap made by hand, soap
// first. A thing counts twice what a quality of things does.
func (a asked) subject(h hit, known sense) (sum int) {
	units := apart(a.units)
	if len(units) == 1 && h.class >= implied && len(units[0].groups) > 0 {
		return aThing // its name would have been found if it were
	}
	names := h.Names
	named := known.groups(names)
	for _, u := range units {
		best := 0
		for _, g := range u.groups {
			asked := meanings().groups[g]
			switch {
			case shared(asked.reach, named):
				best = max(best, asked.weight())
			case shared(asked.perhaps, named):
				best = aThing
			}
		}
		if len(u.groups) == 0 {
			best = known.slip(u.words[0], names)
		}
		sum += best
	}
	return sum
}

func shared(some, others []int) bool {
	return slices.ContainsFunc(some, func(g int) bool { return slices.Contains(others, g) })
}

// sense remembers what the words of names mean, and which are a slip away from one that was asked for, while the hits of one
// search are rated: they share most of them.
type sense struct {
	words map[string][]int          // groups
	slips map[string]map[string]int // what they weigh, by the word asked for
}

// slip is what names weigh that have a word which means nothing, but for a slip or two.
func (s sense) slip(w word, names string) (best int) {
	const shortest = 5 // letters; shorter words are a slip away from anything
	form := w.forms[0]
	letters := utf8.RuneCountInString(form)
	if w.cjk || letters < shortest {
		return 0
	}
	slips := s.slips[form]
	if slips == nil {
		slips = map[string]int{}
		s.slips[form] = slips
	}
	for name := range strings.FieldsSeq(names) {
		weight, ok := slips[name]
		if !ok {
			if distance(form, name, slipsIn(letters)) <= slipsIn(letters) {
				weight = heaviest(s.of(name, false))
			}
			slips[name] = weight
		}
		best = max(best, weight)
	}
	return best
}

// heaviest is what a word of these groups weighs.
func heaviest(groups []int) int {
	best := 1
	for _, g := range groups {
		best = max(best, meanings().groups[g].weight())
	}
	return best
}

// groups are those that names, one a line, speak of. Japanese is read where there is nothing else: it takes longest.
func (s sense) groups(names string) (all []int) {
	japanese := ""
	for name := range strings.SplitSeq(names, "\n") {
		if strings.ContainsFunc(name, func(r rune) bool { return r >= 'ぁ' }) {
			japanese = name
			continue
		}
		all = s.read(all, name)
	}
	if len(all) == 0 {
		for run := range strings.FieldsSeq(japanese) {
			all = append(all, s.of(run, true)...)
		}
	}
	return all
}

// read adds what each word of a name means, and each two that stand together.
func (s sense) read(all []int, name string) []int {
	before := 0
	for at := 0; at < len(name); {
		end := len(name)
		if n := strings.IndexByte(name[at:], ' '); n >= 0 {
			end = at + n
		}
		all = append(all, s.of(name[at:end], false)...)
		if at > 0 {
			all = append(all, meanings().byTerm[name[before:end]]...)
		}
		before, at = at, end+1
	}
	return all
}

func (s sense) of(text string, cjk bool) []int {
	groups, ok := s.words[text]
	if !ok {
		w := word{forms: []string{text}, typed: text, cjk: cjk}
		groups = unit{words: []word{w}, groups: meanings().ofWord(w), parts: w.parts()}.means()
		s.words[text] = groups
	}
	return groups
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
