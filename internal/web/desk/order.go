package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/web"
	pages "awil/templates/desk"
)

func (d *Desk) order(c echo.Context) error { return d.showOrder(c, pages.OrderTyped{}, nil) }

// showOrder shows an order, with what was filled in and what needs another look.
func (d *Desk) showOrder(c echo.Context, typed pages.OrderTyped, problems *errs.Fields) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	return d.showOrderOf(c, id, typed, problems)
}

func (d *Desk) showOrderOf(c echo.Context, id int64, typed pages.OrderTyped, problems *errs.Fields) error {
	p, err := d.page(c, "desk.orders.title", ordersPath)
	if err != nil {
		return err
	}
	view := pages.OrderPage{Page: p, OrderTyped: typed}
	if err := d.fillOrder(c.Request().Context(), &view, id); err != nil {
		return err
	}
	view.MayReceive = web.Viewer(c).Roles.Has(accounts.RoleFinance)
	view.Title, view.Problems, view.Path = view.Order.Label(), problems, ordersPath+"/"+decimal(id)
	return web.Render(c, web.FormStatus(problems), pages.Order(view))
}

func (d *Desk) fillOrder(ctx context.Context, view *pages.OrderPage, id int64) (err error) {
	if view.Order, err = d.Checkout.ByID(ctx, id, view.Lang()); err != nil {
		return err
	}
	if view.Returns, err = d.Checkout.Returns(ctx, view.Order.Order); err != nil {
		return err
	}
	if view.Goods, err = d.goodsOf(ctx, view.Order.Whole, view.Lang()); err != nil {
		return err
	}
	if view.Disputes, err = d.Payments.DisputesOfOrder(ctx, id); err != nil {
		return err
	}
	view.MayCancel = cancellable(view.Order)
	all, err := d.Markets.Every(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Code == view.Order.Market {
			view.Market = m
		}
	}
	return nil
}

// goodsOf names what an order sold in the viewer's language.
func (d *Desk) goodsOf(ctx context.Context, o orders.Whole, lang i18n.Lang) (g pages.Goods, err error) {
	products, variants := make([]int64, len(o.Lines)), make([]int64, len(o.Lines))
	for i, l := range o.Lines {
		products[i], variants[i] = l.ProductID, l.VariantID
	}
	g.Buyer = o.Lang
	if g.Names, err = d.Catalog.Names(ctx, lang, products); err != nil {
		return g, err
	}
	g.Labels, err = d.Catalog.Labels(ctx, lang, variants)
	return g, err
}

// cancellable says whether cancelling is worth offering; what has changed meanwhile the checkout refuses.
func cancellable(o checkout.Overview) bool {
	packed := slices.ContainsFunc(o.Parcels, func(p orders.Parcel) bool {
		return p.Status != orders.ParcelWaiting && p.Status != orders.ParcelToPack && p.Status != orders.ParcelCancelled
	})
	return o.Status == orders.Placed && o.PaidAt == nil && !packed
}

func orderAt(c echo.Context) string { return ordersPath + "/" + c.Param("id") }

type receivedForm struct {
	Amount string `form:"amount" max:"30"`
}

// received books a bank transfer of the sum that stands on the bank's statement.
func (d *Desk) received(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	o, err := d.Orders.ByID(ctx, id, web.Lang(c))
	if err != nil {
		return err
	}
	if o.PaymentMethod != markets.Bank {
		return moved(c, orderAt(c), "desk.orders.not_by_transfer")
	}
	var form receivedForm
	if err := web.Decode(c, &form); err != nil && web.Problems(err) == nil {
		return err
	}
	amount, problems := amountTyped(form.Amount, o.Currency)
	if problems != nil {
		return d.showOrder(c, pages.OrderTyped{Amount: form.Amount}, problems)
	}
	result, err := d.Checkout.BankReceived(ctx, by(c), id, amount)
	if errors.Is(err, checkout.ErrAmount) {
		problems = &errs.Fields{}
		problems.Add("amount", "desk.orders.amount_differs", "total", o.Total(), "amount", amount)
		return d.showOrder(c, pages.OrderTyped{Amount: form.Amount}, problems)
	}
	if err != nil {
		return err
	}
	switch result {
	case checkout.ResultRefundDue:
		return moved(c, orderAt(c), "desk.orders.received_late")
	case checkout.ResultAlready:
		return moved(c, orderAt(c), "desk.orders.received_before")
	}
	return web.Done(c, orderAt(c), "desk.orders.is_received")
}

