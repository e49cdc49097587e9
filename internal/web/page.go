package web

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/watch"
)

// page is an answer as a handler gave it.
type page struct {
	status int
	header http.Header
	body   []byte
	etag   string
	plain  sending
	br     func() sending
	zstd   func() sending
	gzip   func() sending

	encodings *encodings
	served    atomic.Int64            // to visitors who take the smallest encoding, brotli
	small     atomic.Pointer[sending] // the smallest encoding, once it is made
	squeezed  atomic.Bool             // it is being made
	squeezing chan struct{}           // a place where it may be made; nil: nowhere
	renewed   atomic.Bool             // somebody is making the page anew
	failed    atomic.Int64            // Unix nanoseconds when making it anew last failed

	topics  []watch.Topic
	until   time.Time    // when it becomes another by itself; zero: never
	made    time.Time    // when its making began
	checked atomic.Int64 // the watch.Moment up to which nothing it shows has changed
}

// sending is a page as it leaves in one encoding, its headers ready.
type sending struct {
	encoding []string // nil: as it is
	etag     []string
	length   []string
	body     []byte
}

func newSending(etag, encoding string, body []byte) sending {
	s := sending{etag: []string{etagIn(etag, encoding)}, length: []string{strconv.Itoa(len(body))}, body: body}
	if encoding != "" {
		s.encoding = []string{encoding}
	}
	return s
}

// recorder takes an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   []byte
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	if r.body == nil { // pages come in one piece
		r.body = bytes.Clone(b)
	} else {
		r.body = append(r.body, b...)
	}
	return len(b), nil
}

// record runs a handler for everybody who waits for the page: without the
// conditions of the first of them, and to the end even should she leave.
func (p *pageCache) record(c echo.Context, handler echo.HandlerFunc, notes *watch.Notes) (*page, error) {
	request, response := c.Request(), c.Response()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(request.Context()), defaultTime)
	defer cancel()
	ctx = watch.Into(ctx, notes)
	plain := request.Clone(ctx)
	plain.Method = http.MethodGet
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "Cookie"} {
		plain.Header.Del(name)
	}
	rec := &recorder{header: response.Header().Clone()}
	c.SetRequest(plain)
	c.SetResponse(echo.NewResponse(rec, c.Echo()))
	defer func() {
		c.SetRequest(request)
		c.SetResponse(response)
	}()
	if err := handler(c); err != nil {
		return nil, err
	}
	return newPage(rec, p.encodings), nil
}

func newPage(rec *recorder, e *encodings) *page {
	body := rec.body
	rec.header.Del(echo.HeaderXRequestID)
	rec.header.Del(echo.HeaderContentLength)
	etag := rec.header.Get("Etag")
	p := &page{status: rec.status, header: rec.header, body: body, etag: etag, plain: newSending(etag, "", body), encodings: e}
	p.br = sync.OnceValue(func() sending { return newSending(etag, "br", e.quickBrotli.compress(body)) })
	p.zstd = sync.OnceValue(func() sending { return newSending(etag, "zstd", e.zstandard.compress(body)) })
	p.gzip = sync.OnceValue(func() sending { return newSending(etag, "gzip", e.quickGzip.compress(body)) })
	return p
}

func (p *page) age(now time.Time) time.Duration { return now.Sub(p.made) }

// public reports whether the answer may be given to others.
func (p *page) public() bool {
	return p.status == http.StatusOK && p.etag != "" && len(p.header.Values("Set-Cookie")) == 0 &&
		strings.HasPrefix(p.header.Get("Cache-Control"), "public") &&
		strings.HasPrefix(p.header.Get("Content-Type"), "text/html")
}

// serve sends the page, encoded as the visitor takes it.
func (p *page) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, values := range p.header {
		h[name] = values
	}
	h["Vary"] = varyEncoding
	if held := etagHeld(r.Header.Get("If-None-Match"), p.etag); held != "" {
		h["Etag"] = []string{held}
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s := p.encoded(r.Header.Get("Accept-Encoding"))
	if p.etag != "" {
		h["Etag"] = s.etag
	}
	if s.encoding != nil {
		h["Content-Encoding"] = s.encoding
	}
	h["Content-Length"] = s.length
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(s.body) // the visitor has gone: nothing left to do
	}
}

var varyEncoding = []string{"Accept-Encoding"}

// smallest is the size from which compressing a page is worth it.
const smallest = 1024

// popular is how many visitors make the smallest encoding of a page worth it.
const popular = 8

// encoded picks an encoding by name alone: browsers do not forbid with q=0 what
// they name, and who does gets the page as it is. The smallest takes
// milliseconds to make: it is made when the page proves popular, and nobody
// waits for it.
func (p *page) encoded(accept string) sending {
	if accept == "" || len(p.body) < smallest || strings.Contains(accept, "q=0") {
		return p.plain
	}
	br, zs := strings.Contains(accept, "br"), strings.Contains(accept, "zstd")
	if br {
		if small := p.small.Load(); small != nil {
			return *small
		}
		if p.served.Add(1) >= popular {
			p.squeeze()
		}
	}
	switch {
	case zs:
		return p.zstd()
	case br:
		return p.br()
	case strings.Contains(accept, "gzip"):
		return p.gzip()
	default:
		return p.plain
	}
}

// squeeze makes the smallest encoding, unless another page's is being made.
func (p *page) squeeze() {
	if !p.squeezed.CompareAndSwap(false, true) {
		return
	}
	select {
	case p.squeezing <- struct{}{}:
	default:
		p.squeezed.Store(false)
		return
	}
	go func() {
		defer func() { <-p.squeezing }()
		small := newSending(p.etag, "br", p.encodings.smallBrotli.compress(p.body))
		p.small.Store(&small)
	}()
}
