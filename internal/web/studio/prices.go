package studio

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// asked is what the form on a listing's page says about one variant.
type asked struct {
	variant catalog.Variant
	price   money.Amount
	stock   int
}

// prices changes price and stock of all variants of a listing; both hold at
// once.
func (s *Studio) prices(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	if _, err := c.FormParams(); err != nil {
		return errs.E(errs.Invalid, "form", err)
	}
	problems, typed := &errs.Fields{}, map[string]string{}
	var changes []asked
	for _, v := range product.Variants {
		id := strconv.FormatInt(v.ID, 10)
		a := asked{variant: v}
		typed["price_"+id], typed["stock_"+id] = c.FormValue("price_"+id), c.FormValue("stock_"+id)
		a.price = readPrice(problems, "price_"+id, typed["price_"+id], v.Currency)
		a.stock = readCount(problems, "stock_"+id, typed["stock_"+id])
		changes = append(changes, a)
	}
	if problems.Len() == 0 {
		err := s.change(c.Request().Context(), by, product.ID, changes, problems)
		if err != nil {
			return err
		}
	}
	if problems.Len() > 0 {
		return s.goodPage(c, by, product, typed, problems)
	}
	return web.Done(c, pages.GoodURL(product.ID), "studio.saved")
}

// change writes only what differs from what she saw. Complaints of the domain
// are put under the inputs they are about.
func (s *Studio) change(ctx context.Context, by catalog.Maker, productID int64, list []asked, problems *errs.Fields) error {
	for _, a := range list {
		id := strconv.FormatInt(a.variant.ID, 10)
		var err error
		if a.price != a.variant.Price() {
			err = under(problems, "price_"+id, s.Catalog.SetPrice(ctx, by, productID, a.variant.ID, a.price.Minor))
		}
		if err == nil && a.stock != a.variant.Stock {
			err = under(problems, "stock_"+id, s.Catalog.SetStock(ctx, by, productID, a.variant.ID, a.stock))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// under moves the complaints of an error to one input; other errors come back.
func under(problems *errs.Fields, input string, err error) error {
	fields := web.Problems(err)
	if fields == nil {
		return err
	}
	for _, f := range fields.All() {
		problems.Add(input, f.Key, f.Args...)
	}
	return nil
}

// readPrice reads a sum as people type it.
func readPrice(problems *errs.Fields, input, text string, cur money.Currency) money.Amount {
	a, err := money.Parse(text, cur)
	switch {
	case text == "":
		problems.Add(input, "errors.required")
	case err != nil:
		problems.Add(input, "errors.number")
	}
	return a
}

// readCount reads a whole number as people type it, grouped or not: just like
// a sum in a currency without decimals. Nothing typed is nothing there.
func readCount(problems *errs.Fields, input, text string) int {
	if text == "" {
		return 0
	}
	a, err := money.Parse(text, money.JPY)
	if err != nil || a.Minor > maxCount {
		problems.Add(input, "errors.number")
		return 0
	}
	return int(a.Minor)
}

// maxCount keeps what is typed inside an int everywhere; the domain's own
// limits are far below.
const maxCount = 1_000_000_000
