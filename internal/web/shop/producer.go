package shop

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/paging"
	"awil/internal/producers"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

func (s *Shop) producer(c echo.Context) error {
	b, ctx := web.Base(c), c.Request().Context()
	p, err := s.Producers.BySlug(ctx, b.Lang(), c.Param("slug"))
	if err != nil {
		return err
	}
	if p.Slug() != c.Param("slug") {
		return moved(c, b, "/producers/"+p.Slug())
	}
	after := c.QueryParam("after")
	page, err := s.producerPage(ctx, b, p, after)
	if errs.KindOf(err) == errs.Invalid && after != "" {
		return web.Redirect(c, b.URL("/producers/"+p.Slug()))
	}
	if err != nil {
		return err
	}
	if page.Previous == "" && leadsBack(after) {
		return web.Redirect(c, b.URL("/producers/"+p.Slug()))
	}
	return web.Render(c, http.StatusOK, pages.Producer(page))
}

func (s *Shop) producerPage(ctx context.Context, b layout.Base, p producers.Producer, after string) (pages.ProducerPage, error) {
	villages, err := s.Places.VillagesByID(ctx, b.Lang(), p.VillageID)
	if err != nil {
		return pages.ProducerPage{}, err
	}
	village := villages[p.VillageID]
	list, beside, err := s.Catalog.Listing(ctx, catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang(), Producer: p.ID,
		Page: paging.Either(after, perPage)})
	if err != nil {
		return pages.ProducerPage{}, err
	}
	a, err := s.album(ctx, b.Lang(), append(photoIDs(list), at(p.PhotoID))...)
	if err != nil {
		return pages.ProducerPage{}, err
	}
	here := "/producers/" + p.Slug()
	page := pages.ProducerPage{Maker: maker(b, a, p, village), Latitude: village.Latitude, Longitude: village.Longitude, Cards: cards(b, a, list, 0)}
	if after != "" {
		b.Robots = "noindex, follow"
	}
	page.Previous, page.Next = onward(b, beside, func(cursor string) string { return here + "?after=" + url.QueryEscape(cursor) })
	page.Crumbs = crumbs(b, layout.Link{Href: b.URL("/villages"), Text: b.T("shop.villages.title")},
		layout.Link{Href: b.URL("/villages/" + p.VillageSlug), Text: p.VillageName}, layout.Link{Href: b.URL(here), Text: p.Name})
	b.Title = p.Name
	b.Description = pages.Excerpt(b.T("shop.producer.description", "producer", p.Name, "village", p.VillageName, "words", p.Words))
	b.Schema = []layout.Thing{layout.Organization{Name: p.Name, URL: b.Absolute(b.URL(here)), Description: pages.Excerpt(p.Story)},
		breadcrumbs(b, page.Crumbs)}
	share(&b, page.Maker.Picture)
	page.Base = b
	return page, nil
}
