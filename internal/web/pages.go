package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"awil/internal/watch"
)

// Changes says what has changed of what pages show.
type Changes interface {
	// Board is where changes are noted.
	Board() *watch.Board
	// CatchUp returns when the changes committed so far are on the board.
	CatchUp(ctx context.Context)
}

// pageCache keeps whole Public pages of the shop, compressed: they are the
// same for everybody. A page is given up when something it shows has changed,
// on whichever node; one that cannot be made anew, for the database is away,
// is served as it was.
type pageCache struct {
	changes   Changes
	clock     func() time.Time
	pages     *otter.Cache[string, *page]
	encodings *encodings
	away      atomic.Int64 // Unix nanoseconds when making a page last failed while the database was away
	// Places for what is done before anybody waits for it, so that those who
	// wait come first: pages made anew, and pages made small.
	renewing chan struct{}
	squeezer *squeezer

	mu      sync.Mutex
	filling map[string]*filling
}

const (
	// breath is how long a page is served after it was made even if it has
	// changed since: a hundred edits a second make it twice a second, not a
	// hundred times.
	breath = 400 * time.Millisecond
	// lastBreath is how long a page that has changed is served while it is made
	// anew, so that nobody waits for it. A page that is older is waited for:
	// nobody sees what was so a second ago.
	lastBreath = 800 * time.Millisecond
	// renewals is how many pages are made anew at once before anybody waits for
	// them.
	renewals = 2
	// uncertain is how old a page may be while nobody hears of changes.
	uncertain = time.Second
	// longestStale is how old a page may be that cannot be made anew.
	longestStale = 24 * time.Hour
)

// pageBytes is about what a page takes besides its body: its headers, and what
// it is made from.
const pageBytes = 2 << 10

// longestKey bounds the address of a page that is kept, so that nobody fills
// the memory with addresses.
const longestKey = 512

func newPageCache(changes Changes, bytes int64, clock func() time.Time, log *slog.Logger) (*pageCache, error) {
	if changes == nil {
		return nil, nil
	}
	pages, err := otter.New(&otter.Options[string, *page]{
		MaximumWeight: uint64(bytes),
		Weigher:       func(key string, p *page) uint32 { return uint32(len(key) + pageBytes + p.body.bytes()) },
	})
	if err != nil {
		return nil, fmt.Errorf("page cache: %w", err)
	}
	return &pageCache{changes: changes, clock: clock, pages: pages, encodings: newEncodings(), filling: map[string]*filling{},
		renewing: make(chan struct{}, renewals), squeezer: &squeezer{make(chan struct{}, 1), log}}, nil
}

// key returns under what a request's page is kept; ok is false for requests
// that must be answered one by one. A path that holds a question mark or
// another letter written as a number would be taken for another's.
func (p *pageCache) key(r *http.Request) (key string, ok bool) {
	if p == nil || !isRead(r.Method) || r.URL.RawPath != "" || strings.Contains(r.URL.Path, "?") {
		return "", false
	}
	key = r.URL.Path
	if r.URL.RawQuery != "" {
		key += "?" + r.URL.RawQuery
	}
	return key, len(key) <= longestKey
}

// get returns a page that is kept and shows what is so now, or was so a moment
// ago: then outdated is true, and it should be made anew.
func (p *pageCache) get(key string) (kept *page, outdated bool) {
	kept, ok := p.pages.GetIfPresent(key)
	if !ok {
		return nil, false
	}
	switch now := p.clock(); {
	case p.current(kept, now):
		return kept, false
	case kept.age(now) < lastBreath:
		return kept, true
	}
	return nil, false
}

// current reports whether a page was made just now, or nothing it shows has
// changed since.
func (p *pageCache) current(kept *page, now time.Time) bool {
	age := kept.age(now)
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
	if !ok || kept.age(p.clock()) > longestStale {
		return nil
	}
	return kept
}

// resting reports whether the database was away a moment ago, or making this
// very page failed: nobody waits in vain who can be served without.
func (p *pageCache) resting(kept *page) bool {
	failed := max(p.away.Load(), kept.failed.Load())
	return p.clock().Sub(time.Unix(0, failed)) < uncertain
}

// failed notes that a page could not be made for want of something, and returns
// one to serve instead. One page may be too much for a database that is there,
// as whoever hears of changes knows: then it is that page alone.
func (p *pageCache) failed(key string) *page {
	now, kept := p.clock().UnixNano(), p.stale(key)
	if !p.changes.Board().Certain() {
		p.away.Store(now)
	}
	if kept != nil {
		kept.failed.Store(now)
	}
	return kept
}

// filling is a page being rendered, for those who wait for the same one.
type filling struct {
	done chan struct{}
	page *page
	err  error
}

// fill renders a page, once for all who ask meanwhile. Whoever has waited for a
// page whose making began too long ago waits for the next one; an answer that is
// not for everybody is for the one who asked.
func (p *pageCache) fill(key string, render func(notes *watch.Notes) (*page, error)) (*page, error) {
	for {
		kept, f, mine := p.begin(key)
		switch {
		case kept != nil:
			return kept, nil
		case mine:
			p.make(key, f, render)
			return f.page, f.err
		}
		<-f.done
		if f.err == nil && !f.page.public() {
			return render(&watch.Notes{})
		}
		if now := p.clock(); f.err != nil || f.page.age(now) < lastBreath || p.current(f.page, now) {
			return f.page, f.err
		}
	}
}

// begin returns a page that has just been made, or its making that is under
// way, or one that the caller has to do.
func (p *pageCache) begin(key string) (kept *page, f *filling, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.filling[key]; ok {
		return nil, f, false
	}
	if kept, ok := p.pages.GetIfPresent(key); ok && kept.age(p.clock()) < breath {
		return kept, nil, false
	}
	f = &filling{done: make(chan struct{}), err: fmt.Errorf("page %s: rendering broke off", key)}
	p.filling[key] = f
	return nil, f, true
}

func (p *pageCache) make(key string, f *filling, render func(notes *watch.Notes) (*page, error)) {
	moment, made, notes := p.changes.Board().Now(), p.clock(), &watch.Notes{}
	defer func() {
		p.mu.Lock()
		delete(p.filling, key)
		p.mu.Unlock()
		close(f.done)
	}()
	watch.On(watch.Into(context.Background(), notes), watch.Markets) // of the address
	f.page, f.err = render(notes)
	switch {
	case f.err == nil && f.page.public():
		f.page.topics, f.page.until, f.page.made, f.page.body.squeezer = notes.Topics(), notes.End(), made, p.squeezer
		f.page.checked.Store(int64(moment))
		p.pages.Set(key, f.page)
	case f.err == nil || statusOf(f.err) < http.StatusInternalServerError:
		p.pages.Invalidate(key) // there is no such page any more, and none to show for it later
	}
}
