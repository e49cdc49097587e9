package desk

import (
	"context"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/assessments"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// gradeOf is how a listing was scored so far, and a form in the producer's language that begins with the last
// scores of the same scheme.
func (d *Desk) gradeOf(ctx context.Context, productID int64, lang i18n.Lang) (g pages.Grade, err error) {
	if g.Scheme, err = d.Assessments.Scheme(ctx); err != nil {
		return g, err
	}
	g.Before, err = d.Assessments.OfProduct(ctx, productID)
	g.Form.Lang = lang
	if len(g.Before) > 0 && g.Before[0].Scheme == g.Scheme.Code {
		for _, p := range g.Before[0].Criteria {
			g.Form.Criteria = append(g.Form.Criteria, p.Criterion)
			g.Form.Points = append(g.Form.Points, strconv.Itoa(p.Points))
		}
	}
	return g, err
}

// assess scores a listing.
func (d *Desk) assess(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	u, err := d.Catalog.ForReview(ctx, id)
	if err != nil {
		return err
	}
	var form pages.Score
	err = web.Decode(c, &form)
	form.Lang = language(string(form.Lang), u.Product.Source.Lang)
	if err == nil {
		err = d.keepScore(ctx, by(c), id, form)
	}
	if problems := web.Problems(err); problems != nil {
		return d.show(c, "", problems, func(l *pages.Listing) { l.Grade.Form = form })
	}
	if conflict(err) {
		return moved(c, at(c, ""), "desk.grade.unseen")
	}
	if err != nil {
		return err
	}
	all, err := d.Assessments.OfProduct(ctx, id)
	if err != nil {
		return err
	}
	return web.Done(c, at(c, "")+"#grade", "desk.grade.saved", "stars", web.Base(c).T("common.stars", "n", all[0].Stars))
}

func (d *Desk) keepScore(ctx context.Context, by, productID int64, form pages.Score) error {
	finding := assessments.Finding{Points: map[string]int{}, Advice: form.Advice, Lang: form.Lang}
	var wrong errs.Fields
	for i, criterion := range form.Criteria {
		if i >= len(form.Points) || strings.TrimSpace(form.Points[i]) == "" {
			wrong.Add(assessments.Field(criterion), "errors.required")
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(form.Points[i]))
		if err != nil {
			wrong.Add(assessments.Field(criterion), "desk.grade.whole")
			continue
		}
		finding.Points[criterion] = n
	}
	scheme, err := d.Assessments.Scheme(ctx)
	if err != nil {
		return err
	}
	for _, c := range scheme.Criteria { // told at once with what is not a number
		if n, ok := finding.Points[c.Code]; ok && (n < 0 || n > c.Most) {
			wrong.Add(assessments.Field(c.Code), "errors.range", "min", 0, "max", c.Most)
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	_, err = d.Assessments.Assess(ctx, by, productID, finding)
	return err
}
