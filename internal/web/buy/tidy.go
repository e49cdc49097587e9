package buy

import (
	"errors"

	"github.com/labstack/echo/v4"

	"awil/internal/cart"
	"awil/internal/errs"
	"awil/internal/web"
)

// tidyCart takes what there is and goes on to checkout.
func (p *Buy) tidyCart(c echo.Context) error {
	left, err := p.tidy(c)
	if err != nil {
		return err
	}
	b := web.Base(c)
	web.SetFlash(c, true, "buy.cart.changed")
	if !left {
		return web.Redirect(c, b.URL("/cart"))
	}
	return web.Redirect(c, b.URL("/checkout"))
}

// tidy lowers what is short to what there is, and takes out what is sold out;
// it reports whether anything is left to buy here.
func (p *Buy) tidy(c echo.Context) (bool, error) {
	b, ctx, token := web.Base(c), c.Request().Context(), cartToken(c)
	held, err := p.Cart.Get(ctx, token, b.Market.Code, b.Lang())
	if err != nil {
		return false, err
	}
	left := false
	for _, l := range held.Here() {
		switch l.State() {
		case cart.Short:
			_, err = p.Cart.SetQuantity(ctx, token, b.Market.Code, l.VariantID, l.Available)
			if errors.Is(err, cart.ErrSoldOut) {
				err = p.Cart.Remove(ctx, token, l.VariantID)
			}
			left = true
		case cart.SoldOut:
			err = p.Cart.Remove(ctx, token, l.VariantID)
		default:
			left = true
		}
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return left, err
		}
	}
	p.countCart(c, token)
	return left, nil
}
