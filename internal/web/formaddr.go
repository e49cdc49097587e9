package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// pageAbove returns where reading an address leads that only takes forms, as a reload of what a form was answered with
// asks for: the nearest page above it, /desk/review/14 for /desk/review/14/approve; empty where there is none. status
// is what the reader would get: not found where a page with another kind of name stands at the same depth.
func (s *Server) pageAbove(c echo.Context, status int) string {
	r := c.Request()
	if status != http.StatusMethodNotAllowed && status != http.StatusNotFound || !isRead(r.Method) {
		return ""
	}
	path := LocalPath(r.URL.Path, "")
	form := s.echo.NewContext(nil, nil)
	s.echo.Router().Find(http.MethodPost, path, form)
	pattern := form.Path()
	if !s.has(http.MethodPost, pattern) || s.has(http.MethodGet, pattern) {
		return ""
	}
	for strings.Count(path, "/") > 1 && strings.Count(path, "/") == strings.Count(pattern, "/") {
		path, pattern = path[:strings.LastIndexByte(path, '/')], pattern[:strings.LastIndexByte(pattern, '/')]
		if s.has(http.MethodGet, pattern) {
			return (&url.URL{Path: path}).String()
		}
	}
	return ""
}

// has reports whether a route is registered for a method and pattern.
func (s *Server) has(method, pattern string) bool {
	return slices.ContainsFunc(s.routes, func(r Route) bool { return r.Method == method && r.Path == pattern })
}
