package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/labstack/echo/v4"

	"awil/internal/watch"
)

// page is an answer as a handler gave it.
type page struct {
	status int
	header http.Header
	body   []byte
	etag   string
	br     func() []byte
	zstd   func() []byte
	gzip   func() []byte
	served atomic.Int64

	topics  []watch.Topic
	until   time.Time    // when it becomes another by itself; zero: never
	made    time.Time    // when its making began
	checked atomic.Int64 // the watch.Moment up to which nothing it shows has changed
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
func record(c echo.Context, handler echo.HandlerFunc, notes *watch.Notes) (*page, error) {
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
	return newPage(rec), nil
}

func newPage(rec *recorder) *page {
	body := bytes.Clone(rec.body.Bytes())
	rec.header.Del(echo.HeaderXRequestID)
	rec.header.Del(echo.HeaderContentLength)
	p := &page{status: rec.status, header: rec.header, body: body, etag: rec.header.Get("Etag")}
	p.br = sync.OnceValue(func() []byte { return compressed(body, brotliWriter) })
	p.zstd = sync.OnceValue(func() []byte { return zstandard.EncodeAll(body, nil) })
	p.gzip = sync.OnceValue(func() []byte { return compressed(body, gzipWriter) })
	return p
}

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
	if p.etag != "" && etagMatches(r.Header.Get("If-None-Match"), p.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Vary"] = varyEncoding
	encoding, body := p.encoded(r.Header.Get("Accept-Encoding"))
	if encoding != "" {
		h["Content-Encoding"] = []string{encoding}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the visitor has gone: nothing left to do
	}
}

var varyEncoding = []string{"Accept-Encoding"}

// smallest is the size from which compressing a page is worth it.
const smallest = 1024

// encoded picks an encoding by name alone: browsers do not forbid with q=0 what
// they name, and who does gets the page as it is. The smallest takes a
// millisecond to make: a page gets it when it is asked for a second time.
func (p *page) encoded(accept string) (string, []byte) {
	if accept == "" || len(p.body) < smallest || strings.Contains(accept, ";q=0") {
		return "", p.body
	}
	br, zs := strings.Contains(accept, "br"), strings.Contains(accept, "zstd")
	switch {
	case br && (!zs || p.served.Add(1) > 1):
		return "br", p.br()
	case zs:
		return "zstd", p.zstd()
	case strings.Contains(accept, "gzip"):
		return "gzip", p.gzip()
	default:
		return "", p.body
	}
}

// zstandard serves all pages: EncodeAll may be called by many at once. New fails
// only for options that contradict each other.
var zstandard, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1))

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
