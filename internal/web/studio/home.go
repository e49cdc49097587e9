package studio

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// onHome is how many parcels the first page shows a picture of.
const onHome = 3

// home is what she sees first.
func (s *Studio) home(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	p, err := s.homePage(c.Request().Context(), web.Lang(c), by)
	if err != nil {
		return err
	}
	p.Frame = frame(c, web.Base(c).T("studio.tab.home"))
	p.Top.Title = p.Producer.Name
	tabs(&p.Base, tabHome, p.Counts)
	return web.Render(c, http.StatusOK, pages.HomePage(p))
}

func (s *Studio) homePage(ctx context.Context, lang i18n.Lang, by catalog.Maker) (p pages.Home, err error) {
	if p.Producer, err = s.Producers.Mine(ctx, lang, by.ProducerID); err != nil {
		return p, err
	}
	if p.Counts, err = s.Orders.JobCounts(ctx, by.ProducerID); err != nil {
		return p, err
	}
	toPack := []orders.ParcelStatus{orders.ParcelToPack}
	if p.Jobs, _, err = s.Orders.Jobs(ctx, by.ProducerID, toPack, paging.Page{Limit: onHome}); err != nil {
		return p, err
	}
	if p.Goods, err = s.Catalog.Studio(ctx, by.ProducerID); err != nil {
		return p, err
	}
	p.Photos, err = s.photosOf(ctx, append(goodPhotos(p.Goods), jobPhotos(p.Jobs)...)...)
	return p, err
}

func goodPhotos(list []catalog.StudioItem) []int64 {
	ids := make([]int64, 0, len(list))
	for _, i := range list {
		ids = append(ids, i.PhotoID)
	}
	return ids
}

func jobPhotos(list []orders.Job) []int64 {
	var ids []int64
	for _, j := range list {
		for _, l := range j.Lines {
			if l.PhotoID != nil {
				ids = append(ids, *l.PhotoID)
			}
		}
	}
	return ids
}
