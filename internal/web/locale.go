package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/templates/layout"
)

// Cookies that remember a choice of the visitor. The first is for the shop and
// holds language and market; the second is for all that lies outside it.
const (
	localeCookie = "awil_locale"
	langCookie   = "awil_lang"
	choiceKept   = 365 * 24 * time.Hour
)

// withLocale reads language and market from the path, or answers 404.
func (s *Server) withLocale(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.setLocale(c, c.Param("locale")); err != nil {
			return err
		}
		return next(c)
	}
}

func (s *Server) setLocale(c echo.Context, segment string) error {
	lang, market, ok, err := s.parseLocale(c, segment)
	if err != nil {
		return err
	}
	if !ok {
		return errs.E(errs.NotFound, "no locale "+segment)
	}
	st := stateOf(c)
	st.lang, st.market = lang, market
	return nil
}

// parseLocale understands "ja-jp": a language of ours and an active market.
func (s *Server) parseLocale(c echo.Context, segment string) (i18n.Lang, layout.Market, bool, error) {
	code, market, found := strings.Cut(segment, "-")
	lang := i18n.Lang(code)
	if !found || !slices.Contains(i18n.Langs(), lang) {
		return "", layout.Market{}, false, nil
	}
	m, ok, err := s.markets.byCode(c.Request().Context(), market)
	return lang, m, ok, err
}

// toLocale answers "/": the shop as the visitor had it, else as the browser
// and a trusted proxy suggest.
func (s *Server) toLocale(c echo.Context) error {
	lang, m, err := s.choose(c, "")
	if err != nil {
		return err
	}
	return s.goToLocale(c, lang, m, "/")
}

// addSlash answers "/{lang}-{market}": the front page has a slash at its end.
func (s *Server) addSlash(c echo.Context) error {
	if err := s.setLocale(c, c.Param("locale")); err != nil {
		return err
	}
	return Moved(c, "/"+c.Param("locale")+"/")
}

// toMarket answers "/{lang}/…": the same page in the market that fits.
func (s *Server) toMarket(lang i18n.Lang) echo.HandlerFunc {
	return func(c echo.Context) error {
		_, m, err := s.choose(c, lang)
		if err != nil {
			return err
		}
		rest := strings.TrimPrefix(c.Request().URL.Path, "/"+string(lang))
		return s.goToLocale(c, lang, m, LocalPath(rest, "/"))
	}
}

func (s *Server) goToLocale(c echo.Context, lang i18n.Lang, m layout.Market, rest string) error {
	h := c.Response().Header()
	h.Add("Vary", "Cookie, Accept-Language")
	h.Set("Cache-Control", "private, no-cache")
	if s.CountryHeader != "" {
		h.Add("Vary", s.CountryHeader)
	}
	target := "/" + layout.Locale(lang, m.Code) + rest
	if q := c.Request().URL.RawQuery; q != "" {
		target += "?" + q
	}
	return c.Redirect(http.StatusFound, target)
}

// choose picks language and market for a visitor who named neither, or only
// the language: what she chose before, then the country, then the language,
// then the programme's default.
func (s *Server) choose(c echo.Context, wanted i18n.Lang) (i18n.Lang, layout.Market, error) {
	if cookie, err := c.Cookie(localeCookie); err == nil {
		lang, m, ok, err := s.parseLocale(c, cookie.Value)
		if err != nil {
			return "", layout.Market{}, err
		}
		if ok {
			return firstLang(wanted, lang), m, nil
		}
	}
	list, err := s.markets.all(c.Request().Context())
	if err != nil {
		return "", layout.Market{}, err
	}
	if len(list) == 0 {
		return "", layout.Market{}, errs.E(errs.Unavailable, "no active market")
	}
	header := c.Request().Header.Get("Accept-Language")
	lang := firstLang(wanted, i18n.Match(header))
	return lang, s.guessMarket(list, c, header, wanted), nil
}

