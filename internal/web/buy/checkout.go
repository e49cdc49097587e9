package buy

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/shipping"
	"awil/internal/web"
	pages "awil/templates/buy"
	"awil/templates/layout"
)

// checkoutForm is what the page sends. Numbers come as texts, so that whatever
// arrives can be answered with the same page.
type checkoutForm struct {
	Token    string         `form:"checkout_token"`
	Step     string         `form:"step"`
	Email    string         `form:"email"`
	Country  string         `form:"country"`
	Name     string         `form:"name"`
	Phone    string         `form:"phone"`
	Postcode string         `form:"postcode"`
	Region   string         `form:"region"`
	City     string         `form:"city"`
	Line1    string         `form:"line1"`
	Line2    string         `form:"line2"`
	Landmark string         `form:"landmark"`
	Note     string         `form:"note" max:"4000"`
	Shipping string         `form:"shipping"`
	Payment  markets.Method `form:"payment"`
}

// typed is the form as the page shows it again.
func (f checkoutForm) typed() pages.Typed {
	id, err := strconv.ParseInt(f.Shipping, 10, 64)
	if err != nil {
		id = 0 // none of ours: the domain asks to choose
	}
	return pages.Typed{
		Token: f.Token, Email: f.Email, Note: f.Note, ShippingID: id, Method: f.Payment,
		Address: shipping.Address{Name: f.Name, Phone: f.Phone, Country: f.Country, Postcode: f.Postcode, Region: f.Region,
			City: f.City, Line1: f.Line1, Line2: f.Line2, Landmark: f.Landmark},
	}
}

// checkout shows the form, with what is known of somebody who is signed in.
func (p *Buy) checkout(c echo.Context) error {
	b, typed := web.Base(c), pages.Typed{}
	if v := web.Viewer(c); v != nil {
		typed.Email, typed.Address.Name, typed.Address.Phone = v.Email, v.Name, v.Phone
	}
	typed.Address.Country = guessCountry(c, b)
	return p.showCheckout(c, http.StatusOK, b, typed, nil)
}

// place takes the form: it places the order, or changes what the page asks
// for, or says what needs another look. Nothing that was typed is lost.
func (p *Buy) place(c echo.Context) error {
	var form checkoutForm
	decodeErr := web.Decode(c, &form)
	if decodeErr != nil && web.Problems(decodeErr) == nil {
		return decodeErr
	}
	b, typed := web.Base(c), form.typed()
	switch form.Step {
	case "country":
		return p.showCheckout(c, http.StatusOK, b, typed, nil)
	case "tidy":
		if _, err := p.tidy(c); err != nil {
			return err
		}
		return p.showCheckout(c, http.StatusOK, b, typed, nil)
	}
	err := decodeErr
	var placed checkout.Placed
	if err == nil {
		placed, err = p.Checkout.Place(c.Request().Context(), p.input(c, b, typed))
	}
	if err != nil {
		return p.notPlaced(c, b, typed, err)
	}
	p.keepWaiting(c, typed.Method, placed.Token)
	return p.goOn(c, b, placed)
}

// goOn sends the buyer to where she pays, or to the page of her order.
func (p *Buy) goOn(c echo.Context, b layout.Base, placed checkout.Placed) error {
	web.SetCartCount(c, placed.Left)
	if placed.PayURL != "" {
		return web.Redirect(c, placed.PayURL)
	}
	if errs.KindOf(placed.PayError) == errs.Unavailable && placed.PayError != nil {
		web.SetFlash(c, false, "checkout.conflict.provider")
	}
	return web.Redirect(c, b.URL("/orders/"+placed.Token))
}

// input is the form for the domain.
func (p *Buy) input(c echo.Context, b layout.Base, typed pages.Typed) checkout.PlaceInput {
	in := checkout.PlaceInput{
		CartToken: cartToken(c), CheckoutToken: typed.Token, Market: b.Market.Code, Lang: b.Lang(),
		Email: typed.Email, Address: typed.Address, Note: typed.Note, ShippingID: typed.ShippingID, Method: typed.Method,
		Shown: money.New(shown(c, typed.ShippingID), b.Market.Currency),
	}
	if in.Address.Country == "" && len(b.Market.Countries) == 1 {
		in.Address.Country = b.Market.Countries[0]
	}
	if v := web.Viewer(c); v != nil {
		in.AccountID = v.ID
	}
	return in
}

// shown is the total the page showed for a way of sending; -1, which nothing
// costs, when it did not come back whole.
func shown(c echo.Context, shippingID int64) int64 {
	minor, err := strconv.ParseInt(c.FormValue("shown_"+strconv.FormatInt(shippingID, 10)), 10, 64)
	if err != nil {
		return -1
	}
	return minor
}

// notPlaced shows the form again, with what to correct or what has changed.
func (p *Buy) notPlaced(c echo.Context, b layout.Base, typed pages.Typed, err error) error {
	var short *checkout.ShortError
	var price *checkout.PriceChangedError
	problems := web.Problems(err)
	switch {
	case problems != nil:
		b.Problems = problems
		return p.showCheckout(c, web.FormStatus(problems), b, typed, nil)
	case errors.As(err, &short):
		return p.showCheckout(c, http.StatusConflict, b, typed, shortSentences(b, short))
	case errors.As(err, &price):
		return p.showCheckout(c, http.StatusConflict, b, typed, []string{b.T("checkout.conflict.price", "total", price.Total)})
	case errors.Is(err, checkout.ErrStale): // it has served: a new one, for what is in the cart now
		typed.Token = ""
		return p.showCheckout(c, http.StatusConflict, b, typed, []string{b.T("checkout.conflict.stale")})
	case errors.Is(err, checkout.ErrEmpty):
		return p.nothingToBuy(c, b)
	case errs.KindOf(err) == errs.Invalid: // no token of ours: a new one, and once more
		typed.Token = ""
		return p.showCheckout(c, http.StatusUnprocessableEntity, b, typed, []string{b.T("buy.checkout.again")})
	}
	return err
}

func shortSentences(b layout.Base, short *checkout.ShortError) []string {
	list := make([]string, len(short.Lines))
	for i, l := range short.Lines {
		if l.Available <= 0 {
			list[i] = b.T("checkout.conflict.sold_out", "name", l.Name)
		} else {
			list[i] = b.T("checkout.conflict.short", "name", l.Name, "n", l.Available)
		}
	}
	return list
}

// nothingToBuy leads back to a cart that has nothing for this market: its page
// says so, and shows an order that waits for money.
func (p *Buy) nothingToBuy(c echo.Context, b layout.Base) error {
	return web.Redirect(c, b.URL("/cart"))
}

// shipsTo is the country whose fields the form shows: the one chosen, or the
// only one there is. Where there are many and none was chosen, none is.
func shipsTo(b layout.Base, country string) string {
	switch {
	case slices.Contains(b.Market.Countries, country):
		return country
	case len(b.Market.Countries) == 1:
		return b.Market.Countries[0]
	}
	return ""
}

// guessCountry is the first country of the market that the browser's languages
// name, such as de-AT.
func guessCountry(c echo.Context, b layout.Base) string {
	for tag := range strings.SplitSeq(c.Request().Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(tag, ";")
		_, region, _ := strings.Cut(strings.TrimSpace(tag), "-")
		if region = strings.ToUpper(region); slices.Contains(b.Market.Countries, region) {
			return region
		}
	}
	return ""
}
