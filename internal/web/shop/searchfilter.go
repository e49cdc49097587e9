package shop

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/money"
	"awil/internal/search"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

// longestQuery is how much of what somebody types is looked for, in characters,
// as the field allows.
const longestQuery = 100

func queryOf(c echo.Context) string {
	text := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(c.QueryParam("q"), "")), " "))
	return string(text[:min(len(text), longestQuery)])
}

// searchFilter is what a search's address says.
type searchFilter struct {
	text     string
	category string   // slug
	village  string   // slug
	from, to string   // prices as they were typed, in the market's currency
	without  []string // allergens
	ready    bool     // in stock
	stars    int      // at least; 0: any
	sort     search.Sort
	after    string
}

func searchFilterOf(c echo.Context) searchFilter {
	q := c.QueryParams()
	f := searchFilter{text: queryOf(c), category: slug(q.Get("category")), village: slug(q.Get("village")), from: price(q.Get("from")), to: price(q.Get("to")),
		ready: q.Get("ready") != "", sort: search.ParseSort(q.Get("sort")), after: q.Get("after")}
	if n, err := strconv.Atoi(q.Get("stars")); err == nil && n >= 1 && n <= assessments.MaxStars {
		f.stars = n
	}
	for _, a := range q["without"] {
		if search.IsAllergen(a) && !slices.Contains(f.without, a) {
			f.without = append(f.without, a)
		}
	}
	return f
}

// slug drops what is longer than any, so that links do not repeat it.
func slug(text string) string {
	const longest = 200
	if len(text) > longest {
		return ""
	}
	return text
}

// price cuts what somebody typed to what a sum may be as long as.
func price(text string) string {
	const longest = 20
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if len(text) > longest {
		return ""
	}
	return text
}

// path is the address of the search with this filter, below the locale.
func (f searchFilter) path() string { return "/search?" + f.query() }

