package studio

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"awil/internal/i18n"
	"awil/internal/web"
	pages "awil/templates/studio"
)

func (s *Studio) languageRoutes(r web.Routes) {
	r.GET("/language", web.Visitor, s.language)
	r.POST("/language", web.Visitor, s.setLanguage)
}

// language offers the six, and leads back to where she came from.
func (s *Studio) language(c echo.Context) error {
	to := web.LocalPath(c.QueryParam("to"), cameFrom(c.Request()))
	p := pages.Language{Frame: frame(c, web.Base(c).T("studio.language.title")), To: to}
	p.Top.Back, p.Top.BackLabel = to, p.T("studio.back")
	return web.Render(c, http.StatusOK, pages.LanguagePage(p))
}

func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || u.Path == r.URL.Path {
		return "/studio"
	}
	return web.LocalPath(u.RequestURI(), "/studio")
}

type languageForm struct {
	Lang string `form:"lang" max:"10"`
	To   string `form:"to"`
}

// setLanguage remembers the choice in this browser and, for somebody signed
// in, with the account: letters are then written in it, too.
func (s *Studio) setLanguage(c echo.Context) error {
	var form languageForm
	if err := web.Decode(c, &form); err != nil {
		return err
	}
	lang, known := i18n.ParseLang(form.Lang)
	if !known {
		return notFound("no such language")
	}
	if v := web.Viewer(c); v != nil {
		if err := s.Accounts.SetLang(c.Request().Context(), v.ID, lang); err != nil {
			return err
		}
	}
	web.SetLang(c, lang)
	return web.Redirect(c, web.LocalPath(form.To, "/studio"))
}
