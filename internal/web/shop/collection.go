package shop

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

func (s *Shop) collection(c echo.Context) error {
	page, err := s.collectionPage(c.Request().Context(), web.Base(c), c.Param("slug"))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Collection(page))
}

func (s *Shop) collectionPage(ctx context.Context, b layout.Base, slug string) (pages.CollectionPage, error) {
	col, list, err := s.Curation.CollectionBySlug(ctx, b.Market.Code, b.Lang(), slug)
	if err != nil {
		return pages.CollectionPage{}, err
	}
	a, err := s.album(ctx, b.Lang(), photoIDs(list)...)
	if err != nil {
		return pages.CollectionPage{}, err
	}
	page := pages.CollectionPage{Title: textOf(col.Name, col.NameLang), Summary: textOf(col.Summary, col.SummaryLang), Cards: cards(b, a, list, shelfRow/2)}
	page.Crumbs = crumbs(b, layout.Link{Href: b.URL("/collections/" + col.Slug), Text: col.Name})
	b.Title, b.Description = col.Name, pages.Excerpt(col.Summary)
	b.Schema = []layout.Thing{breadcrumbs(b, page.Crumbs)}
	if len(list) > 0 {
		share(&b, a.picture(list[0].PhotoID, list[0].Name))
	}
	page.Base = b
	return page, nil
}
