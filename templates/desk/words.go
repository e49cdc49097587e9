package desk

import (
	"strings"

	"github.com/a-h/templ"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/templates/part"
)

// invalid marks a field with what is wrong with it.
func invalid(name, trouble string) templ.Attributes {
	if trouble == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-problem"}
}

func decisionClass(d catalog.Decision) string {
	switch d {
	case catalog.WasApproved, catalog.WasRestored:
		return "yes"
	case catalog.AskedChanges:
		return "mid"
	case catalog.WasWithdrawn:
		return "no"
	}
	return ""
}

func topicNames(p Page, topics []catalog.Topic) []string {
	names := make([]string, len(topics))
	for i, t := range topics {
		names[i] = p.T("desk.topic." + string(t))
	}
	return names
}

func allergenNames(p Page, codes []string) []string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = p.Allergen(code)
	}
	return names
}

// allergenLine is what a label in a language must name.
func allergenLine(lang i18n.Lang, a catalog.Allergens) string {
	l := i18n.For(lang)
	names := make([]string, len(a.Contains))
	for i, code := range a.Contains {
		names[i] = l.Allergen(code)
	}
	if len(names) == 0 {
		return "–"
	}
	return l.List(names)
}

func (l Listing) allergens() []string {
	return append(append([]string{}, l.Product.Allergens.Contains...), l.Product.Allergens.MayContain...)
}

// unnamedAllergens marks the row of a food for which none was named: few foods have none.
func (l Listing) unnamedAllergens() bool {
	return l.Product.Food && len(l.Product.Allergens.Contains) == 0
}

func (l Listing) sold(market string) bool {
	for _, code := range l.UnderReview.Markets {
		if code == market {
			return true
		}
	}
	return false
}

func shown(list []catalog.Photo) []catalog.Photo {
	var of []catalog.Photo
	for _, f := range list {
		if f.Shown {
			of = append(of, f)
		}
	}
	return of
}

// keeping says how long a food keeps, and where.
func keeping(p Page, product catalog.Product) string {
	where := p.T("desk.storage." + string(product.Storage))
	if product.ShelfDays == nil {
		return where
	}
	return p.T("desk.keeps", "n", *product.ShelfDays, "where", where)
}

// sizeIn is what a variant without a label is called on a buyers' page.
func sizeIn(lang i18n.Lang, v catalog.Variant) string {
	if v.NetQuantity == nil {
		return ""
	}
	return i18n.For(lang).Quantity(*v.NetQuantity, string(v.NetUnit))
}

// shelves are the categories a product can stand in: an outer one only where it has none inside.
func shelves(list []catalog.Category) []part.Option {
	outer := map[int64]string{}
	parent := map[int64]bool{}
	for _, c := range list {
		if c.ParentID != nil {
			parent[*c.ParentID] = true
		} else {
			outer[c.ID] = c.Name
		}
	}
	var options []part.Option
	for _, c := range list {
		if parent[c.ID] {
			continue
		}
		text := c.Name
		if c.ParentID != nil {
			text = outer[*c.ParentID] + " / " + c.Name
		}
		options = append(options, part.Option{Value: id(c.ID), Text: text})
	}
	return options
}

func checkCount(p Page, l Listing) string {
	open := l.open()
	if open == 0 {
		return p.T("desk.checks.all")
	}
	return strings.Join([]string{p.T("desk.checks.hold", "n", len(l.Checks)-open), p.T("desk.checks.open", "n", open)}, ", ")
}

// hers is a topic as the studio says it to the producer.
func hers(lang i18n.Lang, t catalog.Topic) string {
	return i18n.For(lang).T("studio.topic." + string(t))
}
