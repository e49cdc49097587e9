package studio

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/web"
	"awil/templates/layout"
	"awil/templates/part"
	pages "awil/templates/studio"
)

func (s *Studio) sizeRoutes(r web.Routes) {
	r.GET("/goods/:id/price", web.Producer, s.sizes)
	r.GET("/goods/:id/price/new", web.Producer, s.size)
	r.POST("/goods/:id/price/new", web.Producer, s.saveSize)
	r.GET("/goods/:id/price/:variant", web.Producer, s.size)
	r.POST("/goods/:id/price/:variant", web.Producer, s.saveSize)
	r.POST("/goods/:id/price/:variant/remove", web.Producer, s.removeSize)
}

type sizeForm struct {
	Price  string `form:"price" max:"40"`
	Net    string `form:"net_quantity" max:"20"`
	Unit   string `form:"net_unit" max:"10"`
	Stock  string `form:"stock" max:"20"`
	Weight string `form:"weight" max:"20"`
	Label  string `form:"label" max:"60"`
	Then   string `form:"then" max:"10"`

	PriceSeen string `form:"price_seen" max:"20"`
	StockSeen string `form:"stock_seen" max:"20"`
	SeenAt    string `form:"seen_at" max:"20"`
}

// sizes leads to the only size there is, or to a new one, or lists several.
func (s *Studio) sizes(c echo.Context) error {
	_, product, err := s.listing(c)
	if err != nil {
		return err
	}
	switch len(product.Variants) {
	case 0:
		return web.Redirect(c, pages.GoodURL(product.ID, pages.StepPrice, "new"))
	case 1:
		return web.Redirect(c, pages.GoodURL(product.ID, pages.StepPrice, strconv.FormatInt(product.Variants[0].ID, 10)))
	}
	st := step(c, product, pages.StepPrice, nil)
	if product.State != catalog.Draft {
		st.NextText = st.T("studio.back")
	}
	st.Top.Saved = false
	return web.Render(c, http.StatusOK, pages.SizesPage(pages.Sizes{Step: st}))
}

// variant is the one the address names; the zero one for a new size.
func variant(c echo.Context, product catalog.Product) (catalog.Variant, error) {
	if c.Param("variant") == "" {
		return catalog.Variant{}, nil
	}
	n, err := id(c, "variant")
	if err != nil {
		return catalog.Variant{}, err
	}
	for _, v := range product.Variants {
		if v.ID == n {
			return v, nil
		}
	}
	return catalog.Variant{}, notFound("no such size of this product")
}

func (s *Studio) size(c echo.Context) error {
	_, product, err := s.listing(c)
	if err != nil {
		return err
	}
	v, err := variant(c, product)
	if err != nil {
		return err
	}
	return s.sizePage(c, product, v.ID, formOf(web.Base(c), product, v), nil)
}

// formOf fills the form with what is known of a size, or with what most are
// like.
func formOf(b layout.Base, product catalog.Product, v catalog.Variant) sizeForm {
	if v.ID == 0 {
		form := sizeForm{Unit: string(catalog.Piece)}
		if product.Food {
			form.Unit = string(catalog.Gram)
		}
		if n := len(product.Variants); n > 0 {
			form.Unit = string(product.Variants[n-1].NetUnit)
		}
		return form
	}
	form := sizeForm{
		Price: pages.PriceText(b, v.Price()), Unit: string(v.NetUnit), Stock: b.Number(int64(v.Stock)),
		Weight: b.Number(int64(v.WeightGrams)), Label: v.Label,
		PriceSeen: strconv.FormatInt(v.PriceMinor, 10), StockSeen: strconv.Itoa(v.Stock), SeenAt: pages.SeenAt(product),
	}
	if v.NetQuantity != nil {
		form.Net = b.Number(int64(*v.NetQuantity))
	}
	return form
}

func (s *Studio) sizePage(c echo.Context, product catalog.Product, variantID int64, form sizeForm, problems *errs.Fields) error {
	p := pages.SizeStep{
		Step: step(c, product, pages.StepPrice, problems), VariantID: variantID,
		Form: pages.SizeForm{Price: form.Price, Net: form.Net, Unit: form.Unit, Stock: form.Stock, Weight: form.Weight, Label: form.Label,
			PriceSeen: form.PriceSeen, StockSeen: form.StockSeen, SeenAt: form.SeenAt},
		PriceStep: priceStep(product.Currency), Removable: variantID != 0 && len(product.Variants) > 1,
		HasOtherSizes: len(product.Variants) > 1 || variantID == 0 && len(product.Variants) > 0,
	}
	p.Currency = pages.CurrencyName(p.Base, product.Currency)
	p.Top.Saved = p.Autosave && variantID != 0
	if price, err := money.Parse(form.Price, product.Currency); err == nil {
		if p.Gain, err = s.gain(c.Request().Context(), web.Lang(c), price); err != nil {
			return err
		}
	}
	var err error
	if p.Prices, err = s.pricesBefore(c.Request().Context(), p.Base, product); err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(problems), pages.SizePage(p))
}

