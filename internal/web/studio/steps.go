package studio

import (
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/studio"
)

func (s *Studio) stepRoutes(r web.Routes) {
	r.GET("/goods/:id/name", web.Producer, s.name)
	r.POST("/goods/:id/name", web.Producer, s.saveName)
	r.GET("/goods/:id/made", web.Producer, s.made)
	r.POST("/goods/:id/made", web.Producer, s.saveMade)
	r.GET("/goods/:id/story", web.Producer, s.story)
	r.POST("/goods/:id/story", web.Producer, s.saveStory)
	r.GET("/goods/:id/preview", web.Producer, s.preview)
	r.POST("/goods/:id/submit", web.Producer, s.submit)
	r.GET("/quote", web.Producer, s.quote)
}

// step begins the page of one step. On the first way through, the bars at the
// top count and the button leads on; later each step stands alone and leads
// back to the listing.
func step(c echo.Context, p catalog.Product, name string, problems *errs.Fields) pages.Step {
	st := pages.Step{Frame: frame(c, web.Base(c).T("studio.step."+name)), Product: p}
	st.Problems = problems
	st.Autosave = !p.Live() && p.State != catalog.Submitted
	st.Top.Saved = st.Autosave && name != pages.StepPhoto && name != pages.StepPreview
	all := pages.Steps()
	at := slices.Index(all, name)
	if p.State != catalog.Draft {
		st.Next, st.NextText = pages.GoodURL(p.ID), st.T("studio.save")
		st.Top.Back, st.Top.BackLabel, st.Top.Title = pages.GoodURL(p.ID), st.T("studio.back"), p.Source.Name
		return st
	}
	before, after := pages.GoodURL(p.ID), pages.GoodURL(p.ID, pages.StepPreview)
	if at > 0 {
		before = pages.GoodURL(p.ID, all[at-1])
	}
	if at+1 < len(all) {
		after = pages.GoodURL(p.ID, all[at+1])
	}
	st.Next, st.NextText = after, st.T("common.next")
	st.Top.Back, st.Top.BackLabel = before, st.T("studio.back")
	st.Top.Step, st.Top.Steps = at+1, len(all)
	st.Top.StepLabel = st.T("studio.step_of", "n", at+1, "of", len(all), "step", st.T("studio.step."+name))
	return st
}

// saved answers a step that has been kept: a script with JSON, a form with the
// way on. A listing that is for sale says when its words go to the programme.
func (s *Studio) saved(c echo.Context, by catalog.Maker, before catalog.Product, next string) error {
	if wantsJSON(c) {
		return answered(c, map[string]bool{"saved": true})
	}
	if before.State == catalog.Draft {
		return web.Redirect(c, next)
	}
	after, err := s.Catalog.Mine(c.Request().Context(), by.ProducerID, before.ID)
	if err != nil {
		return err
	}
	key := "studio.saved"
	if before.State == catalog.Approved && after.State == catalog.Submitted {
		key = "studio.saved_review"
	}
	return web.Done(c, next, key)
}

// missing tells what a listing lacks before the programme can look at it, in
// the names catalog.Submit uses; that has the last word.
func missing(p catalog.Product) []string {
	var list []string
	lacks := func(what string, is bool) {
		if is {
			list = append(list, what)
		}
	}
	stock := 0
	for _, v := range p.Variants {
		stock += v.Stock
	}
	lacks("photo", len(p.Photos) == 0)
	lacks("name", p.Source.Name == "")
	lacks("category", p.CategoryID == nil)
	lacks("composition", p.Food && p.Source.Composition == "")
	lacks("allergens", p.Food && (p.ShelfDays == nil || p.Storage == catalog.StoreAny))
	lacks("price", len(p.Variants) == 0)
	lacks("stock", len(p.Variants) > 0 && stock == 0 && p.PublishedAt == nil)
	return list
}

// id reads an id from the path; what is none is a 404.
func id(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, notFound("no id: " + name)
	}
	return n, nil
}
