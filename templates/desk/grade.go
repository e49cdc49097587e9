package desk

import (
	"awil/internal/assessments"
	"awil/internal/i18n"
)

// Grade is what the programme found of a listing, and the form to score it.
type Grade struct {
	Scheme assessments.Scheme
	Before []assessments.Assessment // the latest first
	Form   Score
}

// Score are the inputs of an assessment.
type Score struct {
	Criteria []string  `form:"criterion" max:"40"`
	Points   []string  `form:"points" max:"10"` // one for each of Criteria, as typed
	Advice   string    `form:"advice" max:"2000"`
	Lang     i18n.Lang `form:"advice_lang"`
}

// typed is what was filled in for a criterion.
func (s Score) typed(criterion string) string {
	for i, c := range s.Criteria {
		if c == criterion && i < len(s.Points) {
			return s.Points[i]
		}
	}
	return ""
}

// latest says how things stand with a listing's stars.
func (g Grade) latest(p Page) string {
	if len(g.Before) == 0 {
		return p.T("desk.grade.none")
	}
	a := g.Before[0]
	if !a.Holds(p.Now) {
		return p.T("desk.grade.over", "until", p.Date(a.ValidUntil))
	}
	return p.T("desk.grade.now", "stars", p.T("common.stars", "n", a.Stars), "points", a.Points, "until", p.Date(a.ValidUntil))
}

// bands says what sums come to, the best first.
func (g Grade) bands(p Page) string {
	var list []string
	for _, b := range g.Scheme.Bands {
		if b.Least > 0 {
			list = append(list, p.T("desk.grade.band", "stars", p.T("search.stars.most", "n", b.Stars), "n", b.Least))
		}
	}
	return p.List(list)
}
