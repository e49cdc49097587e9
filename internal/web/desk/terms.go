package desk

import (
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/desk"
)

func termsOf(u catalog.UnderReview) pages.Terms {
	t := pages.Terms{HS: u.Product.HSCode, Markets: u.Markets, SeasonFrom: int(u.Product.SeasonFrom), SeasonTo: int(u.Product.SeasonTo)}
	if u.Product.CategoryID != nil {
		t.Category = *u.Product.CategoryID
	}
	return t
}

func (d *Desk) saveTerms(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form pages.Terms
	err = web.Decode(c, &form)
	if err == nil {
		err = d.keepTerms(c, id, form)
	}
	lang := c.FormValue("lang")
	if problems := web.Problems(err); problems != nil {
		return d.show(c, lang, problems, func(l *pages.Listing) { l.Terms = form })
	}
	if err != nil {
		return err
	}
	return web.Done(c, at(c, language(lang, ""))+"#terms", "desk.terms.saved")
}

func (d *Desk) keepTerms(c echo.Context, id int64, form pages.Terms) error {
	ctx := c.Request().Context()
	u, err := d.Catalog.ForReview(ctx, id)
	if err != nil {
		return err
	}
	before := termsOf(u)
	var wrong errs.Fields
	if form.Category == 0 && before.Category != 0 {
		wrong.Add("category", "errors.choose")
	}
	if form.SeasonFrom != 0 && form.SeasonTo == 0 {
		wrong.Add("season_to", "errors.choose")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return d.Catalog.SetTerms(ctx, by(c), id, asTerms(before), asTerms(form))
}

// asTerms takes a customs code as it stands on papers, with points or spaces.
func asTerms(t pages.Terms) catalog.Terms {
	hs := strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(t.HS)
	return catalog.Terms{CategoryID: t.Category, HS: hs, Markets: t.Markets,
		Season: catalog.Season{From: time.Month(t.SeasonFrom), To: time.Month(t.SeasonTo)}}
}
