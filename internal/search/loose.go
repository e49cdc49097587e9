package search

import (
	"context"
	"slices"
	"unicode/utf8"
)

// loose finds what has words like those that were typed.
func (s *Service) loose(ctx context.Context, q Query, a asked) (found, all []hit, err error) {
	l, err := s.likely(ctx, a.words)
	if err != nil {
		return nil, nil, err
	}
	return s.run(ctx, q, a, a.looseTiers(l))
}

// looseTiers are what is looked for where nothing has the words as they were typed, the likeliest first.
func (a asked) looseTiers(l likely) []tier {
	under := func(units []unit, marks ...string) []expr {
		parts := make([]expr, len(units))
		for i, u := range units {
			parts[i] = u.resembling(l, marks...)
		}
		return parts
	}
	inNames, anywhere := under(a.units, markName, markPlace), under(a.units, "")
	tiers := []tier{{class: near, expr: allOf(inNames...)}, {class: slip, expr: allOf(anywhere...)}}
	single := apart(a.units)
	single = single[:min(len(single), mostApart)]
	inNames, anywhere = under(single, markName, markPlace), under(single, "")
	if n := len(single); n > 2 {
		for left := range n {
			tiers = append(tiers, tier{partly, allOf(without(inNames, left)...), 2 * (n - 1)})
		}
	}
	for i, u := range single {
		tiers = append(tiers, tier{partly, inNames[i], 2}, tier{partly, anywhere[i], inText})
		if slices.ContainsFunc(u.groups, func(g int) bool { return len(meanings().groups[g].perhaps) > 0 }) {
			tiers = append(tiers, tier{partly, meanings().insteadOf(u.groups), 2})
		}
	}
	slices.SortStableFunc(tiers, func(a, b tier) int { return b.rank() - a.rank() })
	return tiers
}

// inText is how many words a hit counts as having that has one of them in a text, not in a name.
const inText = 1

// mostApart is how many things a search asks for of which any are looked for by themselves.
const mostApart = 4

// without is a list but for one of it.
func without(list []expr, at int) []expr {
	return slices.Delete(slices.Clone(list), at, at+1)
}

// apart are units one thing each: those a run of Japanese consists of by themselves.
func apart(units []unit) (list []unit) {
	for _, u := range units {
		switch {
		case len(u.parts) > 0:
			list = append(list, u.parts...)
		default:
			list = append(list, u)
		}
	}
	return list
}

// resembling is the unit's part of a tsquery for what was typed, what means the same, and what looks like either, under
// any of the marks.
func (u unit) resembling(l likely, marks ...string) expr {
	var ways []expr
	for _, mark := range marks {
		if mark != markPlace { // what a thing is called is no maker's name
			ways = append(ways, u.meant(mark))
		}
		all := make([]expr, len(u.words))
		for i, w := range u.words {
			all[i] = w.resembling(l, mark)
		}
		ways = append(ways, allOf(all...))
	}
	return anyOf(ways...)
}

func (w word) resembling(l likely, mark string) expr {
	ways := []expr{w.query(false, mark)}
	if w.cjk {
		ways = append(ways, w.butForOne(mark)...)
	}
	for _, form := range w.forms {
		for _, meant := range l.words[form] {
			ways = append(ways, word{forms: []string{meant}, cjk: isCJK(meant)}.slipped(mark))
			if mark != markPlace {
				for _, g := range meanings().byTerm[meant] {
					ways = append(ways, meanings().groups[g].under(mark))
				}
			}
		}
	}
	for _, halves := range l.halves[w.typed] {
		both := make([]expr, len(halves))
		for i, u := range halves {
			if mark == markPlace {
				u.groups = nil
			}
			both[i] = u.meant(mark)
		}
		ways = append(ways, allOf(both...))
	}
	return anyOf(ways...)
}

// slipped is the word's part of a tsquery where it may have been meant. Of a short one nothing longer counts, or it
// would be half the catalog.
func (w word) slipped(mark string) expr {
	const short = 5
	if w.cjk || utf8.RuneCountInString(w.forms[0]) >= short {
		return w.query(false, mark)
	}
	return term(mark+w.forms[0], false)
}

// butForOne are parts of a tsquery for a run of Japanese with any one of its characters wrong; too little would be left
// of a short one, and of a long one there would be more ways than the database answers in good time.
func (w word) butForOne(mark string) (ways []expr) {
	const enough, most = 2, 12 // pairs that must be right, and that a run may have
	pairs := w.lexemes()
	pairs = pairs[:len(pairs)-1]
	if len(pairs) > most {
		return nil
	}
	for wrong := range len(pairs) + 1 { // the character between two pairs, or at an end
		var right []expr
		for i, pair := range pairs {
			if i != wrong && i != wrong-1 {
				right = append(right, term(mark+pair, false))
			}
		}
		if len(right) >= enough {
			ways = append(ways, allOf(right...))
		}
	}
	return ways
}
