package shop

import (
	"cmp"
	"slices"
	"strconv"

	"awil/internal/places"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

const (
	// mostInFront is how many villages of a country are shown by a picture.
	mostInFront = 12
	// mostInRegion is up to how many villages of a region stand in one list;
	// more stand by district.
	mostInRegion = 12
)

// inFront are the villages that are shown by a picture: of each country those
// with most goods, in the order of the list.
func inFront(list []places.Village, goods map[int64]int) []places.Village {
	byGoods := slices.Clone(list)
	slices.SortStableFunc(byGoods, func(v, w places.Village) int { return cmp.Compare(goods[w.ID], goods[v.ID]) })
	taken, chosen := map[string]int{}, map[int64]bool{}
	for _, v := range byGoods {
		if taken[v.Country]++; taken[v.Country] <= mostInFront {
			chosen[v.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(v places.Village) bool { return !chosen[v.ID] })
}

// lands groups villages by country and region, in the order they come.
func lands(b layout.Base, a album, list, front []places.Village, goods map[int64]int) []pages.Land {
	var out []pages.Land
	land := map[string]int{}
	inRegion := map[string]int{}
	for _, v := range list {
		inRegion[v.Region]++
		if _, known := land[v.Country]; !known {
			land[v.Country] = len(out)
			out = append(out, pages.Land{Name: b.Country(v.Country)})
		}
	}
	groups := 0
	for _, v := range list {
		l, name := &out[land[v.Country]], v.Region
		if inRegion[v.Region] > mostInRegion && v.District != "" {
			name = v.District
		}
		i := slices.IndexFunc(l.Groups, func(g pages.PlaceGroup) bool { return g.Name == name })
		if i < 0 {
			groups++
			i = len(l.Groups)
			l.Groups = append(l.Groups, pages.PlaceGroup{ID: "places-" + strconv.Itoa(groups), Name: name})
		}
		l.Groups[i].Places = append(l.Groups[i].Places, place(b, a, v, goods[v.ID]))
	}
	for _, v := range front {
		l := &out[land[v.Country]]
		l.Villages = append(l.Villages, place(b, a, v, goods[v.ID]))
	}
	return out
}
