package search

import (
	"context"
	"strings"
)

// loose finds what has words like those that were typed.
func (s *Service) loose(ctx context.Context, q Query, a asked) (found, all []hit, err error) {
	l, err := s.likely(ctx, a.words)
	if err != nil {
		return nil, nil, err
	}
	under := func(marks ...string) []string {
		parts := make([]string, len(a.units))
		for i, u := range a.units {
			parts[i] = u.resembling(l, marks...)
		}
		return parts
	}
	inNames, anywhere := under(markName, markPlace), under("")
	tiers := []string{strings.Join(inNames, " & "), strings.Join(anywhere, " & "), strings.Join(anywhere, " | ")}
	return s.run(ctx, q, sqlLoose, a, anywhere, tiers)
}

// resembling is the unit's part of a tsquery for what was typed, what means the same, and what looks like either, under
// any of the marks.
func (u unit) resembling(l likely, marks ...string) string {
	var ways []string
	for _, mark := range marks {
		if mark != markPlace { // what a thing is called is no maker's name
			ways = append(ways, u.meant(mark))
		}
		all := make([]string, len(u.words))
		for i, w := range u.words {
			all[i] = w.resembling(l, mark)
		}
		ways = append(ways, "("+strings.Join(all, " & ")+")")
	}
	return "(" + strings.Join(ways, " | ") + ")"
}

func (w word) resembling(l likely, mark string) string {
	ways := []string{w.query(false, mark)}
	if w.cjk {
		ways = append(ways, w.butForOne(mark)...)
	}
	for _, form := range w.forms {
		for _, meant := range l.words[form] {
			ways = append(ways, word{forms: []string{meant}, cjk: w.cjk}.query(false, mark))
			if mark != markPlace {
				for _, g := range meanings().byTerm[meant] {
					ways = append(ways, meanings().groups[g].under(mark))
				}
			}
		}
		for _, halves := range l.halves[form] {
			var both []string
			for _, half := range halves {
				u := unit{words: []word{{forms: []string{half}}}}
				if mark != markPlace {
					u.groups = meanings().byTerm[half]
				}
				both = append(both, u.meant(mark))
			}
			ways = append(ways, "("+strings.Join(both, " & ")+")")
		}
	}
	return "(" + strings.Join(ways, " | ") + ")"
}

// butForOne are parts of a tsquery for a run of Japanese with any one of its characters wrong; too little would be left
// of a short one.
func (w word) butForOne(mark string) (ways []string) {
	const enough = 2 // pairs that must be right
	pairs := w.lexemes()
	pairs = pairs[:len(pairs)-1]
	for wrong := range len(pairs) + 1 { // the character between two pairs, or at an end
		var right []string
		for i, pair := range pairs {
			if i != wrong && i != wrong-1 {
				right = append(right, term(mark+pair, false))
			}
		}
		if len(right) >= enough {
			ways = append(ways, "("+strings.Join(right, " & ")+")")
		}
	}
	return ways
}
