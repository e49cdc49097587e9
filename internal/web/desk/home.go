package desk

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// homeRows is how much of each list the first page shows.
const homeRows = 8

func (d *Desk) home(c echo.Context) error {
	p, err := d.page(c, "desk.home.title", "/desk")
	if err != nil {
		return err
	}
	view := pages.HomePage{Page: p}
	if err := d.fillHome(c.Request().Context(), &view); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Home(view))
}

func (d *Desk) fillHome(ctx context.Context, view *pages.HomePage) (err error) {
	few := paging.Page{Limit: homeRows}
	if view.States, err = d.Catalog.StateCounts(ctx); err != nil {
		return err
	}
	if view.Waiting, _, err = d.Catalog.Queue(ctx, view.Lang(), few); err != nil {
		return err
	}
	transfers := orders.Filter{Statuses: []orders.Status{orders.Placed}, Method: markets.Bank}
	if view.Transfers, _, err = d.Orders.Desk(ctx, transfers, few); err != nil {
		return err
	}
	if view.Refunds, _, err = d.Orders.Desk(ctx, orders.Filter{RefundDue: true}, few); err != nil {
		return err
	}
	if view.Viewer.Finance {
		if view.Open, err = d.Reconcile.Open(ctx); err != nil {
			return err
		}
	}
	view.Late, err = d.Orders.LateParcels(ctx, view.Lang(), homeRows)
	return err
}
