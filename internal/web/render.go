package web

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"awil/internal/errs"
)

// Pages are rendered whole before the first byte leaves: an error half-way
// still becomes an error page.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keptBuffer is the largest buffer given back to the pool.
const keptBuffer = 256 << 10

// getBuffer returns an empty buffer, to be given back when nobody uses it.
func getBuffer() *bytes.Buffer {
	buf, _ := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	return buf
}

func putBuffer(buf *bytes.Buffer) {
	if buf.Cap() <= keptBuffer {
		buffers.Put(buf)
	}
}

// Render draws a page and sends it with a status. Public pages carry an ETag,
// so that a visitor who comes again gets 304 instead of the page.
func Render(c echo.Context, status int, page templ.Component) error {
	buf := getBuffer()
	defer putBuffer(buf)
	if err := page.Render(c.Request().Context(), buf); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	return send(c, status, buf.Bytes())
}

// JSON answers a script, as Render does a visitor.
func JSON(c echo.Context, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("answer a script: %w", err)
	}
	return sendAs(c, http.StatusOK, echo.MIMEApplicationJSON, body)
}

func send(c echo.Context, status int, body []byte) error {
	if st := stateOf(c); st.access == Public && status == http.StatusOK && st.area == InShop {
		c.Response().Header().Set("Speculation-Rules", `"`+st.server.Assets.URL("js/prefetch.json")+`"`)
	}
	return sendAs(c, status, echo.MIMETextHTMLCharsetUTF8, body)
}

func sendAs(c echo.Context, status int, kind string, body []byte) error {
	h := c.Response().Header()
	if stateOf(c).access == Public && status == http.StatusOK {
		etag := etagOf(body)
		h.Set("Etag", etag)
		if h.Get("Cache-Control") == "" {
			h.Set("Cache-Control", whileAsking)
		}
		if held := etagHeld(c.Request().Header.Get("If-None-Match"), etag); held != "" {
			h.Set("Etag", held)
			return c.NoContent(http.StatusNotModified)
		}
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(status, kind, body)
}

// etagOf is weak: what compresses a page may not do so by the byte tomorrow.
// Nobody forges the pages of their own shop: two checksums tell its versions
// apart, at a tenth of what a hash costs.
func etagOf(body []byte) string {
	var sum [12]byte
	binary.LittleEndian.PutUint32(sum[0:], uint32(len(body)))
	binary.LittleEndian.PutUint32(sum[4:], crc32.ChecksumIEEE(body))
	binary.LittleEndian.PutUint32(sum[8:], crc32.Checksum(body, castagnoli))
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:]) + `"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// FormStatus is the status of a page with a form: 422 when something is wrong
// with what was sent.
func FormStatus(problems *errs.Fields) int {
	if problems.Len() > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// Redirect sends the visitor on with 303, as after every form that went well.
// The target is a path of this site or an address the program made itself,
// never one taken from a request: see LocalPath.
func Redirect(c echo.Context, target string) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Redirect(http.StatusSeeOther, target)
}

// Done redirects with one sentence to show there: key and arguments of a
// message. Only pages that are not Public show it.
func Done(c echo.Context, target, key string, args ...any) error {
	SetFlash(c, true, key, args...)
	return Redirect(c, target)
}

// LocalPath returns target when it is a path of this site, else fallback. Use
// it for whatever path comes with a request.
func LocalPath(target, fallback string) string {
	if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") || strings.ContainsAny(target, "\\\r\n\t") {
		return fallback
	}
	return target
}
