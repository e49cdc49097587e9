package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/watch"
)

// front answers with kept pages before anything else is done for a request.
// Such visits are not in the access log.
func (s *Server) front(next http.Handler) http.Handler {
	if s.pages == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, ok := s.pages.key(r); ok {
			if kept, outdated := s.pages.get(key); kept != nil {
				if outdated {
					s.renew(next, kept, r)
				}
				inOnePiece(w, r, kept.serve)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// renew makes a page anew for those who come next, unless somebody does already
// or enough is being made: then one of those who come next does.
func (s *Server) renew(next http.Handler, kept *page, r *http.Request) {
	if !kept.renewed.CompareAndSwap(false, true) {
		return
	}
	select {
	case s.pages.renewing <- struct{}{}:
	default:
		kept.renewed.Store(false)
		return
	}
	// Nothing of the visitor's: her connection is being written to.
	again := r.Clone(context.WithValue(context.Background(), behindKey{}, true))
	again.Method, again.Body, again.ContentLength = http.MethodGet, http.NoBody, 0
	again.Header.Del("If-None-Match") // so that it is compressed before anybody asks for it
	go func() {
		defer func() {
			<-s.pages.renewing
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.Log.Error("a page is not made anew", "panic", p)
			}
		}()
		next.ServeHTTP(&recorder{header: http.Header{}}, again)
	}()
}

type behindKey struct{}

// behindBacks reports whether a request is not a visitor's but ours, for a page
// to be made anew.
func behindBacks(ctx context.Context) bool { return ctx.Value(behindKey{}) != nil }

// keepPage is put around the handlers of the shop's Public pages. What their
// address stands for is read once more with them: it may have changed since it
// was looked up.
func (s *Server) keepPage(next echo.HandlerFunc) echo.HandlerFunc {
	if s.pages == nil {
		return next
	}
	return func(c echo.Context) error {
		key, ok := s.pages.key(c.Request())
		if !ok {
			return next(c)
		}
		if kept := s.pages.stale(key); kept != nil && s.pages.resting(kept) {
			kept.serve(c.Response(), c.Request())
			return nil
		}
		p, err := s.pages.fill(key, func(notes *watch.Notes) (*page, error) { return s.pages.record(c, s.withLocale(next), notes) })
		if err != nil {
			if errs.KindOf(err) != errs.Unavailable {
				return err
			}
			if p = s.pages.failed(key); p == nil {
				return err
			}
			s.Log.WarnContext(c.Request().Context(), "a page as it was, for it cannot be made anew", "error", err)
		}
		if !behindBacks(c.Request().Context()) {
			inOnePiece(c.Response(), c.Request(), p.serve)
		}
		return nil
	}
}

// caughtUp lets whoever changed something by a form of the studio or the desk
// see it on the pages of the shop, wherever she goes next.
func (s *Server) caughtUp(next echo.HandlerFunc) echo.HandlerFunc {
	if s.pages == nil {
		return next
	}
	return func(c echo.Context) error {
		err := next(c)
		if err == nil && !isRead(c.Request().Method) && c.Response().Status < http.StatusBadRequest {
			s.Changes.CatchUp(c.Request().Context())
		}
		return err
	}
}