// amountTyped reads a sum of money, or says what is wrong with it.
func amountTyped(text string, currency money.Currency) (money.Amount, *errs.Fields) {
	problems := &errs.Fields{}
	if text == "" {
		problems.Add("amount", "errors.required")
		return money.Amount{}, problems
	}
	amount, err := money.Parse(text, currency)
	if err != nil {
		problems.Add("amount", priceProblem(err))
		return money.Amount{}, problems
	}
	return amount, nil
}

// parcelOf is a parcel of an order; one of another order is a 404.
func (d *Desk) parcelOf(c echo.Context) (orders.Whole, int64, error) {
	id, err := number(c, "id")
	if err != nil {
		return orders.Whole{}, 0, err
	}
	parcel, err := number(c, "parcel")
	if err != nil {
		return orders.Whole{}, 0, err
	}
	o, err := d.Orders.ByID(c.Request().Context(), id, web.Lang(c))
	if err != nil {
		return orders.Whole{}, 0, err
	}
	if !slices.ContainsFunc(o.Parcels, func(p orders.Parcel) bool { return p.ID == parcel }) {
		return orders.Whole{}, 0, errs.E(errs.NotFound, "the parcel is of another order")
	}
	return o, parcel, nil
}

// delivered says that a parcel of this order has come.
func (d *Desk) delivered(c echo.Context) error {
	_, parcel, err := d.parcelOf(c)
	if err != nil {
		return err
	}
	err = d.Checkout.ArrivedForStaff(c.Request().Context(), by(c), parcel)
	if conflict(err) {
		return moved(c, orderAt(c), "desk.orders.not_delivered")
	}
	if err != nil {
		return err
	}
	return web.Done(c, orderAt(c), "desk.orders.is_delivered")
}

type cashForm struct {
	Collector ledger.Collector `form:"collector" max:"20"`
}

// cash says who took the cash for a parcel.
func (d *Desk) cash(c echo.Context) error {
	o, parcel, err := d.parcelOf(c)
	if err != nil {
		return err
	}
	var form cashForm
	if err := web.Decode(c, &form); err != nil {
		return err
	}
	switch {
	case o.PaymentMethod != markets.COD:
		return moved(c, orderAt(c), "desk.orders.not_in_cash")
	case !slices.Contains(pages.Collectors, form.Collector):
		return moved(c, orderAt(c), "desk.orders.cash_whose")
	}
	result, err := d.Checkout.CashCollected(c.Request().Context(), by(c), parcel, form.Collector)
	switch {
	case conflict(err):
		return moved(c, orderAt(c), "desk.orders.cash_early")
	case err != nil:
		return err
	case result == checkout.ResultAlready:
		return moved(c, orderAt(c), "desk.orders.received_before")
	}
	return web.Done(c, orderAt(c), "desk.orders.is_cash")
}

type returnedForm struct {
	Restock string `form:"restock" max:"3"`
}

// returned says that a parcel came back.
func (d *Desk) returned(c echo.Context) error {
	_, parcel, err := d.parcelOf(c)
	if err != nil {
		return err
	}
	var form returnedForm
	if err := web.Decode(c, &form); err != nil {
		return err
	}
	err = d.Checkout.ReturnedForStaff(c.Request().Context(), by(c), parcel, form.Restock != "")
	if conflict(err) {
		return moved(c, orderAt(c), "desk.orders.not_returned")
	}
	if err != nil {
		return err
	}
	return web.Done(c, orderAt(c), "desk.orders.is_returned")
}

type cancelForm struct {
	Reason string `form:"reason" max:"500"`
}

func (d *Desk) cancel(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form cancelForm
	err = web.Decode(c, &form)
	if err == nil && form.Reason == "" {
		var f errs.Fields
		f.Add("reason", "errors.required")
		err = f.Err()
	}
	if problems := web.Problems(err); problems != nil {
		return d.showOrder(c, pages.OrderTyped{Reason: form.Reason}, problems)
	}
	if err != nil {
		return err
	}
	err = d.Checkout.CancelByStaff(c.Request().Context(), by(c), id, form.Reason)
	if key := whyNotCancelled(err); key != "" {
		return moved(c, orderAt(c), key)
	}
	if err != nil {
		return err
	}
	return web.Done(c, orderAt(c), "desk.orders.is_cancelled")
}

func whyNotCancelled(err error) string {
	switch {
	case errors.Is(err, checkout.ErrPaid):
		return "desk.orders.paid_already"
	case errors.Is(err, checkout.ErrPacked):
		return "desk.orders.packed_already"
	case conflict(err):
		return "desk.orders.over_already"
	case err != nil && errs.KindOf(err) == errs.Unavailable:
		return "desk.orders.ask_again"
	}
	return ""
}
