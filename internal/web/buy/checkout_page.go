package buy

import (
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/cart"
	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/shipping"
	"awil/internal/web"
	pages "awil/templates/buy"
	"awil/templates/layout"
)

// showCheckout draws the form with what was typed; changed says what is no
// longer as she saw it.
func (p *Buy) showCheckout(c echo.Context, status int, b layout.Base, typed pages.Typed, changed []string) error {
	page, err := p.checkoutPage(c, b, typed, changed)
	if errors.Is(err, checkout.ErrEmpty) {
		return p.nothingToBuy(c, b)
	}
	if err != nil {
		return err
	}
	return web.Render(c, status, pages.CheckoutPage(page))
}

func (p *Buy) checkoutPage(c echo.Context, b layout.Base, typed pages.Typed, changed []string) (pages.Checkout, error) {
	ctx := c.Request().Context()
	b.Title = b.T("buy.checkout.title")
	form, err := p.Checkout.Form(ctx, cartToken(c), b.Market.Code, b.Lang())
	if err != nil {
		return pages.Checkout{}, err
	}
	if typed.Token == "" {
		typed.Token = checkout.NewFormToken()
	}
	page := pages.Checkout{
		Base: b, Typed: typed, Form: shipping.AddressForm(shipsTo(b, typed.Address.Country)), Countries: b.Market.Countries,
		Lines: form.Cart.Here(), Goods: form.Goods, Ways: form.Ways, Changed: changed, Now: p.Clock(),
	}
	if page.Pictures, err = p.pictures(ctx, b.Lang(), photosOfCart(page.Lines)); err != nil {
		return page, err
	}
	for _, q := range form.Quotes {
		sum, err := form.Total(q)
		if err != nil {
			return page, err
		}
		page.Deliveries = append(page.Deliveries, pages.Delivery{Quoted: q, Sum: sum})
	}
	preselect(&page)
	sayShort(&page)
	return page, nil
}

// preselect chooses the first way to send and to pay where she has not chosen
// one that is offered.
func preselect(page *pages.Checkout) {
	chosen := func(d pages.Delivery) bool { return d.Method.ID == page.Typed.ShippingID }
	if len(page.Deliveries) > 0 && !slices.ContainsFunc(page.Deliveries, chosen) {
		page.Typed.ShippingID = page.Deliveries[0].Method.ID
	}
	wanted := func(w markets.PaymentMethod) bool { return w.Method == page.Typed.Method }
	if len(page.Ways) > 0 && !slices.ContainsFunc(page.Ways, wanted) {
		page.Typed.Method = page.Ways[0].Method
	}
}

// sayShort says of which things there is less than she wants, unless that has
// been said.
func sayShort(page *pages.Checkout) {
	var short checkout.ShortError
	for _, l := range page.Lines {
		if l.State() != cart.Ready {
			short.Lines = append(short.Lines, checkout.ShortLine{Name: l.Name, Wanted: l.Quantity, Available: l.Available})
		}
	}
	page.Short = len(short.Lines) > 0
	if page.Short && len(page.Changed) == 0 {
		page.Changed = shortSentences(page.Base, &short)
	}
}