// guessMarket goes by the country a trusted proxy reports, then by the region
// in the first language tag (ja-JP, ru-KG), then by a market whose first
// language is the visitor's, then by the default.
func (s *Server) guessMarket(list []layout.Market, c echo.Context, acceptLanguage string, wanted i18n.Lang) layout.Market {
	for _, country := range []string{s.country(c.Request()), regionOf(acceptLanguage)} {
		if i := slices.IndexFunc(list, func(m layout.Market) bool { return country != "" && slices.Contains(m.Countries, country) }); i >= 0 {
			return list[i]
		}
	}
	lang := wanted
	if lang == "" && acceptLanguage != "" {
		lang = i18n.Match(acceptLanguage)
	}
	if i := slices.IndexFunc(list, func(m layout.Market) bool { return m.DefaultLang == lang }); i >= 0 && lang != "en" {
		return list[i]
	}
	if i := slices.IndexFunc(list, func(m layout.Market) bool { return m.Default }); i >= 0 {
		return list[i]
	}
	return list[0]
}

// regionOf returns the region of the first tag of an Accept-Language header.
func regionOf(header string) string {
	first, _, _ := strings.Cut(header, ",")
	first, _, _ = strings.Cut(first, ";")
	for i, part := range strings.Split(strings.TrimSpace(first), "-") {
		if i > 0 && len(part) == 2 {
			return strings.ToUpper(part)
		}
	}
	return ""
}

// switchLocale remembers a choice and shows the page it was made on: "page" is
// a path below the locale, "to" a path outside the shop; "was" is the market it
// was shown for.
func (s *Server) switchLocale(c echo.Context) error {
	lang := i18n.Lang(c.QueryParam("lang"))
	if !slices.Contains(i18n.Langs(), lang) {
		return errs.E(errs.NotFound, "no such language")
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	code := c.QueryParam("market")
	if code == "" {
		s.setChoice(c, langCookie, string(lang))
		return Redirect(c, LocalPath(c.QueryParam("to"), "/"))
	}
	m, ok, err := s.markets.byCode(c.Request().Context(), code)
	if err != nil {
		return err
	}
	if !ok {
		return errs.E(errs.NotFound, "no such market")
	}
	locale := layout.Locale(lang, m.Code)
	s.setChoice(c, localeCookie, locale)
	page := LocalPath(c.QueryParam("page"), "/")
	if was := c.QueryParam("was"); was != "" && was != m.Code {
		page = withoutSums(page)
	}
	return Redirect(c, "/"+locale+page)
}

// withoutSums drops what an address says of prices: in another market's
// currency the same numbers are other prices, and a list by price is cut
// elsewhere.
func withoutSums(page string) string {
	path, query, ok := strings.Cut(page, "?")
	q, err := url.ParseQuery(query)
	if !ok || err != nil || path != "/search" && path != "/products" && !strings.HasPrefix(path, "/categories/") {
		return page
	}
	for _, name := range []string{"from", "to", "after"} {
		q.Del(name)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (s *Server) setChoice(c echo.Context, name, value string) {
	c.SetCookie(&http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(choiceKept.Seconds()),
		Secure: s.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// SetLang makes a language the one of the pages outside the shop, in this
// browser.
func SetLang(c echo.Context, lang i18n.Lang) {
	stateOf(c).server.setChoice(c, langCookie, string(lang))
}

func (s *Server) langOutside(c echo.Context) i18n.Lang {
	if cookie, err := c.Cookie(langCookie); err == nil && slices.Contains(i18n.Langs(), i18n.Lang(cookie.Value)) {
		return i18n.Lang(cookie.Value)
	}
	if v := stateOf(c).viewer; v != nil && v.Lang != "" {
		return v.Lang
	}
	if cookie, err := c.Cookie(localeCookie); err == nil {
		code, _, _ := strings.Cut(cookie.Value, "-")
		if slices.Contains(i18n.Langs(), i18n.Lang(code)) {
			return i18n.Lang(code)
		}
	}
	return i18n.Match(c.Request().Header.Get("Accept-Language"))
}

func firstLang(langs ...i18n.Lang) i18n.Lang {
	for _, l := range langs {
		if l != "" {
			return l
		}
	}
	return "en"
}
