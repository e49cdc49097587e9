package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/templates/errorpage"
)

// statuses maps the kinds of errors to what a browser is told.
var statuses = map[errs.Kind]int{
	errs.NotFound:        http.StatusNotFound,
	errs.Invalid:         http.StatusUnprocessableEntity,
	errs.Conflict:        http.StatusConflict,
	errs.Forbidden:       http.StatusForbidden,
	errs.Unauthenticated: http.StatusUnauthorized,
	errs.TooLarge:        http.StatusRequestEntityTooLarge,
	errs.Unavailable:     http.StatusServiceUnavailable,
	errs.Gone:            http.StatusGone,
}

// statusOf tells the status of an error: Echo's own for paths and methods it
// does not know, else that of the kind, else 500.
func statusOf(err error) int {
	var fromEcho *echo.HTTPError
	if errors.As(err, &fromEcho) {
		return fromEcho.Code
	}
	if status, ok := statuses[errs.KindOf(err)]; ok {
		return status
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// handleError turns what a handler returned into an answer, once: a page in
// the visitor's language, or JSON for machines. Failures of ours are logged
// whole and told in general words.
func (s *Server) handleError(err error, c echo.Context) {
	st := stateOf(c)
	if st == nil { // outside begin: nothing of ours has run
		st = &state{server: s, id: requestID(), area: areaOf(c.Request().URL.Path)}
		c.Set(stateKey, st)
	}
	status := statusOf(err)
	s.logError(c, st, err, status)
	if c.Response().Committed {
		return // the answer is under way
	}
	if answerErr := s.answerError(c, st, err, status); answerErr != nil {
		s.Log.ErrorContext(c.Request().Context(), "error page failed", "error", answerErr, "request_id", st.id)
		if !c.Response().Committed {
			_ = c.String(status, http.StatusText(status)) // the connection is all that can still fail
		}
	}
}

func (s *Server) answerError(c echo.Context, st *state, err error, status int) error {
	if st.access == Machine || wantsJSON(c.Request()) {
		return s.answerScript(c, st, err, status)
	}
	if status == http.StatusUnauthorized {
		return s.askToSignIn(c)
	}
	if path := withoutSlash(c.Request(), err); path != "" {
		return Moved(c, path)
	}
	if path := s.pageAbove(c, status); path != "" {
		return Redirect(c, path)
	}
	if status >= http.StatusInternalServerError && st.access.private() {
		st.viewer = nil // the page about a failure must not fail over the viewer
	}
	s.localeOfError(c, st)
	b := Base(c)
	b.Robots = "noindex"
	view := errorpage.View{Status: status, RequestID: st.id, Area: errorpage.Area(st.area), Text: sentence(err, b.Localizer)}
	if s.Dev {
		view.Detail = err.Error()
	}
	if status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", strconv.Itoa(30))
	}
	return Render(c, status, errorpage.Page(b, view))
}

// trouble is what a script gets. Machines get no words: what went wrong is in
// the log under the request's id.
type trouble struct {
	Error     string            `json:"error"`
	RequestID string            `json:"request_id"`
	Message   string            `json:"message,omitempty"`
	Fields    map[string]string `json:"fields,omitempty"` // by input: what to do
}

func (s *Server) answerScript(c echo.Context, st *state, err error, status int) error {
	t := trouble{Error: http.StatusText(status), RequestID: st.id}
	if st.access != Machine {
		l := i18n.For(Lang(c))
		if t.Message = sentence(err, l); t.Message == "" {
			t.Message = errorpage.Words(l, status)
		}
		for _, f := range Problems(err).All() {
			if t.Fields == nil {
				t.Fields = map[string]string{}
			}
			t.Fields[f.Name] = l.T(f.Key, f.Args...)
		}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(status, t)
}

// sentence returns the words an error brings for the visitor, if it does: a
// photo that was turned down says why.
func sentence(err error, l *i18n.Localizer) string {
	var explained interface {
		MessageKey() string
		MessageArgs() []any
	}
	if !errors.As(err, &explained) {
		return ""
	}
	return l.T(explained.MessageKey(), explained.MessageArgs()...)
}

// withoutSlash returns where a path that no route knows may lead: the same
// without a slash at its end, as all addresses but the front pages' are.
func withoutSlash(r *http.Request, err error) string {
	path := LocalPath(r.URL.Path, "")
	if !errors.Is(err, echo.ErrNotFound) || !isRead(r.Method) || strings.Count(path, "/") < 3 {
		return ""
	}
	trimmed, had := strings.CutSuffix(path, "/")
	if !had {
		return ""
	}
	return (&url.URL{Path: trimmed, RawQuery: r.URL.RawQuery}).String()
}

// localeOfError finds language and market for paths no route knows. Without a
// database they may stay unknown: then the page has no shop around it.
func (s *Server) localeOfError(c echo.Context, st *state) {
	if st.area != InShop || st.market.Code != "" {
		return
	}
	segment := firstSegment(c.Request().URL.Path)
	if err := s.setLocale(c, segment); err != nil {
		st.area = Elsewhere
	}
}

func (s *Server) logError(c echo.Context, st *state, err error, status int) {
	if status < http.StatusInternalServerError {
		return // the access log has it
	}
	attrs := []slog.Attr{
		slog.String("request_id", st.id),
		slog.String("method", c.Request().Method),
		slog.String("path", loggable(c)),
		slog.String("error", err.Error()),
	}
	var panicked *panicError
	if errors.As(err, &panicked) {
		attrs = append(attrs, slog.String("stack", string(panicked.stack)))
	}
	s.Log.LogAttrs(context.WithoutCancel(c.Request().Context()), slog.LevelError, "request failed", attrs...)
}

// panicError is a panic of a handler, with where it came from.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// crossOrigin is a form that another site made a browser send.
func crossOrigin(cause error) error {
	return errs.E(errs.Forbidden, "cross-origin request", cause)
}

// wantsJSON reports whether a script of ours asks: it says so by its Accept
// header alone.
func wantsJSON(r *http.Request) bool {
	return r.Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON
}
