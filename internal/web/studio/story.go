package studio

import (
	"errors"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/studio"
)

type storyForm struct {
	Story string `form:"story" max:"4000"`
}

// story asks what there is to tell.
func (s *Studio) story(c echo.Context) error {
	_, product, err := s.listing(c)
	if err != nil {
		return err
	}
	return storyPage(c, product, storyForm{product.Source.Story}, nil)
}

func storyPage(c echo.Context, product catalog.Product, form storyForm, problems *errs.Fields) error {
	return web.Render(c, web.FormStatus(problems), pages.StoryPage(pages.StoryStep{
		Step: step(c, product, pages.StepStory, problems), Story: form.Story,
	}))
}

func (s *Studio) saveStory(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	var form storyForm
	if err = web.Decode(c, &form); err == nil {
		err = s.Catalog.SaveSource(c.Request().Context(), by, product.ID, catalog.SourceEdit{Story: &form.Story})
	}
	var problems *errs.Fields
	if errors.As(err, &problems) && !wantsJSON(c) {
		return storyPage(c, product, form, problems)
	}
	if err != nil {
		return err
	}
	return s.saved(c, by, product, step(c, product, pages.StepStory, nil).Next)
}
