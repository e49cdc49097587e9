package search

import "context"

// loose finds what has words like those that were typed.
func (s *Service) loose(ctx context.Context, q Query, a asked) (found, all []hit, err error) {
	l, err := s.likely(ctx, a.words)
	if err != nil {
		return nil, nil, err
	}
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
	for _, n := range []int{len(single) - 1, 2, 1} {
		if n > 0 && (n == 1 || n < len(single)) && (n != 2 || len(single) != 3) {
			tiers = append(tiers, tier{partly, some(inNames, n), 2 * n}, tier{partly, some(anywhere, n), 2*n - 1})
		}
	}
	return s.run(ctx, q, a, tiers)
}

// mostApart is how many things a search asks for of which any two are looked for.
const mostApart = 6

// some is a tsquery for any n of the parts.
func some(parts []expr, n int) expr {
	if n == 0 {
		return expr{}
	}
	if n == 1 {
		return anyOf(parts...)
	}
	var ways []expr
	for i := range parts[:max(0, len(parts)-n+1)] {
		rest := some(parts[i+1:], n-1)
		ways = append(ways, allOf(parts[i], rest))
	}
	return anyOf(ways...)
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
			ways = append(ways, word{forms: []string{meant}, cjk: w.cjk}.query(false, mark))
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

// butForOne are parts of a tsquery for a run of Japanese with any one of its characters wrong; too little would be left
// of a short one.
func (w word) butForOne(mark string) (ways []expr) {
	const enough = 2 // pairs that must be right
	pairs := w.lexemes()
	pairs = pairs[:len(pairs)-1]
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
