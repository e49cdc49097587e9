package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/errs"
)

// What a session holds.
const (
	sessionAccount = "account" // int64, the account's id
	sessionSince   = "since"   // int64, Unix microseconds of the sign-in
)

// sessionCookie is the cookie's name. Over https the prefix keeps other hosts of the domain from setting it.
func (s *Server) sessionCookie() string {
	if s.secure() {
		return "__Host-awil_session"
	}
	return "awil_session"
}

// newSessions sets up sessions that last a month, or a week without a visit:
// a producer opens the studio every few days and should not have to type a
// password each time.
func (s *Server) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = s.Sessions
	m.Lifetime = 30 * 24 * time.Hour
	m.IdleTimeout = 7 * 24 * time.Hour
	m.Cookie.Name = s.sessionCookie()
	m.Cookie.Path = "/"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = s.secure()
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.HashTokenInStore = true
	return m
}

// withSession loads the session and whoever is signed in. It is written back
// just before the answer's first byte.
func (s *Server) withSession(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Add("Vary", "Cookie")
		token := ""
		if cookie, err := c.Cookie(s.sessionCookie()); err == nil {
			token = cookie.Value
		}
		ctx, err := s.sessions.Load(c.Request().Context(), token)
		if err != nil {
			return errs.E(errs.Unavailable, "load session", err)
		}
		c.SetRequest(c.Request().WithContext(ctx))
		st := stateOf(c)
		st.session = true
		c.Response().Before(func() { s.saveSession(c, ctx) })
		if st.viewer, err = s.loadViewer(ctx); err != nil {
			return err
		}
		return next(c)
	}
}

// saveSession runs when the status is about to be sent. Should the session be
// lost, a redirect that relies on it must not happen.
func (s *Server) saveSession(c echo.Context, ctx context.Context) {
	res := c.Response()
	switch s.sessions.Status(ctx) {
	case scs.Modified:
		token, expiry, err := s.sessions.Commit(context.WithoutCancel(ctx))
		if err != nil {
			s.Log.ErrorContext(ctx, "session not saved", "error", err, "request_id", stateOf(c).id)
			res.Header().Del(echo.HeaderLocation)
			res.Status = http.StatusServiceUnavailable
			return
		}
		s.sessions.WriteSessionCookie(ctx, res, token, expiry)
	case scs.Destroyed:
		s.sessions.WriteSessionCookie(ctx, res, "", time.Time{})
	case scs.Unmodified:
	}
}

// loadViewer asks for the account on each request, so that a closed account or
// a changed role acts at once. A session begun before the account's sessions
// were ended counts as none.
func (s *Server) loadViewer(ctx context.Context) (*accounts.Viewer, error) {
	id := s.sessions.GetInt64(ctx, sessionAccount)
	if id == 0 {
		return nil, nil
	}
	v, err := s.Accounts.Viewer(ctx, id)
	switch kind := errs.KindOf(err); {
	case err == nil && s.sessions.GetInt64(ctx, sessionSince) >= v.SessionsFrom.UnixMicro():
		return &v, nil
	case err == nil, kind == errs.NotFound, kind == errs.Forbidden, kind == errs.Gone, kind == errs.Unauthenticated:
		return nil, s.sessions.Destroy(ctx)
	default:
		return nil, fmt.Errorf("load viewer: %w", err)
	}
}

var errNoSession = errors.New("web: route has no session: its access is Public or Machine")

// SignIn makes the account the one of this session, under a new token. The
// language of the account becomes that of the pages outside the shop.
func SignIn(c echo.Context, v accounts.Viewer) error {
	st := stateOf(c)
	if !st.session {
		return errNoSession
	}
	ctx, m := c.Request().Context(), st.server.sessions
	if err := m.RenewToken(ctx); err != nil {
		return errs.E(errs.Unavailable, "renew session", err)
	}
	m.Put(ctx, sessionAccount, v.ID)
	m.Put(ctx, sessionSince, st.server.Clock().UnixMicro())
	if v.Lang != "" {
		SetLang(c, v.Lang)
	}
	st.viewer = &v
	return nil
}

// SignOut ends the session.
func SignOut(c echo.Context) error {
	st := stateOf(c)
	if !st.session {
		return errNoSession
	}
	st.viewer = nil
	if err := st.server.sessions.Destroy(c.Request().Context()); err != nil {
		return errs.E(errs.Unavailable, "end session", err)
	}
	return nil
}
