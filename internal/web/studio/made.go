package studio

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/studio"
)

type madeForm struct {
	Composition string   `form:"composition" max:"1000"`
	Contains    []string `form:"contains"`
	May         []string `form:"may_contain"`
	Shelf       string   `form:"shelf"`
	Days        string   `form:"days"`
	Storage     string   `form:"storage"`
	SeasonFrom  int      `form:"season_from"`
	SeasonTo    int      `form:"season_to"` // 0: the same month
}

// otherShelf is the choice of a shelf life that is none of the usual ones.
const otherShelf = "other"

// made asks what it is made of and how it keeps.
func (s *Studio) made(c echo.Context) error {
	_, product, err := s.listing(c)
	if err != nil {
		return err
	}
	form := madeForm{
		Composition: product.Source.Composition, Storage: string(product.Storage),
		Contains: product.Allergens.Contains, May: product.Allergens.MayContain,
		SeasonFrom: int(product.SeasonFrom), SeasonTo: int(product.SeasonTo),
	}
	if d := product.ShelfDays; d != nil {
		form.Shelf = strconv.Itoa(*d)
		if !slices.Contains(pages.ShelfDays(), *d) {
			form.Shelf, form.Days = otherShelf, form.Shelf
		}
	}
	return s.madePage(c, product, form, nil)
}

func (s *Studio) madePage(c echo.Context, product catalog.Product, form madeForm, problems *errs.Fields) error {
	codes, err := s.Catalog.AllergenCodes(c.Request().Context())
	if err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(problems), pages.MadePage(pages.MadeStep{
		Step: step(c, product, pages.StepMade, problems), Composition: form.Composition, Contains: form.Contains, May: form.May,
		Shelf: form.Shelf, Days: form.Days, Storage: form.Storage, SeasonFrom: form.SeasonFrom, SeasonTo: form.SeasonTo, Allergens: codes,
	}))
}

func (s *Studio) saveMade(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	var form madeForm
	if err = web.Decode(c, &form); err == nil {
		err = s.keepMade(c.Request().Context(), by, product, form)
	}
	var problems *errs.Fields
	if errors.As(err, &problems) && !wantsJSON(c) {
		return s.madePage(c, product, form, problems)
	}
	if err != nil {
		return err
	}
	return s.saved(c, by, product, step(c, product, pages.StepMade, nil).Next)
}

// keepMade writes the facts first: they are what a label must not lag behind.
func (s *Studio) keepMade(ctx context.Context, by catalog.Maker, product catalog.Product, form madeForm) error {
	if product.Food {
		facts, err := form.facts()
		if err != nil {
			return err
		}
		if err := s.Catalog.SetFacts(ctx, by, product.ID, facts); err != nil {
			return err
		}
	}
	if err := s.Catalog.SetSeason(ctx, by, product.ID, form.season()); err != nil {
		return err
	}
	return s.Catalog.SaveSource(ctx, by, product.ID, catalog.SourceEdit{Composition: &form.Composition})
}

// season is the months chosen; a first one alone is the whole season.
func (form madeForm) season() catalog.Season {
	s := catalog.Season{From: time.Month(form.SeasonFrom), To: time.Month(form.SeasonTo)}
	if s.To == 0 {
		s.To = s.From
	}
	return s
}

// facts reads what was pressed; what was not stays open until the preview.
func (form madeForm) facts() (catalog.Facts, error) {
	f := catalog.Facts{Storage: catalog.StoreAny, Allergens: catalog.Allergens{Contains: form.Contains, MayContain: form.May}}
	if form.Storage != "" {
		f.Storage = catalog.Storage(form.Storage)
	}
	days := form.Shelf
	if days == otherShelf || days == "" {
		days = form.Days
	}
	if days == "" {
		return f, nil
	}
	var problems errs.Fields
	n := readCount(&problems, "shelf_life", days)
	f.ShelfDays = &n
	return f, problems.Err()
}
