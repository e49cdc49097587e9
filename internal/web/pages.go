package web

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"

	"awil/internal/errs"
	"awil/internal/watch"
)

// Changes says what has changed of what pages show.
type Changes interface {
	// Board is where changes are noted.
	Board() *watch.Board
	// CatchUp returns when the changes committed so far are on the board.
	CatchUp(ctx context.Context)
}

// pageCache keeps whole Public pages of the shop, compressed once: they are the
// same for everybody. A page is given up when something it shows has changed,
// on whichever node; one that cannot be made anew, for the database is away,
// is served as it was.
type pageCache struct {
	changes Changes
	clock   func() time.Time
	pages   *otter.Cache[string, *page]
	away    atomic.Int64 // Unix nanoseconds when making a page last failed for want of the database

	mu      sync.Mutex
	filling map[string]*filling
}

const (
	// breath is how long a page is served after it was made even if it has
	// changed since: a hundred edits a second make it twice a second, not a
	// hundred times.
	breath = 400 * time.Millisecond
	// uncertain is how old a page may be while nobody hears of changes.
	uncertain = time.Second
	// longestStale is how old a page may be that cannot be made anew.
	longestStale = 24 * time.Hour
)

// longestKey bounds the address of a page that is kept, so that nobody fills
// the memory with addresses.
const longestKey = 512

func newPageCache(changes Changes, bytes int64, clock func() time.Time) (*pageCache, error) {
	if changes == nil {
		return nil, nil
	}
	pages, err := otter.New(&otter.Options[string, *page]{
		MaximumWeight: uint64(bytes),
		Weigher:       func(key string, p *page) uint32 { return uint32(len(key) + 2*len(p.body)) },
	})
	if err != nil {
		return nil, fmt.Errorf("page cache: %w", err)
	}
	return &pageCache{changes: changes, clock: clock, pages: pages, filling: map[string]*filling{}}, nil
}

// key returns under what a request's page is kept; ok is false for requests
// that must be answered one by one.
func (p *pageCache) key(r *http.Request) (key string, ok bool) {
	if p == nil || !isRead(r.Method) || wantsJSON(r) {
		return "", false
	}
	key = r.URL.Path
	if r.URL.RawQuery != "" {
		key += "?" + r.URL.RawQuery
	}
	return key, len(key) <= longestKey
}

// get returns a page that is kept and shows what is so now.
func (p *pageCache) get(key string) *page {
	kept, ok := p.pages.GetIfPresent(key)
	if !ok || !p.current(kept) {
		return nil
	}
	return kept
}

func (p *pageCache) current(kept *page) bool {
	now := p.clock()
	age := now.Sub(kept.made)
	switch {
	case age < breath:
		return true
	case !kept.until.IsZero() && !now.Before(kept.until):
		return false
	}
	board := p.changes.Board()
	if !board.Certain() {
		return age < uncertain
	}
	moment := board.Now()
	if board.ChangedSince(watch.Moment(kept.checked.Load()), kept.topics) {
		return false
	}
	kept.checked.Store(int64(moment))
	return true
}

// stale returns a page to serve instead of one that cannot be made now.
func (p *pageCache) stale(key string) *page {
	kept, ok := p.pages.GetIfPresent(key)
	if !ok || p.clock().Sub(kept.made) > longestStale {
		return nil
	}
	return kept
}

// resting reports whether the database was away a moment ago: nobody waits for
// it in vain who can be served without.
func (p *pageCache) resting() bool {
	return p.clock().Sub(time.Unix(0, p.away.Load())) < uncertain
}

// filling is a page being rendered, for those who wait for the same one.
type filling struct {
	done chan struct{}
	page *page
	err  error
}

// fill renders a page, once for all who ask meanwhile.
func (p *pageCache) fill(key string, render func(notes *watch.Notes) (*page, error)) (*page, error) {
	p.mu.Lock()
	if running, ok := p.filling[key]; ok {
		p.mu.Unlock()
		<-running.done
		return running.page, running.err
	}
	f := &filling{done: make(chan struct{}), err: fmt.Errorf("page %s: rendering broke off", key)}
	p.filling[key] = f
	p.mu.Unlock()

	moment, made, notes := p.changes.Board().Now(), p.clock(), &watch.Notes{}
	defer func() {
		p.mu.Lock()
		delete(p.filling, key)
		p.mu.Unlock()
		close(f.done)
	}()
	watch.On(watch.Into(context.Background(), notes), watch.Markets) // of the address
	f.page, f.err = render(notes)
	if f.err == nil && f.page.public() {
		f.page.topics, f.page.until, f.page.made = notes.Topics(), notes.End(), made
		f.page.checked.Store(int64(moment))
		p.pages.Set(key, f.page)
	}
	return f.page, f.err
}

// front answers with kept pages before anything else is done for a request.
// Such visits are not in the access log.
func (s *Server) front(next http.Handler) http.Handler {
	if s.pages == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, ok := s.pages.key(r); ok {
			if kept := s.pages.get(key); kept != nil {
				kept.serve(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// keepPage is put around the handlers of the shop's Public pages.
func (s *Server) keepPage(next echo.HandlerFunc) echo.HandlerFunc {
	if s.pages == nil {
		return next
	}
	return func(c echo.Context) error {
		key, ok := s.pages.key(c.Request())
		if !ok {
			return next(c)
		}
		if kept := s.pages.stale(key); kept != nil && s.pages.resting() {
			kept.serve(c.Response(), c.Request())
			return nil
		}
		p, err := s.pages.fill(key, func(notes *watch.Notes) (*page, error) { return record(c, next, notes) })
		if err != nil {
			if errs.KindOf(err) != errs.Unavailable {
				return err
			}
			s.pages.away.Store(s.Clock().UnixNano())
			if p = s.pages.stale(key); p == nil {
				return err
			}
			s.Log.WarnContext(c.Request().Context(), "a page as it was, for it cannot be made anew", "error", err)
		}
		p.serve(c.Response(), c.Request())
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
