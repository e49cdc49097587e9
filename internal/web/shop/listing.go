package shop

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/paging"
	"awil/internal/places"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

// perPage is how many goods a list shows at a time; its divisors leave no orphans.
const perPage = 24

// filter is what a list's address says.
type filter struct {
	category string // slug; in the path, not the query
	village  string // slug
	season   bool   // only what is in season now
	sort     catalog.Sort
	after    string
}

// inSeasonNow is how an address says so.
const inSeasonNow = "now"

func filterOf(c echo.Context) filter {
	return filter{category: c.Param("slug"), village: c.QueryParam("village"), season: c.QueryParam("season") == inSeasonNow,
		sort: catalog.ParseSort(c.QueryParam("sort")), after: c.QueryParam("after")}
}

// path is the address of the list with this filter, below the locale.
func (f filter) path() string {
	path := "/products"
	if f.category != "" {
		path = "/categories/" + f.category
	}
	q := url.Values{}
	if f.village != "" {
		q.Set("village", f.village)
	}
	if f.season {
		q.Set("season", inSeasonNow)
	}
	if f.sort != catalog.SortNew {
		q.Set("sort", string(f.sort))
	}
	if f.after != "" {
		q.Set("after", f.after)
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

func (f filter) in(category string) filter  { f.category, f.after = category, ""; return f }
func (f filter) from(village string) filter { f.village, f.after = village, ""; return f }
func (f filter) ripe(only bool) filter      { f.season, f.after = only, ""; return f }
func (f filter) at(cursor string) filter    { f.after = cursor; return f }

func (s *Shop) allGoods(c echo.Context) error {
	if slug := c.QueryParam("category"); slug != "" { // from a form or a typed address
		f := filterOf(c)
		return web.Moved(c, web.Base(c).URL(f.in(slug).path()))
	}
	return s.list(c)
}

func (s *Shop) category(c echo.Context) error { return s.list(c) }

func (s *Shop) list(c echo.Context) error {
	f, b := filterOf(c), web.Base(c)
	page, err := s.listingPage(c.Request().Context(), b, f)
	if errs.KindOf(err) == errs.Invalid && f.after != "" {
		return web.Redirect(c, b.URL(f.at("").path())) // a cursor of another list
	}
	if err != nil {
		return err
	}
	if page.Previous == "" && leadsBack(f.after) {
		return web.Redirect(c, b.URL(f.at("").path()))
	}
	return web.Render(c, http.StatusOK, pages.Listing(page))
}

// listData is what a list is made from, as the services gave it.
type listData struct {
	filter   filter
	tree     shelves
	current  *catalog.Category
	village  *places.Village
	facets   catalog.Facets
	list     []catalog.Card
	beside   paging.Around
	pictures album
}

func (s *Shop) listData(ctx context.Context, b layout.Base, f filter) (d listData, err error) {
	d.filter = f
	q := catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang(), Sort: f.sort, Month: s.month(ctx), InSeason: f.season,
		Page: paging.Either(f.after, perPage)}
	categories, err := s.Catalog.Categories(ctx, b.Lang())
	if err != nil {
		return d, err
	}
	if f.category != "" {
		i := slices.IndexFunc(categories, func(c catalog.Category) bool { return c.Slug == f.category })
		if i < 0 {
			return d, errs.E(errs.NotFound, "no such category")
		}
		d.current, q.Category = &categories[i], categories[i].ID
	}
	if f.village != "" {
		v, err := s.Places.VillageBySlug(ctx, b.Lang(), f.village)
		if err != nil {
			return d, err
		}
		d.village, q.Village = &v, v.ID
	}
	if d.facets, err = s.Catalog.Facets(ctx, q); err != nil {
		return d, err
	}
	d.tree = newShelves(categories, d.facets.Categories)
	if d.list, d.beside, err = s.Catalog.Listing(ctx, q); err != nil {
		return d, err
	}
	d.pictures, err = s.album(ctx, b.Lang(), photoIDs(d.list)...)
	return d, err
}

func (s *Shop) listingPage(ctx context.Context, b layout.Base, f filter) (pages.ListingPage, error) {
	d, err := s.listData(ctx, b, f)
	if err != nil {
		return pages.ListingPage{}, err
	}
	page := pages.ListingPage{
		Action: b.URL(f.in(f.category).from("").ripe(false).sorted(catalog.SortNew).path()),
		Clear:  b.URL("/products"), Count: d.tree.count(d.current),
		Cards: cards(b, d.pictures, d.list, shelfRow/2),
	}
	d.head(&b, &page)
	d.narrow(b, &page)
	page.Previous, page.Next = onward(b, d.beside, func(cursor string) string { return f.at(cursor).path() })
	if len(d.list) > 0 {
		share(&b, d.pictures.picture(d.list[0].PhotoID, d.list[0].Name))
	}
	page.Base = b
	return page, nil
}

// onward are the addresses of the pages beside one; empty where there is none.
func onward(b layout.Base, beside paging.Around, path func(cursor string) string) (previous, next string) {
	if beside.Previous != "" {
		previous = b.URL(path(beside.Previous))
	}
	if beside.Next != "" {
		next = b.URL(path(beside.Next))
	}
	return previous, next
}

// leadsBack reports whether a cursor is for what lies before a row. Who comes to the beginning so is sent to the address
// it has of its own.
func leadsBack(cursor string) bool { return paging.Either(cursor, perPage).Back() }

func (f filter) sorted(sort catalog.Sort) filter { f.sort, f.after = sort, ""; return f }

// head writes title, crumbs and what search engines read.
func (d listData) head(b *layout.Base, page *pages.ListingPage) {
	page.Title, page.Lede = textOf(b.T("shop.listing.title"), b.Lang()), b.T("shop.listing.lede")
	way := []layout.Link{{Href: b.URL("/products"), Text: b.T("shop.listing.title")}}
	if c := d.current; c != nil {
		page.Title, page.Lede = textOf(c.Name, c.NameLang), ""
		if parent := d.tree.parent(*c); parent != nil {
			way = append(way, layout.Link{Href: b.URL("/categories/" + parent.Slug), Text: parent.Name})
		}
		way = append(way, layout.Link{Href: b.URL("/categories/" + c.Slug), Text: c.Name})
	}
	page.Crumbs = crumbs(*b, way...)
	if d.filter.season && d.current == nil {
		page.Title, page.Lede = textOf(b.T("browse.season.title"), b.Lang()), b.T("browse.season.lede")
	}
	b.Title = page.Title.Body
	if d.village != nil {
		b.Title += ", " + d.village.Name
	}
	b.Description = b.T("shop.listing.description", "category", page.Title.Body, "market", b.Market.Name(b.Lang()))
	if d.filter.village != "" || d.filter.season || d.filter.after != "" || d.filter.sort != catalog.SortNew {
		b.Robots = "noindex, follow" // the same goods as on the plain list
	}
	items := make(layout.ItemList, len(d.list))
	for i, c := range d.list {
		items[i] = b.Absolute(b.URL("/products/" + c.Slug()))
	}
	b.Schema = []layout.Thing{breadcrumbs(*b, page.Crumbs), items}
}

// narrow offers the filters and shows those at work.
func (d listData) narrow(b layout.Base, page *pages.ListingPage) {
	f := d.filter
	page.Categories, page.Up = d.tree.links(b, d.current, f)
	for _, v := range d.facets.Villages {
		page.Villages = append(page.Villages, pages.Choice{Value: v.Slug, Text: v.Name, Count: v.Count, Chosen: v.Slug == f.village})
	}
	for _, sort := range catalog.Sorts {
		page.Sorts = append(page.Sorts, pages.Choice{Value: string(sort), Text: b.T("shop.sort." + string(sort)), Chosen: sort == f.sort})
	}
	if n := d.facets.InSeason; n > 0 || f.season {
		page.Season = &pages.Choice{Value: inSeasonNow, Text: b.T("browse.season.filter"), Count: n, Chosen: f.season}
	}
	if f.season {
		page.Chips = append(page.Chips, pages.Chip{Text: b.T("browse.season.filter"), Remove: b.URL(f.ripe(false).path())})
	}
	if d.village != nil {
		page.Chips = append(page.Chips, pages.Chip{Text: d.village.Name, Remove: b.URL(f.from("").path())})
	}
}
