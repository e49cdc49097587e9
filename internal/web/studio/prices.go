package studio

import (
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/web"
	pages "awil/templates/studio"
)

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
	edits := make([]catalog.ShelfEdit, len(product.Variants))
	for i, v := range product.Variants {
		edits[i] = shelfEdit(c, v, problems, typed)
	}
	if problems.Len() == 0 {
		err := s.Catalog.SetShelf(c.Request().Context(), by, product.ID, edits...)
		if problems = web.Problems(err); problems == nil && err != nil {
			return err
		}
	}
	if problems.Len() == 0 {
		return web.Done(c, pages.GoodURL(product.ID), "studio.saved")
	}
	if product, err = s.Catalog.Mine(c.Request().Context(), by.ProducerID, product.ID); err != nil {
		return err
	}
	for _, v := range product.Variants {
		lookAgain(problems, v, typed)
	}
	return s.goodPage(c, by, product, typed, problems)
}

// shelfEdit reads what a form says about one variant, and keeps it as it was
// typed.
func shelfEdit(c echo.Context, v catalog.Variant, problems *errs.Fields, typed map[string]string) catalog.ShelfEdit {
	id := "_" + strconv.FormatInt(v.ID, 10)
	for _, name := range []string{"price", "stock", "price_seen", "stock_seen", "seen_at"} {
		typed[name+id] = c.FormValue(name + id)
	}
	return catalog.ShelfEdit{
		VariantID: v.ID, Seen: readSeen(typed["price_seen"+id], typed["stock_seen"+id], typed["seen_at"+id]),
		PriceMinor: readPrice(problems, "price"+id, typed["price"+id], v.Currency).Minor,
		Stock:      readCount(problems, "stock"+id, typed["stock"+id]),
	}
}

// lookAgain shows the number there is now in place of one that no longer
// stands for anything.
func lookAgain(problems *errs.Fields, v catalog.Variant, typed map[string]string) {
	id := "_" + strconv.FormatInt(v.ID, 10)
	if f, _ := problems.Get("stock" + id); f.Key == stockMoved {
		for _, name := range []string{"stock", "stock_seen", "seen_at"} {
			delete(typed, name+id)
		}
	}
}

// stockMoved is the complaint of the catalog about a number of pieces that no
// longer fits what is there.
const stockMoved = "errors.stock_moved"

// readSeen reads what a page showed of a variant; see pages.SeenAt. What is not
// readable was never shown.
func readSeen(price, stock, at string) catalog.Seen {
	minor, priceErr := strconv.ParseInt(price, 10, 64)
	count, stockErr := strconv.Atoi(stock)
	micros, atErr := strconv.ParseInt(at, 10, 64)
	if priceErr != nil || stockErr != nil || atErr != nil || count < 0 || count > maxCount {
		return catalog.Seen{PriceMinor: -1, Stock: -1}
	}
	return catalog.Seen{PriceMinor: minor, Stock: count, At: time.UnixMicro(micros)}
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
