package desk

import (
	"github.com/labstack/echo/v4"

	"awil/internal/ledger"
	"awil/internal/payments"
	"awil/internal/web"
	pages "awil/templates/desk"
)

type sentForm struct {
	Order int64       `form:"order"`
	Till  ledger.Till `form:"till" max:"10"`
	Proof string      `form:"proof" max:"500"`
}

// refundSent says that money has been sent by hand.
func (d *Desk) refundSent(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	refund, err := d.Payments.RefundByID(c.Request().Context(), id)
	if err != nil {
		return err
	}
	var form sentForm
	if err = web.Decode(c, &form); err == nil {
		err = d.Checkout.RefundSentByHand(c.Request().Context(), by(c), id, form.Till, form.Proof)
	}
	typed := pages.SentTyped{RefundID: id, Till: string(form.Till), Proof: form.Proof}
	return d.refundSaid(c, refund, said{onOrder: form.Order == refund.OrderID, view: pages.RefundsByHand, typed: typed,
		over: "refunds.sent.before", done: "refunds.sent.done"}, err)
}

// refundUndone says that money was not sent by hand as it had been said.
func (d *Desk) refundUndone(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	refund, err := d.Payments.RefundByID(c.Request().Context(), id)
	if err != nil {
		return err
	}
	var form struct {
		Order int64  `form:"order"`
		Undo  string `form:"undo" max:"500"`
	}
	if err = web.Decode(c, &form); err == nil {
		err = d.Checkout.TakeBackRefundSent(c.Request().Context(), by(c), id, form.Undo)
	}
	return d.refundSaid(c, refund, said{onOrder: form.Order == refund.OrderID, view: pages.RefundsSent, typed: pages.SentTyped{RefundID: id, Undo: form.Undo},
		over: "refunds.undo.over", done: "refunds.undo.done"}, err)
}

// said is what was said of a refund and where: in one of the lists, or on the
// page of its order.
type said struct {
	onOrder    bool
	view       pages.RefundsView
	typed      pages.SentTyped
	over, done string // what to answer when it is too late, and when it is done
}

// refundSaid answers with the page it was said on.
func (d *Desk) refundSaid(c echo.Context, refund payments.Refund, s said, err error) error {
	back := refundsPath + "?view=" + string(s.view)
	if s.onOrder {
		back = ordersPath + "/" + decimal(refund.OrderID)
	}
	switch problems := web.Problems(err); {
	case problems != nil && s.onOrder:
		return d.showOrderOf(c, refund.OrderID, pages.OrderTyped{Sent: s.typed}, problems)
	case problems != nil:
		return d.showRefunds(c, s.view, s.typed, problems)
	case conflict(err):
		return moved(c, back, s.over)
	case err != nil:
		return err
	}
	return web.Done(c, back, s.done)
}