// priceStep is what one press adds to a price: the smallest note people still
// count with.
func priceStep(cur money.Currency) string {
	if cur == money.UZS {
		return "1000"
	}
	return "10"
}

// offeredPrices is how many of her prices she is offered again.
const offeredPrices = 4

// pricesBefore are what she asks for her other goods, whole sums only.
func (s *Studio) pricesBefore(ctx context.Context, b layout.Base, product catalog.Product) ([]part.Option, error) {
	list, err := s.Catalog.Studio(ctx, product.ProducerID)
	if err != nil {
		return nil, err
	}
	var options []part.Option
	seen := map[int64]bool{}
	for _, i := range list {
		major := i.Price().Minor / i.Currency.MinorPerMajor()
		whole := major*i.Currency.MinorPerMajor() == i.Price().Minor
		if i.FromMinor == nil || !whole || seen[major] || len(options) == offeredPrices {
			continue
		}
		seen[major] = true
		options = append(options, part.Option{Value: strconv.FormatInt(major, 10), Text: b.Number(major)})
	}
	return options, nil
}

func (s *Studio) saveSize(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	v, err := variant(c, product)
	if err != nil {
		return err
	}
	var form sizeForm
	if err = web.Decode(c, &form); err == nil {
		err = s.keepSize(c.Request().Context(), by, product, v.ID, form)
	}
	var problems *errs.Fields
	if errors.As(err, &problems) && !wantsJSON(c) {
		return s.sizeAgain(c, by, product.ID, v.ID, form, problems)
	}
	if err != nil {
		return err
	}
	next := step(c, product, pages.StepPrice, nil).Next
	if form.Then == "more" {
		next = pages.GoodURL(product.ID, pages.StepPrice, "new")
	}
	return s.saved(c, by, product, next)
}

// sizeAgain shows a size that has to be looked at again, with the number of
// pieces there is now where hers no longer stands for anything.
func (s *Studio) sizeAgain(c echo.Context, by catalog.Maker, productID, variantID int64, form sizeForm, problems *errs.Fields) error {
	product, err := s.Catalog.Mine(c.Request().Context(), by.ProducerID, productID)
	if err != nil {
		return err
	}
	if f, _ := problems.Get("stock"); f.Key == stockMoved {
		v, err := variant(c, product)
		if err != nil {
			return err
		}
		now := formOf(web.Base(c), product, v)
		form.Stock, form.StockSeen, form.SeenAt = now.Stock, now.StockSeen, now.SeenAt
	}
	return s.sizePage(c, product, variantID, form, problems)
}

func (s *Studio) keepSize(ctx context.Context, by catalog.Maker, product catalog.Product, variantID int64, form sizeForm) error {
	edit, err := form.edit(product.Currency)
	if err != nil {
		return err
	}
	if edit.ID = variantID; variantID != 0 {
		seen := readSeen(form.PriceSeen, form.StockSeen, form.SeenAt)
		edit.Seen = &seen
	}
	_, err = s.Catalog.SaveVariant(ctx, by, product.ID, edit)
	return err
}

// edit reads the form. The complaints are those about numbers that are none;
// whether the numbers make sense is for the catalog to say.
func (form sizeForm) edit(cur money.Currency) (catalog.VariantEdit, error) {
	var problems errs.Fields
	e := catalog.VariantEdit{NetUnit: catalog.Unit(form.Unit), Label: form.Label}
	e.PriceMinor = readPrice(&problems, "price", form.Price, cur).Minor
	if form.Net != "" {
		n := readCount(&problems, "net_quantity", form.Net)
		e.NetQuantity = &n
	}
	e.Stock = readCount(&problems, "stock", form.Stock)
	e.WeightGrams = readCount(&problems, "weight", form.Weight)
	if form.Weight == "" {
		e.WeightGrams = packedWeight(e)
		if e.WeightGrams == 0 {
			problems.Add("weight", "errors.required")
		}
	}
	if e.NetUnit != catalog.Piece && e.NetQuantity == nil {
		problems.Add("net_quantity", "errors.required")
	}
	return e, problems.Err()
}

// packedWeight reckons what a jar or bottle weighs in its box: half as much
// again as what is in it, and a carton. Of pieces nothing can be said: 0.
func packedWeight(e catalog.VariantEdit) int {
	if e.NetUnit == catalog.Piece || e.NetQuantity == nil || *e.NetQuantity < 1 {
		return 0
	}
	const carton = 100
	return min(*e.NetQuantity+*e.NetQuantity/2+carton, catalog.MaxWeightGrams)
}

func (s *Studio) removeSize(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	v, err := variant(c, product)
	if err != nil {
		return err
	}
	err = s.Catalog.RemoveVariant(c.Request().Context(), by, product.ID, v.ID)
	if problems := web.Problems(err); problems != nil {
		return s.sizePage(c, product, v.ID, formOf(web.Base(c), product, v), problems)
	}
	if err != nil {
		return err
	}
	return web.Done(c, pages.GoodURL(product.ID, pages.StepPrice), "studio.size.removed")
}
