package buy

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/cart"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/buy"
)

func (p *Buy) cart(c echo.Context) error { return p.showCart(c, http.StatusOK, "") }

// showCart draws the cart; note says what just went wrong, if anything did.
func (p *Buy) showCart(c echo.Context, status int, note string) error {
	page, err := p.cartPage(c, note)
	if err != nil {
		return err
	}
	if page.Cart.Empty() && cartToken(c) != "" {
		web.DropCookie(c, cartCookie)
	}
	web.SetCartCount(c, page.Cart.Count())
	return web.Render(c, status, pages.CartPage(page))
}

func (p *Buy) cartPage(c echo.Context, note string) (pages.Cart, error) {
	b, ctx := web.Base(c), c.Request().Context()
	b.Title = b.T("buy.cart.title")
	page := pages.Cart{Base: b, Note: note, Now: p.Clock()}
	var err error
	if page.Cart, err = p.Cart.Get(ctx, cartToken(c), b.Market.Code, b.Lang()); err != nil {
		return page, err
	}
	if len(page.Cart.Here()) == 0 {
		if page.Waiting, err = p.waiting(c); err != nil {
			return page, err
		}
	}
	if page.Cart.Empty() && page.Waiting == nil { // as a search engine sees it: anybody's
		page.Robots, page.Description = "", page.T("common.about")
	}
	page.Stale = page.Cart.Empty() && page.Waiting == nil && hadThings(c)
	if page.Goods, err = page.Cart.Goods(b.Market.Currency); err != nil {
		return page, err
	}
	if page.Pictures, err = p.pictures(ctx, b.Lang(), photosOfCart(page.Cart.Lines)); err != nil {
		return page, err
	}
	return page, p.leastDelivery(ctx, &page)
}

// leastDelivery finds what sending costs at least.
func (p *Buy) leastDelivery(ctx context.Context, page *pages.Cart) error {
	form, err := p.Checkout.FormOf(ctx, page.Cart, page.Lang())
	if errors.Is(err, checkout.ErrEmpty) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, q := range form.Quotes {
		if page.Delivery == nil || q.Total.Minor < page.Delivery.Minor {
			page.Delivery = &q.Total
		}
	}
	return nil
}

type lineForm struct {
	Variant  int64 `form:"variant"`
	Quantity int   `form:"quantity"`
}

// addLine puts something in the cart. A script that says it wants JSON gets
// the new number and a sentence; everybody else sees the cart.
func (p *Buy) addLine(c echo.Context) error {
	form := lineForm{Quantity: 1}
	err := web.Decode(c, &form)
	b := web.Base(c)
	var added cart.Added
	if err == nil {
		added, err = p.Cart.Add(c.Request().Context(), cartToken(c), b.Market.Code, form.Variant, form.Quantity)
	}
	if err != nil {
		return p.notAdded(c, err)
	}
	if err := web.SetSigned(c, cartCookie, added.Token, cartKept); err != nil {
		return err
	}
	web.SetCartCount(c, added.Count)
	s := sentence{"buy.cart.added", []any{"name", p.nameOf(c, form.Variant)}}
	if added.Capped {
		s = sentence{"checkout.conflict.capped", []any{"n", added.Quantity}}
	}
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, reply{Count: added.Count, Text: b.T(s.key, s.args...), URL: b.URL("/cart"), Go: b.T("buy.drawer.go"), Close: b.T("buy.drawer.close")})
	}
	web.SetFlash(c, !added.Capped, s.key, s.args...)
	return web.Redirect(c, b.URL("/cart"))
}

// sentence is a message to be said, now or on the next page.
type sentence struct {
	key  string
	args []any
}

// reply is what a script is told about the cart.
type reply struct {
	Count int    `json:"count"`
	Text  string `json:"text"`
	URL   string `json:"url"`   // of the cart
	Go    string `json:"go"`    // words of the link there
	Close string `json:"close"` // words of the button that closes the note
}

func wantsJSON(c echo.Context) bool {
	return c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON
}

// nameOf is the name of something in the cart; the cart's page says it again,
// so that a failure here need not be one of the whole.
func (p *Buy) nameOf(c echo.Context, variant int64) string {
	name, err := p.Cart.NameOf(c.Request().Context(), variant, web.Lang(c))
	if err != nil {
		p.lost(c, "name of what was added", err)
	}
	return name
}

// notAdded says why something did not go into the cart, on the cart's page.
func (p *Buy) notAdded(c echo.Context, err error) error {
	b := web.Base(c)
	note, status := "", http.StatusConflict
	problems := web.Problems(err)
	switch {
	case problems != nil:
		first := problems.All()[0]
		note, status = b.T(first.Key, first.Args...), http.StatusUnprocessableEntity
	case errors.Is(err, cart.ErrSoldOut):
		note = b.T("buy.cart.cannot.sold_out")
	case errors.Is(err, cart.ErrNotSold):
		note = b.T("buy.cart.cannot.not_sold", "market", b.Market.Name(b.Lang()))
	case errors.Is(err, cart.ErrFull):
		note = b.T("checkout.conflict.full")
	default:
		return err
	}
	if wantsJSON(c) {
		return c.JSON(status, reply{Text: note, URL: b.URL("/cart"), Go: b.T("buy.drawer.go"), Close: b.T("buy.drawer.close")})
	}
	return p.showCart(c, status, note)
}

// changeLine sets how many of a line are wanted.
func (p *Buy) changeLine(c echo.Context) error {
	variant, err := variantOf(c)
	if err != nil {
		return err
	}
	var form lineForm
	err = web.Decode(c, &form)
	b, token := web.Base(c), cartToken(c)
	var set cart.Added
	if err == nil {
		set, err = p.Cart.SetQuantity(c.Request().Context(), token, b.Market.Code, variant, form.Quantity)
	}
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return web.Redirect(c, b.URL("/cart")) // changed in another window: the page shows how it is
	}
	if err != nil {
		return p.notAdded(c, err)
	}
	p.countCart(c, token)
	if set.Capped {
		web.SetFlash(c, false, "checkout.conflict.capped", "n", set.Quantity)
		return web.Redirect(c, b.URL("/cart"))
	}
	return web.Done(c, b.URL("/cart"), "buy.cart.changed")
}

// removeLine takes a line out.
func (p *Buy) removeLine(c echo.Context) error {
	variant, err := variantOf(c)
	if err != nil {
		return err
	}
	if err := p.Cart.Remove(c.Request().Context(), cartToken(c), variant); err != nil {
		return err
	}
	p.countCart(c, cartToken(c))
	return web.Done(c, web.Base(c).URL("/cart"), "buy.cart.removed")
}

func variantOf(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("variant"), 10, 64)
	if err != nil || id < 1 {
		return 0, errs.E(errs.NotFound, "no such variant", err)
	}
	return id, nil
}
