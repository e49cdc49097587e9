package studio

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/studio"
)

func (s *Studio) goodsRoutes(r web.Routes) {
	r.GET("/goods", web.Producer, s.goods)
	r.POST("/goods", web.Producer, s.begin)
	r.GET("/goods/:id", web.Producer, s.good)
	r.POST("/goods/:id/prices", web.Producer, s.prices)
	r.POST("/goods/:id/withdraw", web.Producer, s.withdraw)
	r.POST("/goods/:id/restore", web.Producer, s.restore)
}

// goods lists all her goods.
func (s *Studio) goods(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var p pages.Goods
	if p.Goods, err = s.Catalog.Studio(ctx, by.ProducerID); err != nil {
		return err
	}
	if p.Photos, err = s.photosOf(ctx, goodPhotos(p.Goods)...); err != nil {
		return err
	}
	if p.Frame, err = s.tabbed(c, by, web.Base(c).T("studio.home.goods"), tabGoods); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.GoodsPage(p))
}

// begin opens a new listing, or the empty one she began before.
func (s *Studio) begin(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	list, err := s.Catalog.Studio(ctx, by.ProducerID)
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.State == catalog.Draft && i.Name == "" && i.PhotoID == 0 && i.Variants == 0 {
			return web.Redirect(c, pages.GoodURL(i.ID, pages.StepPhoto))
		}
	}
	id, err := s.Catalog.CreateDraft(ctx, by, web.Lang(c))
	if err != nil {
		return err
	}
	return web.Redirect(c, pages.GoodURL(id, pages.StepPhoto))
}

// listing is one of her products, and on whose behalf she acts.
func (s *Studio) listing(c echo.Context) (catalog.Maker, catalog.Product, error) {
	by, err := s.maker(c)
	if err != nil {
		return by, catalog.Product{}, err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return by, catalog.Product{}, notFound("no id of a product")
	}
	p, err := s.Catalog.Mine(c.Request().Context(), by.ProducerID, id)
	return by, p, err
}

// good shows how one listing stands.
func (s *Studio) good(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	return s.goodPage(c, by, product, nil, nil)
}

func (s *Studio) goodPage(c echo.Context, by catalog.Maker, product catalog.Product, typed map[string]string, problems *errs.Fields) error {
	p, err := s.goodData(c.Request().Context(), web.Lang(c), by, product)
	if err != nil {
		return err
	}
	if p.Frame, err = s.tabbed(c, by, product.Source.Name, tabGoods); err != nil {
		return err
	}
	if p.Title == "" {
		p.Title = p.T("studio.good.nameless")
	}
	p.Top.Back, p.Top.BackLabel = "/studio/goods", p.T("studio.home.goods")
	p.Typed, p.Problems = typed, problems
	return web.Render(c, web.FormStatus(problems), pages.GoodPage(p))
}

func (s *Studio) goodData(ctx context.Context, lang i18n.Lang, by catalog.Maker, product catalog.Product) (p pages.Good, err error) {
	p.Product, p.Missing = product, missing(product)
	producer, err := s.Producers.ByID(ctx, lang, by.ProducerID)
	if err != nil {
		return p, err
	}
	p.Zone = zone(producer.Country)
	if p.History, err = s.Catalog.History(ctx, by, product.ID); err != nil {
		return p, err
	}
	if product.CategorySlug != "" {
		category, err := s.Catalog.CategoryBySlug(ctx, lang, product.CategorySlug)
		if err != nil {
			return p, err
		}
		p.Category = category.Name
	}
	if p.ShopURL, err = s.shopURL(ctx, lang, product); err != nil {
		return p, err
	}
	if p.Found, err = s.Assessments.Current(ctx, product.ID); err != nil {
		return p, err
	}
	p.Photos, err = s.photosOf(ctx, photoIDs(product)...)
	return p, err
}

func photoIDs(product catalog.Product) []int64 {
	ids := make([]int64, len(product.Photos))
	for i, f := range product.Photos {
		ids[i] = f.ID
	}
	return ids
}

// shopURL is where buyers at home see a product; "" while they do not.
func (s *Studio) shopURL(ctx context.Context, lang i18n.Lang, product catalog.Product) (string, error) {
	if !product.Live() {
		return "", nil
	}
	all, err := s.Markets.All(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range all {
		if m.Currency == product.Currency {
			return "/" + layout.Locale(lang, m.Code) + "/products/" + product.Slug(), nil
		}
	}
	return "", nil
}

// withdraw takes a listing off the shelf.
func (s *Studio) withdraw(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	if err := s.Catalog.Withdraw(c.Request().Context(), by, product.ID); err != nil {
		return err
	}
	return web.Done(c, pages.GoodURL(product.ID), "studio.good.withdrawn")
}

// restore puts it back, as far as it can go by itself.
func (s *Studio) restore(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	err = s.Catalog.Restore(ctx, by, product.ID)
	var lacks *errs.Fields
	if errors.As(err, &lacks) {
		return s.previewPage(c, by, product, lacks)
	}
	if err != nil {
		return err
	}
	after, err := s.Catalog.Mine(ctx, by.ProducerID, product.ID)
	if err != nil {
		return err
	}
	return web.Done(c, pages.GoodURL(product.ID), "studio.restored."+string(after.State))
}
