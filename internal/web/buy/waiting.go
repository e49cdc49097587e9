package buy

import (
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/web"
	pages "awil/templates/buy"
)

// The browser remembers the last order that has to be paid for. Whoever leaves the pay page by the Back button, before
// any letter has come, finds an empty cart: there the order's private link waits for her.
const (
	waitingCookie = "awil_waiting"
	waitingKept   = 3 * 24 * time.Hour
)

// prepaid are the ways of paying before anything is packed.
var prepaid = []markets.Method{markets.Card, markets.Payme, markets.Click, markets.Bank}

// keepWaiting remembers an order to be paid for. The order stands without it.
func (p *Buy) keepWaiting(c echo.Context, method markets.Method, token string) {
	if !slices.Contains(prepaid, method) {
		return
	}
	if err := web.SetSigned(c, waitingCookie, token, waitingKept); err != nil {
		p.lost(c, "order to pay for", err)
	}
}

// waiting returns this browser's order that can still be paid, or nil; what is paid or over is forgotten.
func (p *Buy) waiting(c echo.Context) (*checkout.Overview, error) {
	var token string
	if !web.Signed(c, waitingCookie, &token) {
		return nil, nil
	}
	order, err := p.Checkout.ByToken(c.Request().Context(), token, web.Base(c).Lang())
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return nil, err
	}
	if err != nil || !pages.Waits(order, p.Clock()) {
		web.DropCookie(c, waitingCookie)
		return nil, nil
	}
	return &order, nil
}

// forgetWaiting is for an order whose page no longer asks for money, be it only because a payment is being looked for.
func forgetWaiting(c echo.Context, order pages.Order) {
	var token string
	if !order.Standing.AsksToPay() && web.Signed(c, waitingCookie, &token) && token == order.Whole.Token {
		web.DropCookie(c, waitingCookie)
	}
}

// lost reports what a page can do without.
func (p *Buy) lost(c echo.Context, what string, err error) {
	p.Log.WarnContext(c.Request().Context(), what+" lost", "error", err, "request_id", web.RequestID(c))
}
