package search

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"awil/internal/assessments"
)

// Sort is the order of what was found.
type Sort string

// The orders a buyer may choose.
const (
	SortBest      Sort = "best" // what fits best first
	SortNew       Sort = "new"
	SortPriceUp   Sort = "price_up"
	SortPriceDown Sort = "price_down"
)

// Sorts lists every order as a page offers them.
var Sorts = []Sort{SortBest, SortNew, SortPriceUp, SortPriceDown}

// ParseSort reads a query parameter; anything unknown is SortBest.
func ParseSort(text string) Sort {
	if i := slices.Index(Sorts, Sort(text)); i >= 0 {
		return Sorts[i]
	}
	return SortBest
}

// Filter narrows a search; zero fields do not.
type Filter struct {
	Categories []int64 // any of them
	Village    int64
	FromMinor  int64 // in the market's currency
	ToMinor    int64
	Without    []string // allergens a product must neither contain nor may contain
	InStock    bool
	Stars      int // of the programme, at least
}

func (f Filter) narrows() bool {
	return len(f.Categories) > 0 || f.Village != 0 || f.FromMinor != 0 || f.ToMinor != 0 || len(f.Without) > 0 || f.InStock || f.Stars != 0
}

// arguments are the filter as the statements take it, with the moment at which stars have to hold.
func (f Filter) arguments(now time.Time) []any {
	return []any{f.Categories, f.Village, f.FromMinor, f.ToMinor, f.Without, f.InStock, f.Stars, now}
}

// expr is what the index of words knows of the filter, so that little is read that does not pass.
func (f Filter) expr() expr {
	var shelves []expr
	for _, id := range f.Categories {
		shelves = append(shelves, term(fmt.Sprint(markCategory, id), false))
	}
	switch {
	case f.Village == 0:
		return anyOf(shelves...)
	case len(shelves) == 0:
		return term(fmt.Sprint(markVillage, f.Village), false)
	}
	return allOf(anyOf(shelves...), term(fmt.Sprint(markVillage, f.Village), false))
}

// Facets are what a search may be narrowed by, counted over its best hits: each kind within the other filters.
type Facets struct {
	Categories map[int64]int
	Villages   map[int64]int
	Free       []Free
	InStock    int
	Stars      [assessments.MaxStars + 1]int // by how many stars at least
	FromMinor  int64                         // the least and the highest price
	ToMinor    int64
}

// Free is how many products are without an allergen that others have: some, unless it is done without already.
type Free struct {
	Allergen string
	Count    int
}

func facets(f Filter, all []hit) Facets {
	out := Facets{Categories: map[int64]int{}, Villages: map[int64]int{}}
	contains := map[string]bool{}
	anyCategory, anyVillage, anyPrice := f, f, f
	anyCategory.Categories, anyVillage.Village = nil, 0
	anyPrice.FromMinor, anyPrice.ToMinor = 0, 0
	anything, ready, anyStars := f, f, f
	anything.Without, ready.InStock, anyStars.Stars = nil, true, 0
	for _, a := range f.Without {
		contains[a] = true
	}
	for _, h := range all {
		if anyCategory.passes(h) {
			out.Categories[h.CategoryID]++
		}
		if anyVillage.passes(h) {
			out.Villages[h.VillageID]++
		}
		if ready.passes(h) {
			out.InStock++
		}
		if anyStars.passes(h) {
			for n := 1; n <= min(h.Stars, assessments.MaxStars); n++ {
				out.Stars[n]++
			}
		}
		if anyPrice.passes(h) {
			if out.FromMinor == 0 {
				out.FromMinor = h.FromMinor
			}
			out.FromMinor, out.ToMinor = min(out.FromMinor, h.FromMinor), max(out.ToMinor, h.FromMinor)
		}
		if anything.passes(h) {
			for _, a := range h.Allergens {
				contains[a] = true
			}
		}
	}
	for _, allergen := range slices.Sorted(maps.Keys(contains)) {
		with, free := f, Free{Allergen: allergen}
		with.Without = append(slices.Clone(f.Without), allergen)
		for _, h := range all {
			if with.passes(h) {
				free.Count++
			}
		}
		if free.Count > 0 || slices.Contains(f.Without, allergen) {
			out.Free = append(out.Free, free)
		}
	}
	slices.SortStableFunc(out.Free, func(a, b Free) int { return cmp.Compare(a.Count, b.Count) })
	return out
}

func (f Filter) passes(h hit) bool {
	switch {
	case len(f.Categories) > 0 && !slices.Contains(f.Categories, h.CategoryID),
		f.Village != 0 && f.Village != h.VillageID,
		f.FromMinor != 0 && h.FromMinor < f.FromMinor,
		f.ToMinor != 0 && h.FromMinor > f.ToMinor,
		f.InStock && !h.InStock,
		f.Stars > h.Stars:
		return false
	}
	return !slices.ContainsFunc(f.Without, func(a string) bool { return slices.Contains(h.Allergens, a) })
}
