package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const ordersPath = "/desk/orders"

func (d *Desk) registerOrders(desk web.Routes) {
	desk.GET("/orders", web.Staff, d.orders)
	desk.GET("/orders.csv", web.Staff, d.ordersFile)
	desk.GET("/orders/:id", web.Staff, d.order)
	desk.POST("/orders/:id/received", web.Finance, d.received)
	desk.POST("/orders/:id/parcels/:parcel/delivered", web.Staff, d.delivered)
	desk.POST("/orders/:id/parcels/:parcel/cash", web.Finance, d.cash)
	desk.POST("/orders/:id/parcels/:parcel/cash/correct", web.Finance, d.correctCash)
	desk.POST("/orders/:id/parcels/:parcel/cancel", web.Staff, d.cancelParcel)
	desk.POST("/orders/:id/parcels/:parcel/returned", web.Staff, d.returned)
	desk.POST("/orders/:id/cancel", web.Staff, d.cancel)
	d.registerRefunds(desk)
}

// ordersForm are the filters of the list.
type ordersForm struct {
	Text   string         `form:"q" max:"100"`
	Status orders.Status  `form:"status" max:"20"`
	Market string         `form:"market" max:"2"`
	Method markets.Method `form:"method" max:"10"`
	Refund string         `form:"refund" max:"5"`
}

func (f ordersForm) filter() orders.Filter {
	o := orders.Filter{Market: f.Market, Method: f.Method, RefundDue: f.Refund == "due", Search: f.Text}
	if slices.Contains(orders.Statuses, f.Status) {
		o.Statuses = []orders.Status{f.Status}
	}
	return o
}

func (d *Desk) orders(c echo.Context) error {
	p, err := d.page(c, "desk.orders.title", ordersPath)
	if err != nil {
		return err
	}
	var form ordersForm
	if err := filters(c, &form); err != nil {
		return err
	}
	view := pages.OrdersPage{Page: p, Text: form.Text, Status: form.Status, Market: form.Market, Method: form.Method, RefundDue: form.Refund == "due"}
	if err := d.fillOrders(c.Request().Context(), &view, form.filter(), pageOf(c)); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Orders(view))
}

func (d *Desk) fillOrders(ctx context.Context, view *pages.OrdersPage, f orders.Filter, page paging.Page) (err error) {
	if view.Markets, err = d.Markets.Every(ctx); err != nil {
		return err
	}
	if view.Counts, err = d.Orders.Counts(ctx); err != nil {
		return err
	}
	view.Entries, view.Next, err = d.Orders.Desk(ctx, f, page)
	return err
}

func (d *Desk) ordersFile(c echo.Context) error {
	var form ordersForm
	if err := filters(c, &form); err != nil {
		return err
	}
	b := web.Base(c)
	head := []string{"id", b.T("desk.col.order"), b.T("desk.col.reference"), b.T("desk.col.buyer"), b.T("desk.col.email"), b.T("desk.col.country"),
		b.T("desk.col.city"), b.T("desk.col.market"), b.T("desk.col.method"), b.T("desk.col.state"), b.T("desk.col.parcels"),
		b.T("desk.col.total"), b.T("desk.col.currency"), b.T("desk.col.placed"), b.T("desk.col.paid")}
	rows := func(ctx context.Context, page paging.Page) ([]orders.Entry, string, error) {
		return d.Orders.Desk(ctx, form.filter(), page)
	}
	return sendTable(c, "orders", head, rows, func(e orders.Entry) []string {
		return []string{decimal(e.ID), e.Label(), e.Reference, e.Name, e.Email, e.Country, e.City, listed([]string{e.Market}),
			b.T("desk.method." + string(e.PaymentMethod)), b.T("desk.order." + string(e.Status)), strconv.Itoa(e.Parcels),
			e.Total().Decimal(), string(e.Currency), d.stamp(e.PlacedAt), d.stampOr(e.PaidAt)}
	})
}
