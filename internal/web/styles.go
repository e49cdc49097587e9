package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/templates/errorpage"
	"awil/templates/layout"
)

// styles shows every part on one page, in development only.
func (s *Server) styles(c echo.Context) error {
	locale := c.QueryParam("locale")
	if locale == "" {
		locale = "en-jp"
	}
	if err := s.setLocale(c, locale); err != nil {
		return err
	}
	b := Base(c)
	b.Path = "/"
	b.Title = "Parts"
	b.Problems = errorpage.SampleProblems()
	if c.QueryParam("flash") != "" {
		b.Flash = &layout.Flash{Good: true, Text: b.T("common.saved")}
	}
	return Render(c, http.StatusOK, errorpage.Styles(b, c.QueryParam("area")))
}
