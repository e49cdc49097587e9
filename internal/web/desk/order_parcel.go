package desk

import (
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/web"
	pages "awil/templates/desk"
)

type correctForm struct {
	Collector ledger.Collector `form:"collector" max:"20"`
	Reason    string           `form:"reason" max:"500"`
}

// correctCash says that somebody else has the cash for a parcel.
func (d *Desk) correctCash(c echo.Context) error {
	_, parcel, err := d.parcelOf(c)
	if err != nil {
		return err
	}
	var form correctForm
	if err := web.Decode(c, &form); err != nil {
		return d.askWhy(c, parcel, form.Reason, err)
	}
	if !slices.Contains(pages.Collectors, form.Collector) {
		return moved(c, orderAt(c), "desk.orders.cash_whose")
	}
	err = d.Checkout.CorrectCash(c.Request().Context(), by(c), parcel, form.Collector, form.Reason)
	if conflict(err) {
		return moved(c, orderAt(c), "desk.orders.cash_early")
	}
	if err != nil {
		return d.askWhy(c, parcel, form.Reason, err)
	}
	return web.Done(c, orderAt(c), "desk.orders.is_corrected")
}

// askWhy shows the order again with what is wrong with the reason given for
// something done with a parcel; another error is returned as it is.
func (d *Desk) askWhy(c echo.Context, parcel int64, reason string, err error) error {
	if problems := web.Problems(err); problems != nil {
		return d.showOrder(c, pages.OrderTyped{Reason: reason, Parcel: parcel}, problems)
	}
	return err
}

// cancelParcel ends a parcel that nobody will send.
func (d *Desk) cancelParcel(c echo.Context) error {
	_, parcel, err := d.parcelOf(c)
	if err != nil {
		return err
	}
	var form cancelForm
	if err := web.Decode(c, &form); err != nil {
		return d.askWhy(c, parcel, form.Reason, err)
	}
	err = d.Checkout.CancelParcelByStaff(c.Request().Context(), by(c), parcel, form.Reason)
	switch {
	case errors.Is(err, checkout.ErrPacked):
		return moved(c, orderAt(c), "desk.orders.packed_already")
	case web.Problems(err) != nil:
		return d.askWhy(c, parcel, form.Reason, err)
	case errs.KindOf(err) == errs.Invalid:
		return moved(c, orderAt(c), "desk.orders.not_dropped")
	case err != nil:
		return err
	}
	return web.Done(c, orderAt(c), "desk.orders.is_dropped")
}
