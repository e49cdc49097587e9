package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// whileAsking is what caches between us and the visitors may do with pages that
// are the same for everybody. Nobody tells them when a page changes, so they
// ask for each visit, which costs us a 304 without a body; when we do not
// answer, they may show what they have for a day, as we do while the database
// is away. No-cache would forbid that, and a time to live, however short, would
// show old prices. What is personal, and what went wrong, is kept by nobody.
const (
	whileAsking = "public, max-age=0, stale-if-error=86400"
	byNobody    = "no-store"
)

// unkept sees to it that what says nothing about caches is kept by none.
func unkept(r *echo.Response) {
	r.Before(func() {
		if h := r.Header(); h.Get("Cache-Control") == "" {
			h.Set("Cache-Control", byNobody)
		}
	})
}

// Moved sends whoever came by an old address to the new one. Browsers would
// keep such an answer for good, and go in circles should a name be changed and
// changed back.
func Moved(c echo.Context, target string) error {
	c.Response().Header().Set("Cache-Control", whileAsking)
	return c.Redirect(http.StatusMovedPermanently, target)
}

// codings are the encodings a page may leave in; each has an ETag of its own,
// the page's with the name of the encoding.
var codings = []string{"br", "zstd", "gzip"}

// etagIn is a page's ETag in an encoding; "" is the page as it is.
func etagIn(etag, encoding string) string {
	if encoding == "" || etag == "" {
		return etag
	}
	return strings.TrimSuffix(etag, `"`) + "." + encoding + `"`
}

// etagHeld returns which of a page's ETags a visitor holds, in whichever
// encoding she got it; "" for none.
func etagHeld(header, etag string) string {
	if header == "" || etag == "" {
		return ""
	}
	for tag := range strings.SplitSeq(header, ",") {
		opaque := strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		bare := opaque
		if name, encoding, found := strings.Cut(strings.Trim(opaque, `"`), "."); found && slices.Contains(codings, encoding) {
			bare = `"` + name + `"`
		}
		if bare == strings.TrimPrefix(etag, "W/") {
			return "W/" + opaque
		}
	}
	return ""
}
