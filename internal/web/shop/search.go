package shop

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/search"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

func (s *Shop) search(c echo.Context) error {
	b, f := web.Base(c), searchFilterOf(c)
	page, err := s.searchPage(c.Request().Context(), b, f)
	if errs.KindOf(err) == errs.Invalid && f.after != "" {
		return web.Redirect(c, b.URL(f.at("").path())) // a cursor of another list
	}
	if err != nil {
		return err
	}
	if page.Previous == "" && leadsBack(f.after) {
		return web.Redirect(c, b.URL(f.at("").path()))
	}
	return web.Render(c, http.StatusOK, pages.Search(page))
}

// searchData is what a search page is made from, as the services gave it.
type searchData struct {
	filter searchFilter
	tree   shelves
	goods  catalog.Facets // of everything the market shows
	found  search.Result
}

func (s *Shop) searchData(ctx context.Context, b layout.Base, f searchFilter) (d searchData, err error) {
	d.filter = f
	categories, err := s.Catalog.Categories(ctx, b.Lang())
	if err != nil {
		return d, err
	}
	if d.goods, err = s.Catalog.Facets(ctx, catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang()}); err != nil {
		return d, err
	}
	d.tree = newShelves(categories, d.goods.Categories)
	d.found, err = s.Search.Query(ctx, search.Query{Market: b.Market.Code, Lang: b.Lang(), Text: f.text, Sort: f.sort,
		Filter: d.narrowing(b.Market.Currency), Page: paging.Either(f.after, perPage)})
	return d, err
}

func (s *Shop) searchPage(ctx context.Context, b layout.Base, f searchFilter) (pages.SearchPage, error) {
	page := pages.SearchPage{Query: f.text}
	if b.Query != "" {
		b.Query = f.query() // what of it is looked at, for the switches of market and language
	}
	b.Title, b.Robots = b.T("shop.search.page"), "noindex, follow"
	b.Description = b.T("shop.home.description", "market", b.Market.Name(b.Lang()))
	if f.text != "" {
		b.Title = b.T("shop.search.results", "query", f.text)
	}
	d, err := s.searchData(ctx, b, f)
	if err != nil {
		return page, err
	}
	found := d.found
	if f.plain() && (f.text == "" || len(found.Cards) > 0 && !found.Loose) {
		b.Robots = "" // its canonical address is that of the empty search; what finds nothing is anybody's words
	}
	if len(found.Cards) == 0 && !f.narrows() && found.Spurned == 0 {
		err := s.helpSearch(ctx, b, d, &page)
		page.Base = b
		return page, err
	}
	a, err := s.album(ctx, b.Lang(), photoIDs(found.Cards)...)
	if err != nil {
		return page, err
	}
	all := cards(b, a, found.Cards, shelfRow/2)
	page.Cards, page.Related, page.Near = all[:found.Close], all[found.Close:], found.Loose
	if found.Suggestion != "" && i18n.Lower(b.Lang(), found.Suggestion) != i18n.Lower(b.Lang(), f.text) {
		page.Suggest = layout.Link{Href: b.URL(searchFilter{text: found.Suggestion}.path()), Text: found.Suggestion}
	}
	d.narrow(b, &page)
	page.Previous, page.Next = onward(b, found.Around, func(cursor string) string { return f.at(cursor).path() })
	page.Base = b
	return page, nil
}

// helpSearch shows ways on to whoever found nothing or has not asked yet.
func (s *Shop) helpSearch(ctx context.Context, b layout.Base, d searchData, page *pages.SearchPage) error {
	for _, c := range d.tree.leaves() {
		page.Shelves = append(page.Shelves, layout.Link{Href: b.URL("/categories/" + c.Slug), Text: c.Name, Count: d.tree.counts[c.ID]})
	}
	for _, v := range d.goods.Villages {
		page.Villages = append(page.Villages, layout.Link{Href: b.URL("/villages/" + v.Slug), Text: v.Name, Count: v.Count})
	}
	newest, _, err := s.Catalog.Listing(ctx, catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang(), Page: paging.Page{Limit: shelfRow}})
	if err != nil {
		return err
	}
	a, err := s.album(ctx, b.Lang(), photoIDs(newest, d.found.Nearest)...)
	page.Newest, page.Nearest = cards(b, a, newest, 0), cards(b, a, d.found.Nearest, shelfRow)
	return err
}
