package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
)

// Area is a part of the site with its own frame.
type Area uint8

// The areas. Elsewhere is all that stands between them: sign-in, invitations.
const (
	Elsewhere Area = iota
	InShop
	InStudio
	InDesk
)

// Route is one line of the access table.
type Route struct {
	Method string
	Path   string
	Access Access
}

// Routes registers the routes of one area.
type Routes struct {
	server *Server
	prefix string
	area   Area
}

// Root registers whole paths outside the areas.
func (s *Server) Root() Routes { return Routes{s, "", Elsewhere} }

// Shop registers paths below /{lang}-{market}: the handler finds language and
// market in web.Base.
func (s *Server) Shop() Routes { return Routes{s, "/:locale", InShop} }

// Studio registers paths below /studio.
func (s *Server) Studio() Routes { return Routes{s, "/studio", InStudio} }

// Desk registers paths below /desk.
func (s *Server) Desk() Routes { return Routes{s, "/desk", InDesk} }

// Option changes the limits of one route.
type Option func(*limits)

type limits struct {
	body    int64
	time    time.Duration
	minutes int // requests a minute from one address; 0: no limit
}

const (
	mebibyte    = 1 << 20
	defaultBody = mebibyte
	defaultTime = 15 * time.Second
)

// Upload lets a route take a body of up to so many bytes, and fifteen minutes
// to send it: a photo over a village's connection takes its time.
func Upload(bytes int64) Option {
	return func(l *limits) { l.body, l.time = bytes, 15*time.Minute }
}

// Slow lets a route work for fifteen minutes on an ordinary form: a proof of
// years of books takes its time.
func Slow() Option {
	return func(l *limits) { l.time = 15 * time.Minute }
}

// Throttle lets one address use the route so many times a minute; what exceeds
// it gets a page that says when to try again.
func Throttle(perMinute int) Option {
	return func(l *limits) { l.minutes = perMinute }
}

// GET registers a page, for HEAD as well.
func (r Routes) GET(path string, a Access, h echo.HandlerFunc, opts ...Option) {
	r.add(http.MethodGet, path, a, h, opts)
}

// POST registers what a form is sent to.
func (r Routes) POST(path string, a Access, h echo.HandlerFunc, opts ...Option) {
	r.add(http.MethodPost, path, a, h, opts)
}

// PUT registers a replacement, for scripts.
func (r Routes) PUT(path string, a Access, h echo.HandlerFunc, opts ...Option) {
	r.add(http.MethodPut, path, a, h, opts)
}

// DELETE registers a removal, for scripts.
func (r Routes) DELETE(path string, a Access, h echo.HandlerFunc, opts ...Option) {
	r.add(http.MethodDelete, path, a, h, opts)
}

// add panics on an undeclared access or a path that is registered twice: both
// are mistakes of the program that its first start shows.
func (r Routes) add(method, path string, a Access, h echo.HandlerFunc, opts []Option) {
	full := r.prefix + path
	if !a.valid() {
		panic("web: route without access: " + method + " " + full)
	}
	lim := limits{body: defaultBody, time: defaultTime}
	for _, o := range opts {
		o(&lim)
	}
	handler := r.server.guard(r.area, a, lim, h)
	r.server.echo.Add(method, full, handler)
	if method == http.MethodGet {
		r.server.echo.Add(http.MethodHead, full, handler)
	}
	r.server.record(method, full, a)
}

func (s *Server) record(method, path string, a Access) {
	route := Route{method, path, a}
	if slices.ContainsFunc(s.routes, func(o Route) bool { return o.Method == method && o.Path == path }) {
		panic("web: route registered twice: " + method + " " + path)
	}
	s.routes = append(s.routes, route)
}

// Table lists every route with its access, sorted by path and method.
func (s *Server) Table() []Route {
	table := slices.Clone(s.routes)
	slices.SortFunc(table, func(a, b Route) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.Method, b.Method)
	})
	return table
}

// guard puts around a handler all that its area and access ask for.
func (s *Server) guard(area Area, a Access, lim limits, h echo.HandlerFunc) echo.HandlerFunc {
	switch {
	case area == InShop && a == Public:
		h = s.keepPage(h)
	case area == InStudio, area == InDesk:
		h = s.caughtUp(h)
	}
	if lim.minutes > 0 {
		h = throttled(newThrottle(lim.minutes, s.Clock), h)
	}
	h = s.checked(a, h)
	if a.private() {
		h = s.withSession(h)
	}
	if area == InShop {
		h = s.withLocale(h)
	}
	if a != Machine {
		h = s.sameOrigin(h)
	}
	h = limited(lim, h)
	return func(c echo.Context) error {
		st := stateOf(c)
		st.area, st.access = area, a
		if !plain(c.Request().URL.Path) {
			return errs.E(errs.NotFound, "no page has such a path")
		}
		return h(c)
	}
}

// plain reports whether a path is text without control characters, as the paths
// of all our pages are; the database takes no other for a name.
func plain(path string) bool {
	return utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl)
}

// checked lets through only those the route is for.
func (s *Server) checked(a Access, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		st := stateOf(c)
		err := a.check(st.viewer, func() (bool, error) {
			return s.isProducer(c)
		})
		if err != nil {
			return err
		}
		return next(c)
	}
}

// sameOrigin refuses what another site's page makes a browser send.
func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.csrf.Check(c.Request()); err != nil {
			return crossOrigin(err)
		}
		return next(c)
	}
}
