package studio

import (
	"errors"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// preview shows a listing as buyers will hold it.
func (s *Studio) preview(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	return s.previewPage(c, by, product, nil)
}

// previewPage shows it with what the domain says is missing, or what is seen
// to be.
func (s *Studio) previewPage(c echo.Context, by catalog.Maker, product catalog.Product, lacks *errs.Fields) error {
	ctx := c.Request().Context()
	p := pages.Preview{Step: step(c, product, pages.StepPreview, nil), Missing: missing(product)}
	if lacks.Len() > 0 {
		p.Missing = nil
		for _, f := range lacks.All() {
			p.Missing = append(p.Missing, f.Name)
		}
	}
	if product.State == catalog.Draft {
		steps := pages.Steps()
		p.Top.Back, p.Top.Step = pages.GoodURL(product.ID, steps[len(steps)-1]), len(steps)
		p.Top.StepLabel = p.T("studio.step.preview")
	}
	var err error
	if p.Producer, err = s.Producers.Mine(ctx, web.Lang(c), by.ProducerID); err != nil {
		return err
	}
	if len(product.Variants) > 0 {
		gain, err := s.gain(ctx, web.Lang(c), product.Variants[0].Price())
		if err != nil {
			return err
		}
		p.Far = gain.Seen
	}
	if p.Photos, err = s.photosOf(ctx, photoIDs(product)...); err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(lacks), pages.PreviewPage(p))
}

// submit sends a listing to the programme.
func (s *Studio) submit(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	err = s.Catalog.Submit(c.Request().Context(), by, product.ID)
	var lacks *errs.Fields
	if errors.As(err, &lacks) {
		return s.previewPage(c, by, product, lacks)
	}
	if err != nil {
		return err
	}
	return web.Done(c, pages.GoodURL(product.ID), "studio.submitted")
}
