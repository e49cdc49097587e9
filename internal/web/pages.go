package web

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"
)

// pageCache keeps whole Public pages of the shop for a few seconds, compressed
// once. They are the same for everybody, so a page that a hundred people look
// at is rendered once. Whatever staff or producers change clears it; what
// changes elsewhere (another node, a background job) shows when a page has
// grown old.
type pageCache struct {
	keep  time.Duration
	clock func() time.Time
	pages *otter.Cache[string, *page]
	round atomic.Int64 // how often the cache was cleared

	mu      sync.Mutex
	filling map[string]*filling
}

// longestKey bounds the address of a page that is kept, so that nobody fills
// the memory with addresses.
const longestKey = 512

func newPageCache(keep time.Duration, bytes int64, clock func() time.Time) (*pageCache, error) {
	if keep <= 0 {
		return nil, nil
	}
	pages, err := otter.New(&otter.Options[string, *page]{
		MaximumWeight: uint64(bytes),
		Weigher:       func(key string, p *page) uint32 { return uint32(len(key) + 2*len(p.body)) },
	})
	if err != nil {
		return nil, fmt.Errorf("page cache: %w", err)
	}
	return &pageCache{keep: keep, clock: clock, pages: pages, filling: map[string]*filling{}}, nil
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

// get returns a page that is kept and still young.
func (p *pageCache) get(key string) *page {
	kept, ok := p.pages.GetIfPresent(key)
	if !ok || p.clock().After(kept.until) {
		return nil
	}
	return kept
}

// forget clears the cache. A page whose rendering began before is not kept.
func (p *pageCache) forget() {
	if p == nil {
		return
	}
	p.round.Add(1)
	p.pages.InvalidateAll()
}

// filling is a page being rendered, for those who wait for the same one.
type filling struct {
	done chan struct{}
	page *page
	err  error
}

// fill renders a page, once for all who ask meanwhile.
func (p *pageCache) fill(key string, render func() (*page, error)) (*page, error) {
	p.mu.Lock()
	if running, ok := p.filling[key]; ok {
		p.mu.Unlock()
		<-running.done
		return running.page, running.err
	}
	f := &filling{done: make(chan struct{}), err: fmt.Errorf("page %s: rendering broke off", key)}
	p.filling[key] = f
	p.mu.Unlock()

	round := p.round.Load()
	defer func() {
		p.mu.Lock()
		delete(p.filling, key)
		p.mu.Unlock()
		close(f.done)
	}()
	f.page, f.err = render()
	if f.err == nil && f.page.public() && p.round.Load() == round {
		f.page.until = p.clock().Add(p.keep)
		p.pages.Set(key, f.page)
	}
	return f.page, f.err
}

// Forget makes all kept pages be rendered anew: call it when something that
// shop pages show was changed other than through the studio or the desk.
func (s *Server) Forget() { s.pages.forget() }

// front answers with kept pages before anything else is done for a request.
// Such visits are not in the access log.
func (s *Server) front(next http.Handler) http.Handler {
	if s.pages == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, ok := s.pages.key(r); ok {
			if kept := s.pages.get(key); kept != nil {
				kept.serve(w, r, true)
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
		p, err := s.pages.fill(key, func() (*page, error) { return record(c, next) })
		if err != nil {
			return err
		}
		p.serve(c.Response(), c.Request(), false)
		return nil
	}
}

// forgetAfter clears the pages when a form of the studio or the desk went well.
func (s *Server) forgetAfter(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err == nil && !isRead(c.Request().Method) && c.Response().Status < http.StatusBadRequest {
			s.Forget()
		}
		return err
	}
}
