package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/templates/layout"
)

// state is what the server knows about one request. It lives in Echo's context
// under stateKey and is reached through the functions of this package.
type state struct {
	server *Server
	id     string
	area   Area
	access Access
	began  time.Time

	lang    i18n.Lang // set in the shop, from the path
	market  layout.Market
	session bool // a session is loaded
	viewer  *accounts.Viewer
	member  *bool // of a producer; nil: not asked yet
	flash   *layout.Flash
}

const stateKey = "awil.state"

func stateOf(c echo.Context) *state {
	st, _ := c.Get(stateKey).(*state)
	return st
}

// begin gives the request its state and its headers, and writes the access log
// when it is over.
func (s *Server) begin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		st := &state{server: s, id: requestID(), began: s.Clock(), area: areaOf(c.Request().URL.Path)}
		c.Set(stateKey, st)
		s.setHeaders(c.Response().Header(), st.id)
		unkept(c.Response())
		visitor := c.Request().Context()
		if err := next(c); err != nil && visitor.Err() == nil {
			// The route's deadline is over by now; the error page has its own.
			c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
			c.Error(err)
		}
		if form := c.Request().MultipartForm; form != nil {
			if err := form.RemoveAll(); err != nil {
				s.Log.WarnContext(c.Request().Context(), "temporary upload stays", "error", err)
			}
		}
		s.logAccess(c, st)
		return nil
	}
}

// recover turns a panic of a handler into a failure like any other. The
// deliberate http.ErrAbortHandler goes on to net/http.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				err = &panicError{value: p, stack: debug.Stack()}
			}
		}()
		return next(c)
	}
}

func (s *Server) logAccess(c echo.Context, st *state) {
	if behindBacks(c.Request().Context()) {
		return // nobody has asked
	}
	r, status := c.Request(), c.Response().Status
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", loggable(c)),
		slog.Int("status", status),
		slog.Int64("bytes", c.Response().Size),
		slog.Duration("took", s.Clock().Sub(st.began)),
		slog.String("ip", c.RealIP()),
		slog.String("request_id", st.id),
	}
	if st.viewer != nil {
		attrs = append(attrs, slog.Int64("account", st.viewer.ID))
	}
	s.Log.LogAttrs(context.WithoutCancel(r.Context()), level, "request", attrs...)
}

// secretAfter are the path segments that a secret follows, whatever route the path leads to or none: an order's private
// token, an invitation's code.
var secretAfter = map[string]string{"orders": ":token", "join": ":code"}

// loggable returns the path without its secrets. The query never gets into the log.
func loggable(c echo.Context) string {
	segments := strings.Split(c.Request().URL.Path, "/")
	for i := 1; i < len(segments); i++ {
		if mask, ok := secretAfter[segments[i-1]]; ok && segments[i] != "" && segments[1] != "desk" && segments[1] != "studio" {
			segments[i] = mask
		}
	}
	return strings.Join(segments, "/")
}

func requestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return hex.EncodeToString(b[:])
}

// areaOf tells the area of a path no route was found for.
func areaOf(path string) Area {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case first == "studio":
		return InStudio
	case first == "desk":
		return InDesk
	case strings.Contains(first, "-"):
		return InShop
	default:
		return Elsewhere
	}
}

// Viewer returns who is signed in, nil for nobody. On Public routes it is
// always nil.
func Viewer(c echo.Context) *accounts.Viewer { return stateOf(c).viewer }

// RequestID returns the id under which the log knows this request.
func RequestID(c echo.Context) string { return stateOf(c).id }

func (s *Server) isProducer(c echo.Context) (bool, error) {
	st := stateOf(c)
	if st.viewer == nil {
		return false, nil
	}
	if st.member == nil {
		member, err := s.Members.IsProducer(c.Request().Context(), st.viewer.ID)
		if err != nil {
			return false, errs.E(errs.KindOf(err), "ask for membership", err)
		}
		st.member = &member
	}
	return *st.member, nil
}
