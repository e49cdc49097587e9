package desk

import (
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// pricesOf lists what each variant costs in each chosen market.
func pricesOf(u catalog.UnderReview, all []marketOf) []pages.PriceRow {
	var rows []pages.PriceRow
	for _, m := range all {
		if !slices.Contains(u.Markets, m.Code) {
			continue
		}
		for _, v := range u.Product.Variants {
			rows = append(rows, priceRow(u, m, v))
		}
	}
	return rows
}

func priceRow(u catalog.UnderReview, m marketOf, v catalog.Variant) pages.PriceRow {
	row := pages.PriceRow{Variant: v, Market: m}
	for _, o := range u.Quotes {
		if o.Market == m.Code && o.VariantID == v.ID {
			row.Offer = &o
		}
	}
	if minor := handPrice(u, m.Code, v.ID); minor != 0 {
		row.Typed = money.New(minor, m.Currency).Decimal()
	}
	for _, h := range u.HandPrices {
		if h.Market == m.Code && h.VariantID == v.ID && h.Lapsed {
			price := money.New(h.PriceMinor, m.Currency)
			row.Lapsed = &price
		}
	}
	return row
}

// handPrice is what staff set for a variant in a market, in minor units; 0: the market's rule holds. One that has lapsed
// is not offered again: whoever sets it anew has looked at what the producer asks now.
func handPrice(u catalog.UnderReview, market string, variant int64) int64 {
	for _, h := range u.HandPrices {
		if h.Market == market && h.VariantID == variant && !h.Lapsed {
			return h.PriceMinor
		}
	}
	return 0
}

// pricesForm has three lists of one length: a row each.
type pricesForm struct {
	Variants []int64  `form:"variant"`
	Markets  []string `form:"market" max:"2"`
	Prices   []string `form:"price" max:"30"`
}

func (d *Desk) savePrices(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form pricesForm
	err = web.Decode(c, &form)
	if err == nil {
		err = d.keepPrices(c, id, form)
	}
	lang := c.FormValue("lang")
	if problems := web.Problems(err); problems != nil {
		return d.show(c, lang, problems, func(l *pages.Listing) { form.fill(l.Prices) })
	}
	if err != nil {
		return err
	}
	return web.Done(c, at(c, language(lang, ""))+"#prices", "desk.price.saved")
}

// typed is what was filled in for a row.
func (f pricesForm) typed(variant int64, market string) (string, bool) {
	for i := range min(len(f.Variants), len(f.Markets), len(f.Prices)) {
		if f.Variants[i] == variant && f.Markets[i] == market {
			return f.Prices[i], true
		}
	}
	return "", false
}

func (f pricesForm) fill(rows []pages.PriceRow) {
	for i := range rows {
		if text, ok := f.typed(rows[i].Variant.ID, rows[i].Market.Code); ok {
			rows[i].Typed = text
		}
	}
}

// keepPrices writes the prices that differ from what holds now.
func (d *Desk) keepPrices(c echo.Context, id int64, form pricesForm) error {
	ctx := c.Request().Context()
	u, err := d.Catalog.ForReview(ctx, id)
	if err != nil {
		return err
	}
	all, err := d.Markets.All(ctx)
	if err != nil {
		return err
	}
	var problems errs.Fields
	var changed []catalog.HandPrice
	for _, row := range pricesOf(u, all) {
		text, sent := form.typed(row.Variant.ID, row.Market.Code)
		if !sent {
			continue
		}
		minor, err := priceTyped(text, row.Market.Currency)
		if err != nil {
			problems.Add(row.Input(), priceProblem(err))
			continue
		}
		if below(row, minor) {
			problems.Add(row.Input(), "errors.price_below", "base", row.Offer.Base)
			continue
		}
		if minor != handPrice(u, row.Market.Code, row.Variant.ID) {
			changed = append(changed, catalog.HandPrice{VariantID: row.Variant.ID, Market: row.Market.Code, PriceMinor: minor})
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return d.Catalog.SetHandPrices(ctx, by(c), id, changed)
}

// below reports whether a price set by hand would bring in less than the producer asks.
func below(row pages.PriceRow, minor int64) bool {
	if minor == 0 || row.Offer == nil {
		return false
	}
	covers, err := markets.Covers(money.New(minor, row.Market.Currency), row.Offer.Base, row.Offer.Rate)
	return err == nil && !covers
}

// priceTyped reads a price; an empty one, or nothing, goes back to the rule.
func priceTyped(text string, currency money.Currency) (int64, error) {
	if text == "" {
		return 0, nil
	}
	a, err := money.Parse(text, currency)
	return a.Minor, err
}

func priceProblem(err error) string {
	if errors.Is(err, money.ErrDecimals) {
		return "desk.price.decimals"
	}
	return "desk.price.unclear"
}
