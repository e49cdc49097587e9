package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/i18n"
	"awil/internal/watch"
	"awil/templates/layout"
)

// longestQuery bounds what pages repeat of their address, once for each language and market. No link of ours is as long.
const longestQuery = 2 << 10

// Base returns what every page knows, for this request. The page completes it
// with its title and the like. It never fails: what cannot be loaded is logged
// and left out, so that error pages can be drawn when the database is away.
func Base(c echo.Context) layout.Base {
	st := stateOf(c)
	s, lang := st.server, Lang(c)
	r := c.Request()
	b := layout.Base{
		Localizer: i18n.For(lang),
		Origin:    s.origin(),
		Path:      r.URL.Path,
		Query:     r.URL.RawQuery,
		Assets:    s.Assets,
		Demo:      s.Demo,
		Viewer:    layoutViewer(st),
	}
	if !isRead(r.Method) || len(b.Query) > longestQuery {
		b.Query = "" // a form's page is shown again by its address alone
	}
	if st.access.private() {
		b.Flash = takeFlash(c, b.Localizer)
		b.Robots = "noindex"
	}
	if st.market.Code != "" {
		s.shopBase(c, &b, st.market)
	}
	return b
}

func (s *Server) shopBase(c echo.Context, b *layout.Base, m layout.Market) {
	b.Market = m
	prefix := "/" + layout.Locale(b.Lang(), m.Code)
	b.Path = strings.TrimPrefix(b.Path, prefix)
	if b.Path == "" {
		b.Path = "/"
	}
	markets, err := s.markets.all(c.Request().Context())
	if err != nil {
		s.leftOut(c, "markets", err)
	}
	b.Markets = markets
	nav, err := s.nav.get(c.Request().Context(), b.Lang(), m)
	if err != nil {
		s.leftOut(c, "navigation", err)
	}
	b.Nav = nav.at(c.Request().URL.Path)
	if nav.frames != nil && s.board().Certain() { // else its markets would be older than the page's
		b.Frame = nav.frames.Of(b.Nav.Main)
	}
}

// leftOut says that something could not be loaded. A page without it is not kept
// as if it had none.
func (s *Server) leftOut(c echo.Context, what string, err error) {
	ctx := c.Request().Context()
	watch.Until(ctx, s.Clock().Add(uncertain))
	s.Log.WarnContext(ctx, what, "error", err, "request_id", RequestID(c))
}

// Lang returns the language of the page: the path's in the shop, elsewhere the
// one chosen, the account's, the shop's last, the browser's.
func Lang(c echo.Context) i18n.Lang {
	st := stateOf(c)
	if st.lang != "" {
		return st.lang
	}
	lang := st.server.langOutside(c)
	if st.area == InDesk && lang != "ru" {
		return deskLang(lang)
	}
	return lang
}

// deskLang is the language of the desk, which has two: Russian for whoever
// reads one of the region's languages, English for all others.
func deskLang(lang i18n.Lang) i18n.Lang {
	switch lang {
	case "uz", "kaa", "ky", "ru":
		return "ru"
	default:
		return "en"
	}
}

// isRead reports whether a method only looks.
func isRead(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// Market returns the market of a shop page; elsewhere it is zero.
func Market(c echo.Context) layout.Market { return stateOf(c).market }

func layoutViewer(st *state) *layout.Viewer {
	v := st.viewer
	if v == nil {
		return nil
	}
	return &layout.Viewer{
		ID: v.ID, Name: v.Name,
		Producer: st.member != nil && *st.member,
		Curator:  v.Roles.Has(accounts.RoleCurator),
		Finance:  v.Roles.Has(accounts.RoleFinance),
		Admin:    v.Roles.Has(accounts.RoleAdmin),
	}
}