func (f searchFilter) query() string {
	q := url.Values{"q": {f.text}}
	for name, value := range map[string]string{"category": f.category, "village": f.village, "from": f.from, "to": f.to, "after": f.after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.sort != "" && f.sort != search.SortBest {
		q.Set("sort", string(f.sort))
	}
	if len(f.without) > 0 {
		q["without"] = f.without
	}
	if f.ready {
		q.Set("ready", "1")
	}
	if f.stars > 0 {
		q.Set("stars", strconv.Itoa(f.stars))
	}
	return q.Encode()
}

func (f searchFilter) at(cursor string) searchFilter { f.after = cursor; return f }

// plain reports whether the address says nothing but what is looked for.
func (f searchFilter) plain() bool {
	return !f.narrows() && f.after == "" && (f.sort == "" || f.sort == search.SortBest)
}

func (f searchFilter) narrows() bool {
	return f.category != "" || f.village != "" || f.from != "" || f.to != "" || len(f.without) > 0 || f.ready || f.stars > 0
}

// narrowing is the filter as search takes it. What nobody can mean does not narrow: a shelf, a village or a sum that is none.
func (d searchData) narrowing(currency money.Currency) search.Filter {
	f := d.filter
	out := search.Filter{Without: f.without, InStock: f.ready, Stars: f.stars, FromMinor: minor(f.from, currency), ToMinor: minor(f.to, currency)}
	for _, c := range d.tree.all {
		if parent := d.tree.parent(c); c.Slug == f.category || parent != nil && parent.Slug == f.category {
			out.Categories = append(out.Categories, c.ID)
		}
	}
	if i := slices.IndexFunc(d.goods.Villages, func(v catalog.Facet) bool { return v.Slug == f.village }); i >= 0 {
		out.Village = d.goods.Villages[i].ID
	}
	return out
}

func minor(text string, currency money.Currency) int64 {
	amount, err := money.Parse(text, currency)
	if text == "" || err != nil {
		return 0
	}
	return amount.Minor
}

// narrow offers the filters and shows those at work.
func (d searchData) narrow(b layout.Base, page *pages.SearchPage) {
	f, facets := d.filter, d.found.Facets
	page.Action, page.Clear = b.URL("/search"), b.URL(searchFilter{text: f.text}.path())
	page.Words = f.text
	page.Count = b.T("shop.things", "n", d.found.Count)
	if d.found.Count >= search.Most {
		page.Count = b.T("search.more", "n", search.Most)
		if f.sort != search.SortBest {
			page.Bound = b.T("search.best", "n", search.Most)
		}
	}
	chip := func(text string, without searchFilter) {
		page.Chips = append(page.Chips, pages.Chip{Text: text, Remove: b.URL(without.at("").path())})
	}
	for _, c := range d.tree.leaves() {
		if n := facets.Categories[c.ID]; n > 0 || c.Slug == f.category {
			page.InShelves = append(page.InShelves, pages.Choice{Value: c.Slug, Text: c.Name, Count: n, Chosen: c.Slug == f.category})
		}
		if c.Slug == f.category {
			all := f
			all.category = ""
			chip(c.Name, all)
		}
	}
	for _, v := range d.goods.Villages {
		if n := facets.Villages[v.ID]; n > 0 || v.Slug == f.village {
			page.InVillages = append(page.InVillages, pages.Choice{Value: v.Slug, Text: v.Name, Count: n, Chosen: v.Slug == f.village})
		}
		if v.Slug == f.village {
			all := f
			all.village = ""
			chip(v.Name, all)
		}
	}
	d.wish(b, page, chip)
	for _, free := range facets.Free {
		said, name := slices.Contains(d.found.Without, free.Allergen), b.Allergen(free.Allergen)
		chosen := !said && slices.Contains(f.without, free.Allergen)
		page.Free = append(page.Free, pages.Choice{Value: free.Allergen, Text: name, Count: free.Count, Chosen: chosen || said})
		if chosen {
			all := f
			all.without = slices.DeleteFunc(slices.Clone(f.without), func(a string) bool { return a == free.Allergen })
			chip(b.T("shop.search.without", "allergen", name), all)
		}
	}
	d.ready(b, page, chip)
	d.stars(b, page, chip)
	d.prices(b, page, chip)
	for _, sort := range search.Sorts {
		page.Sorts = append(page.Sorts, pages.Choice{Value: string(sort), Text: b.T("shop.sort." + string(sort)), Chosen: sort == f.sort})
	}
}

// wish shows what the text says to do without as a filter that can be taken away. The form looks for the rest of the text, as its
// boxes say the wish.
func (d searchData) wish(b layout.Base, page *pages.SearchPage, chip func(string, searchFilter)) {
	if len(d.found.Without) == 0 {
		return
	}
	all := d.filter
	all.text = d.found.Rest
	all.without = slices.DeleteFunc(slices.Clone(all.without), func(a string) bool { return slices.Contains(d.found.Without, a) })
	what := unwantedNames(b, d.found.Without)
	page.Words = all.text
	chip(b.T("shop.search.without", "allergen", what), all)
	if d.found.Count == 0 && d.found.Spurned > 0 {
		page.Spurned = b.T("search.spurned", "n", d.found.Spurned, "allergen", what)
		page.Anyway = layout.Link{Href: b.URL(all.at("").path()), Text: b.T("search.spurned.show")}
	}
}

// unwantedNames lists allergens; all kinds of nuts are called nuts.
func unwantedNames(b layout.Base, codes []string) string {
	nuts := []string{"walnut", "almond", "pistachio", "hazelnut", "cashew", "pecan", "macadamia", "brazil", "pine_nut"}
	every := !slices.ContainsFunc(nuts, func(nut string) bool { return !slices.Contains(codes, nut) })
	var names []string
	if every {
		names = append(names, b.T("search.nuts"))
	}
	for _, code := range codes {
		if !every || code != "peanut" && !slices.Contains(nuts, code) {
			names = append(names, b.Allergen(code))
		}
	}
	return strings.Join(names, ", ")
}

func (d searchData) prices(b layout.Base, page *pages.SearchPage, chip func(string, searchFilter)) {
	f, facets := d.filter, d.found.Facets
	page.From, page.To = f.from, f.to
	if facets.ToMinor > facets.FromMinor {
		page.Prices = b.T("shop.search.prices", "from", b.Money(money.New(facets.FromMinor, b.Market.Currency)),
			"to", b.Money(money.New(facets.ToMinor, b.Market.Currency)))
	}
	all := f
	all.from, all.to = "", ""
	if least := minor(f.from, b.Market.Currency); least > 0 {
		chip(b.T("shop.search.least", "price", b.Money(money.New(least, b.Market.Currency))), all)
	}
	if most := minor(f.to, b.Market.Currency); most > 0 {
		chip(b.T("shop.search.most", "price", b.Money(money.New(most, b.Market.Currency))), all)
	}
}

func (d searchData) ready(b layout.Base, page *pages.SearchPage, chip func(string, searchFilter)) {
	f, text := d.filter, b.T("search.ready")
	if n := d.found.Facets.InStock; f.ready || n > 0 {
		page.Ready = pages.Choice{Value: "1", Text: text, Count: n, Chosen: f.ready}
	}
	if f.ready {
		all := f
		all.ready = false
		chip(text, all)
	}
}

// stars offers what the programme gave, at least so many: those that make a difference.
func (d searchData) stars(b layout.Base, page *pages.SearchPage, chip func(string, searchFilter)) {
	f, counts := d.filter, d.found.Facets.Stars
	before := 0
	for n := assessments.MaxStars; n >= 1; n-- {
		text := b.T("search.stars.least", "n", n)
		if n == assessments.MaxStars {
			text = b.T("search.stars.most", "n", n)
		}
		if counts[n] > before || n == f.stars {
			page.Stars = append(page.Stars, pages.Choice{Value: strconv.Itoa(n), Text: text, Count: counts[n], Chosen: n == f.stars})
		}
		before = counts[n]
		if n == f.stars {
			all := f
			all.stars = 0
			chip(text, all)
		}
	}
}
