package studio

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
	pages "awil/templates/studio"
)

type nameForm struct {
	Name     string `form:"name" max:"120"`
	Category int64  `form:"category"`
}

// name asks what it is.
func (s *Studio) name(c echo.Context) error {
	_, product, err := s.listing(c)
	if err != nil {
		return err
	}
	form := nameForm{Name: product.Source.Name}
	if product.CategoryID != nil {
		form.Category = *product.CategoryID
	}
	return s.namePage(c, product, form, nil)
}

func (s *Studio) namePage(c echo.Context, product catalog.Product, form nameForm, problems *errs.Fields) error {
	shelves, err := s.shelves(c.Request().Context(), web.Lang(c))
	if err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(problems), pages.NamePage(pages.NameStep{
		Step: step(c, product, pages.StepName, problems), Name: form.Name, Category: form.Category, Categories: shelves,
	}))
}

// shelves are the categories goods stand on: the inner ones, and outer ones
// that have none inside.
func (s *Studio) shelves(ctx context.Context, lang i18n.Lang) ([]catalog.Category, error) {
	all, err := s.Catalog.Categories(ctx, lang)
	if err != nil {
		return nil, err
	}
	parent := map[string]bool{}
	for _, c := range all {
		parent[c.ParentSlug] = true
	}
	var list []catalog.Category
	for _, c := range all {
		if !parent[c.Slug] {
			list = append(list, c)
		}
	}
	return list, nil
}

func (s *Studio) saveName(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	var form nameForm
	if err = web.Decode(c, &form); err == nil {
		err = s.keepName(c.Request().Context(), by, product.ID, form)
	}
	var problems *errs.Fields
	if errors.As(err, &problems) && !wantsJSON(c) {
		return s.namePage(c, product, form, problems)
	}
	if err != nil {
		return err
	}
	return s.saved(c, by, product, step(c, product, pages.StepName, nil).Next)
}

func (s *Studio) keepName(ctx context.Context, by catalog.Maker, productID int64, form nameForm) error {
	if form.Category != 0 {
		if err := s.Catalog.SetCategory(ctx, by, productID, form.Category); err != nil {
			return err
		}
	}
	return s.Catalog.SaveSource(ctx, by, productID, catalog.SourceEdit{Name: &form.Name})
}
