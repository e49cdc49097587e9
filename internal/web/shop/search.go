package shop

import (
	"context"
	"net/http"
	"net/url"
	"strings"

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

// longestQuery is how much of what somebody types is looked for, in characters,
// as the field allows.
const longestQuery = 100

func queryOf(c echo.Context) string {
	text := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(c.QueryParam("q"), "")), " "))
	return string(text[:min(len(text), longestQuery)])
}

func (s *Shop) search(c echo.Context) error {
	b, text, after := web.Base(c), queryOf(c), c.QueryParam("after")
	page, err := s.searchPage(c.Request().Context(), b, text, after)
	if errs.KindOf(err) == errs.Invalid && after != "" {
		return web.Redirect(c, b.URL(searchPath(text, "")))
	}
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Search(page))
}

func searchPath(text, after string) string {
	q := url.Values{"q": {text}}
	if after != "" {
		q.Set("after", after)
	}
	return "/search?" + q.Encode()
}

func (s *Shop) searchPage(ctx context.Context, b layout.Base, text, after string) (pages.SearchPage, error) {
	page := pages.SearchPage{Query: text}
	b.Title, b.Robots = b.T("shop.search.page"), "noindex, follow"
	if text != "" {
		b.Title = b.T("shop.search.results", "query", text)
	}
	found, err := s.Search.Query(ctx, search.Query{Market: b.Market.Code, Lang: b.Lang(), Text: text, Page: paging.Parse(after, "", perPage, mostPage)})
	if err != nil {
		return page, err
	}
	if len(found.Cards) == 0 {
		if err := s.helpSearch(ctx, b, &page); err != nil {
			return page, err
		}
		page.Base = b
		return page, nil
	}
	a, err := s.album(ctx, b.Lang(), photoIDs(found.Cards)...)
	if err != nil {
		return page, err
	}
	page.Cards, page.Near = cards(b, a, found.Cards, shelfRow/2), found.Loose
	if found.Suggestion != "" && i18n.Lower(b.Lang(), found.Suggestion) != i18n.Lower(b.Lang(), text) {
		page.Suggest = layout.Link{Href: b.URL(searchPath(found.Suggestion, "")), Text: found.Suggestion}
	}
	if after != "" {
		page.First = b.URL(searchPath(text, ""))
	}
	if found.Next != "" {
		page.Next = b.URL(searchPath(text, found.Next))
	}
	page.Base = b
	return page, nil
}

// helpSearch shows ways on to whoever found nothing or has not asked yet.
func (s *Shop) helpSearch(ctx context.Context, b layout.Base, page *pages.SearchPage) error {
	categories, err := s.Catalog.Categories(ctx, b.Lang())
	if err != nil {
		return err
	}
	q := catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang(), Page: paging.Page{Limit: shelfRow}}
	facets, err := s.Catalog.Facets(ctx, q)
	if err != nil {
		return err
	}
	tree := newShelves(categories, facets.Categories)
	for _, c := range categories {
		if tree.counts[c.ID] > 0 && (c.ParentID != nil || len(tree.inside(&c)) == 0) {
			page.Shelves = append(page.Shelves, layout.Link{Href: b.URL("/categories/" + c.Slug), Text: c.Name, Count: tree.counts[c.ID]})
		}
	}
	for _, v := range facets.Villages {
		page.Villages = append(page.Villages, layout.Link{Href: b.URL("/villages/" + v.Slug), Text: v.Name, Count: v.Count})
	}
	newest, _, err := s.Catalog.Listing(ctx, q)
	if err != nil {
		return err
	}
	a, err := s.album(ctx, b.Lang(), photoIDs(newest)...)
	page.Newest = cards(b, a, newest, 0)
	return err
}

// suggestions is how many names are offered while somebody types.
const suggestions = 6

// suggest answers the script of the search field with names.
func (s *Shop) suggest(c echo.Context) error {
	b, text := web.Base(c), queryOf(c)
	names := []string{}
	if text != "" {
		found, err := s.Search.Query(c.Request().Context(), search.Query{Market: b.Market.Code, Lang: b.Lang(), Text: text, Page: paging.Page{Limit: suggestions}})
		if err != nil {
			return err
		}
		for _, card := range found.Cards {
			names = append(names, card.Name)
		}
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=60")
	return c.JSON(http.StatusOK, names)
}
