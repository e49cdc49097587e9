package shop

import (
	"slices"

	"awil/internal/catalog"
	"awil/templates/layout"
)

// shelves is the tree of categories with how many goods stand on each.
type shelves struct {
	all    []catalog.Category
	counts map[int64]int // inner shelves included
}

func newShelves(all []catalog.Category, facets []catalog.Facet) shelves {
	t := shelves{all, counts(facets)}
	for _, c := range all {
		if c.ParentID != nil {
			t.counts[*c.ParentID] += t.counts[c.ID]
		}
	}
	return t
}

// count is how many goods are in a category, or (nil) in all.
func (t shelves) count(c *catalog.Category) int {
	if c != nil {
		return t.counts[c.ID]
	}
	n := 0
	for _, c := range t.all {
		if c.ParentID == nil {
			n += t.counts[c.ID]
		}
	}
	return n
}

func (t shelves) parent(c catalog.Category) *catalog.Category {
	if c.ParentID == nil {
		return nil
	}
	if i := slices.IndexFunc(t.all, func(o catalog.Category) bool { return o.ID == *c.ParentID }); i >= 0 {
		return &t.all[i]
	}
	return nil
}

// inside lists what stands directly in a category, or (nil) the outer ones,
// without those that hold nothing.
func (t shelves) inside(parent *catalog.Category) []catalog.Category {
	var list []catalog.Category
	for _, c := range t.all {
		inner := parent != nil && c.ParentID != nil && *c.ParentID == parent.ID
		outer := parent == nil && c.ParentID == nil
		if (inner || outer) && t.counts[c.ID] > 0 {
			list = append(list, c)
		}
	}
	return list
}

// leaves lists the categories that hold anything and none inside that does.
func (t shelves) leaves() (list []catalog.Category) {
	for _, c := range t.all {
		if t.counts[c.ID] > 0 && (c.ParentID != nil || len(t.inside(&c)) == 0) {
			list = append(list, c)
		}
	}
	return list
}

// links leads from a list to the categories beside or inside it, and out of
// it.
func (t shelves) links(b layout.Base, current *catalog.Category, f filter) (list []layout.Link, up layout.Link) {
	around := current
	if current != nil {
		up = layout.Link{Href: b.URL(f.in("").path()), Text: b.T("shop.listing.title")}
		if parent := t.parent(*current); parent != nil {
			up = layout.Link{Href: b.URL(f.in(parent.Slug).path()), Text: parent.Name}
			around = parent
		} else if len(t.inside(current)) == 0 {
			around = nil
		}
	}
	for _, c := range t.inside(around) {
		list = append(list, layout.Link{Href: b.URL(f.in(c.Slug).path()), Text: c.Name, Count: t.counts[c.ID],
			Current: current != nil && c.ID == current.ID})
	}
	return list, up
}
