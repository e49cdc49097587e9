package web

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/watch"
)

// page is an answer as a handler gave it.
type page struct {
	status int
	header http.Header
	etag   string
	body   packed

	renewed atomic.Bool  // somebody is making the page anew
	failed  atomic.Int64 // Unix nanoseconds when making it anew last failed

	topics  []watch.Topic
	until   time.Time    // when it becomes another by itself; zero: never
	made    time.Time    // when its making began
	checked atomic.Int64 // the watch.Moment up to which nothing it shows has changed
}

// recorder takes an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   *bytes.Buffer // nil: nobody wants it
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	if r.body != nil {
		r.body.Write(b)
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
	rec := &recorder{header: response.Header().Clone(), body: getBuffer()}
	defer putBuffer(rec.body)
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
	rec.header.Del(echo.HeaderXRequestID)
	rec.header.Del(echo.HeaderContentLength)
	etag := rec.header.Get("Etag")
	p := &page{status: rec.status, header: rec.header, etag: etag}
	p.body.pack(rec.body.Bytes(), etag, e)
	return p
}

func (p *page) age(now time.Time) time.Duration { return now.Sub(p.made) }

// public reports whether the answer may be given to others: a page, or what a
// script of one asks for.
func (p *page) public() bool {
	kind := p.header.Get("Content-Type")
	return p.status == http.StatusOK && p.etag != "" && len(p.header.Values("Set-Cookie")) == 0 &&
		strings.HasPrefix(p.header.Get("Cache-Control"), "public") &&
		(strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, echo.MIMEApplicationJSON))
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
	s := p.body.encoded(r.Header.Get("Accept-Encoding"))
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
