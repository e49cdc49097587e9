package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"
)

// page is an answer as a handler gave it.
type page struct {
	status int
	header http.Header
	body   []byte
	etag   string
	until  time.Time
	br     func() []byte
	gzip   func() []byte
}

// recorder takes an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// record runs a handler for everybody who waits for the page: without the
// conditions of the first of them, and to the end even should she leave.
func record(c echo.Context, handler echo.HandlerFunc) (*page, error) {
	request, response := c.Request(), c.Response()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(request.Context()), defaultTime)
	defer cancel()
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
	return newPage(rec), nil
}

func newPage(rec *recorder) *page {
	body := bytes.Clone(rec.body.Bytes())
	rec.header.Del(echo.HeaderXRequestID)
	rec.header.Del(echo.HeaderContentLength)
	p := &page{status: rec.status, header: rec.header, body: body, etag: rec.header.Get("Etag")}
	p.br = sync.OnceValue(func() []byte { return compressed(body, brotliWriter) })
	p.gzip = sync.OnceValue(func() []byte { return compressed(body, gzipWriter) })
	return p
}

// public reports whether the answer may be given to others.
func (p *page) public() bool {
	return p.status == http.StatusOK && p.etag != "" && len(p.header.Values("Set-Cookie")) == 0 &&
		strings.HasPrefix(p.header.Get("Cache-Control"), "public") &&
		strings.HasPrefix(p.header.Get("Content-Type"), "text/html")
}

// serve sends the page, encoded as the visitor takes it; without encode it is
// left to what stands around the handler.
func (p *page) serve(w http.ResponseWriter, r *http.Request, encode bool) {
	h := w.Header()
	for name, values := range p.header {
		h[name] = values
	}
	if p.etag != "" && etagMatches(r.Header.Get("If-None-Match"), p.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := p.body
	if encode {
		h["Vary"] = []string{"Accept-Encoding"}
		encoding, encoded := p.encoded(r.Header.Get("Accept-Encoding"))
		if encoding != "" {
			h["Content-Encoding"] = []string{encoding}
		}
		body = encoded
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the visitor has gone: nothing left to do
	}
}

// encoded picks an encoding by name alone: browsers do not forbid with q=0
// what they name, and who does gets the page from the handler's side of it.
func (p *page) encoded(accept string) (string, []byte) {
	switch {
	case strings.Contains(accept, ";q=0"):
		return "", p.body
	case strings.Contains(accept, "br"):
		return "br", p.br()
	case strings.Contains(accept, "gzip"):
		return "gzip", p.gzip()
	default:
		return "", p.body
	}
}

type encoder interface {
	Write([]byte) (int, error)
	Close() error
}

func compressed(body []byte, open func(*bytes.Buffer) encoder) []byte {
	var out bytes.Buffer
	w := open(&out)
	_, _ = w.Write(body) // a bytes.Buffer does not fail
	_ = w.Close()
	return out.Bytes()
}

func brotliWriter(out *bytes.Buffer) encoder { return brotli.NewWriterLevel(out, 5) }

func gzipWriter(out *bytes.Buffer) encoder { return gzip.NewWriter(out) }
