package buy

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/buy"
	"awil/templates/layout"
)

// order shows the page of a private link. It only reads: whether an order is
// paid is for the provider's message to say, never for this visit.
func (p *Buy) order(c echo.Context) error {
	page, err := p.orderPage(c)
	if err != nil {
		return err
	}
	b := page.Base
	if own := page.Whole.Market; own != b.Market.Code && slices.ContainsFunc(b.Markets, func(m layout.Market) bool { return m.Code == own }) {
		return web.Redirect(c, "/"+layout.Locale(b.Lang(), own)+"/orders/"+page.Whole.Token)
	}
	secret(c)
	forgetWaiting(c, page)
	if page.Standing == pages.Checking {
		lookAgain(c, b, page.Whole.Token)
	}
	return web.Render(c, http.StatusOK, pages.OrderPage(page))
}

// secret keeps the page's address, which opens it, from other sites and from
// caches. Within the site it is still told, for browsers that prove by it that
// a form is our own.
func secret(c echo.Context) {
	h := c.Response().Header()
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store, private")
}

func (p *Buy) orderPage(c echo.Context) (pages.Order, error) {
	b, ctx := web.Base(c), c.Request().Context()
	token, err := tokenOf(c)
	if err != nil {
		return pages.Order{}, err
	}
	overview, err := p.Checkout.ByToken(ctx, token, b.Lang())
	if err != nil {
		return pages.Order{}, err
	}
	b.Title = b.T("buy.order.name", "label", overview.Label())
	b.Robots, b.Referrer = "noindex, nofollow", "same-origin"
	now := p.Clock()
	page := pages.Order{Base: b, Whole: overview, Now: now, Outbox: p.outbox,
		Standing: pages.StandingOf(overview, pages.Visit{Now: now, Back: c.QueryParam("pay") == "done", Looks: looks(c)})}
	if page.Returns, err = p.Checkout.Returns(ctx, overview.Order); err != nil {
		return page, err
	}
	if page.Pictures, err = p.pictures(ctx, b.Lang(), append(photosOfOrder(overview.Lines), photosOfRequests(page.Requests)...)); err != nil {
		return page, err
	}
	programme, err := p.Markets.Programme(ctx)
	page.Contact = programme.ContactEmail
	return page, err
}

// looks is how often the page has looked by itself whether a payment came.
func looks(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("look"))
	if err != nil {
		return 0
	}
	return min(max(n, 0), pages.MaxLooks)
}

// pauses are the seconds between looks: soon at first, then ever more
// patiently.
var pauses = [pages.MaxLooks]int{2, 3, 4, 6, 10, 15, 20, 30}

// lookAgain makes the browser load the page once more in a while, with or
// without scripts.
func lookAgain(c echo.Context, b layout.Base, token string) {
	n := looks(c)
	next := fmt.Sprintf("%s?pay=done&look=%d", b.URL("/orders/"+token), n+1)
	c.Response().Header().Set("Refresh", fmt.Sprintf("%d; url=%s", pauses[n], next))
}

// payOrder goes to the provider's page, again if need be.
func (p *Buy) payOrder(c echo.Context) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	url, err := p.Checkout.Pay(c.Request().Context(), token)
	if err != nil {
		return p.sayWhy(c, err)
	}
	return web.Redirect(c, url)
}

// cancelOrder ends an order that nobody has paid or packed.
func (p *Buy) cancelOrder(c echo.Context) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	if err := p.Checkout.CancelByBuyer(c.Request().Context(), token); err != nil {
		return p.sayWhy(c, err)
	}
	return web.Done(c, orderURL(c), "buy.order.cancel.done")
}

type receivedForm struct {
	Parcel int64 `form:"parcel"`
}

// received is the buyer saying that a parcel has come.
func (p *Buy) received(c echo.Context) error {
	var form receivedForm
	if err := web.Decode(c, &form); err != nil {
		return errs.E(errs.NotFound, "no such parcel", err)
	}
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	err = p.Checkout.ArrivedForBuyer(c.Request().Context(), token, form.Parcel)
	if errs.KindOf(err) == errs.Conflict && err != nil {
		return web.Redirect(c, orderURL(c)) // it is not on its way: the page shows where it is
	}
	if err != nil {
		return err
	}
	return web.Done(c, orderURL(c), "buy.order.received_done")
}

// sayWhy goes back to the order's page with the reason why something could
// not be done; failures that are none of its buyer's stay failures.
func (p *Buy) sayWhy(c echo.Context, err error) error {
	key := ""
	switch {
	case errors.Is(err, checkout.ErrPaid):
		key = "checkout.conflict.paid"
	case errors.Is(err, checkout.ErrPacked):
		key = "checkout.conflict.packed"
	case errors.Is(err, checkout.ErrOver):
		key = "checkout.conflict.over"
	case errs.KindOf(err) == errs.Unavailable:
		key = "checkout.conflict.provider"
	default:
		return err
	}
	back := orderURL(c)
	web.SetFlash(c, false, key)
	return web.Redirect(c, back)
}

// tokenOf is the token in the address; what cannot be one opens nothing.
func tokenOf(c echo.Context) (string, error) {
	token := c.Param("token")
	for _, r := range token {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return "", errs.E(errs.NotFound, "not the token of an order")
		}
	}
	return token, nil
}

func orderURL(c echo.Context) string { return web.Base(c).URL("/orders/" + c.Param("token")) }
