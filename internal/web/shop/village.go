package shop

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/paging"
	"awil/internal/places"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

func (s *Shop) villages(c echo.Context) error {
	page, err := s.villagesPage(c.Request().Context(), web.Base(c))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Villages(page))
}

func (s *Shop) villagesPage(ctx context.Context, b layout.Base) (pages.VillagesPage, error) {
	list, err := s.Places.Villages(ctx, b.Lang())
	if err != nil {
		return pages.VillagesPage{}, err
	}
	facets, err := s.Catalog.Facets(ctx, catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang()})
	if err != nil {
		return pages.VillagesPage{}, err
	}
	goods := counts(facets.Villages)
	front := inFront(list, goods)
	a, err := s.album(ctx, b.Lang(), heroIDs(front)...)
	if err != nil {
		return pages.VillagesPage{}, err
	}
	page := pages.VillagesPage{Lands: lands(b, a, list, front, goods)}
	page.Crumbs = crumbs(b, layout.Link{Href: b.URL("/villages"), Text: b.T("shop.villages.title")})
	b.Title, b.Description = b.T("shop.villages.title"), b.T("shop.villages.lede")
	b.Schema = []layout.Thing{breadcrumbs(b, page.Crumbs)}
	page.Base = b
	return page, nil
}

func (s *Shop) village(c echo.Context) error {
	b, ctx := web.Base(c), c.Request().Context()
	v, err := s.Places.VillageBySlug(ctx, b.Lang(), c.Param("slug"))
	if err != nil {
		return err
	}
	page, err := s.villagePage(ctx, b, v)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Village(page))
}

// fromVillage is how many of a village's goods its page shows.
const fromVillage = 12

func (s *Shop) villagePage(ctx context.Context, b layout.Base, v places.Village) (pages.VillagePage, error) {
	list, beside, err := s.Catalog.Listing(ctx, catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang(), Village: v.ID,
		Page: paging.Page{Limit: fromVillage}})
	if err != nil {
		return pages.VillagePage{}, err
	}
	makers, err := s.Producers.Active(ctx, b.Lang(), v.ID)
	if err != nil {
		return pages.VillagePage{}, err
	}
	ids := append(photoIDs(list), at(v.HeroPhotoID))
	for _, m := range makers {
		ids = append(ids, at(m.PhotoID))
	}
	a, err := s.album(ctx, b.Lang(), ids...)
	if err != nil {
		return pages.VillagePage{}, err
	}
	page := pages.VillagePage{Place: place(b, a, v, len(list)), District: v.District, Country: b.Country(v.Country), Story: v.Story,
		Cards: cards(b, a, list, 0)}
	for _, m := range makers {
		page.Makers = append(page.Makers, maker(b, a, m, v))
	}
	if beside.Next != "" {
		page.More = layout.Link{Href: b.URL(filter{village: v.Slug, sort: catalog.SortNew}.path()), Text: b.T("shop.product.all_from", "village", v.Name)}
	}
	page.Crumbs = crumbs(b, layout.Link{Href: b.URL("/villages"), Text: b.T("shop.villages.title")},
		layout.Link{Href: b.URL("/villages/" + v.Slug), Text: v.Name})
	b.Title = v.Name
	if v.Region != v.Name {
		b.Title = b.T("shop.place", "village", v.Name, "region", v.Region)
	}
	b.Description = pages.Excerpt(b.T("shop.village.description", "village", v.Name, "summary", v.Summary))
	b.Schema = []layout.Thing{breadcrumbs(b, slices.Clone(page.Crumbs))}
	share(&b, page.Place.Picture)
	page.Base = b
	return page, nil
}
