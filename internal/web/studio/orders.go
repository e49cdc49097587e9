package studio

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/web"
	pages "awil/templates/studio"
)

func (s *Studio) orderRoutes(r web.Routes) {
	r.GET("/orders", web.Producer, s.orders)
	r.GET("/orders/done", web.Producer, s.done)
	r.GET("/orders/:parcel", web.Producer, s.parcel)
	r.GET("/orders/:parcel/slip", web.Producer, s.slip)
	r.POST("/orders/:parcel/packed", web.Producer, s.packed)
	r.POST("/orders/:parcel/shipped", web.Producer, s.shipped)
	r.POST("/orders/:parcel/cash", web.Producer, s.hasCash)
}

// openJobs is how many parcels of each kind the first page of orders holds;
// more than that nobody packs in a day, and the oldest come first.
const (
	openJobs = 50
	pastJobs = 24
)

// orders lists what is to be packed, to be sent and on its way.
func (s *Studio) orders(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	p, err := s.openOrders(c.Request().Context(), web.Lang(c), by)
	if err != nil {
		return err
	}
	if p.Frame, err = s.tabbed(c, by, web.Base(c).T("studio.orders.title"), tabOrders); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.OrdersPage(p))
}

func (s *Studio) openOrders(ctx context.Context, lang i18n.Lang, by catalog.Maker) (p pages.Orders, err error) {
	producer, err := s.Producers.ByID(ctx, lang, by.ProducerID)
	if err != nil {
		return p, err
	}
	p.Zone = zone(producer.Country)
	var all []orders.Job
	for status, list := range map[orders.ParcelStatus]*[]orders.Job{
		orders.ParcelToPack: &p.ToPack, orders.ParcelPacked: &p.Packed, orders.ParcelShipped: &p.Shipped,
	} {
		*list, _, err = s.Orders.Jobs(ctx, by.ProducerID, []orders.ParcelStatus{status}, paging.Page{Limit: openJobs})
		if err != nil {
			return p, err
		}
		all = append(all, *list...)
	}
	past, _, err := s.Orders.PastJobs(ctx, by.ProducerID, paging.Page{Limit: 1})
	if err != nil {
		return p, err
	}
	p.Past = len(past) > 0
	p.Photos, err = s.photosOf(ctx, jobPhotos(all)...)
	return p, err
}

// done lists what has left her hands.
func (s *Studio) done(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	producer, err := s.Producers.ByID(ctx, web.Lang(c), by.ProducerID)
	if err != nil {
		return err
	}
	p := pages.Done{Zone: zone(producer.Country)}
	var next string
	p.Jobs, next, err = s.Orders.PastJobs(ctx, by.ProducerID, paging.Page{After: c.QueryParam("after"), Limit: pastJobs})
	if err != nil {
		return err
	}
	if next != "" {
		p.Next = "/studio/orders/done?" + url.Values{"after": {next}}.Encode()
	}
	if p.Photos, err = s.photosOf(ctx, jobPhotos(p.Jobs)...); err != nil {
		return err
	}
	if p.Frame, err = s.tabbed(c, by, web.Base(c).T("studio.orders.done"), tabOrders); err != nil {
		return err
	}
	p.Top.Back, p.Top.BackLabel = "/studio/orders", p.T("studio.orders.title")
	return web.Render(c, http.StatusOK, pages.DonePage(p))
}
