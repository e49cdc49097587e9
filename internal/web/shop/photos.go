package shop

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/photos"
)

// photo serves a rendition: /photos/{key}/{width}.{ext}. What an address once
// named never changes, so browsers keep it for a year and need not ask again.
func (s *Shop) photo(c echo.Context) error {
	key, width, ext, ok := rendition(c)
	if !ok {
		return errs.E(errs.NotFound, "no address of a rendition")
	}
	r := c.Request()
	etag := `"` + key + "-" + c.Param("file") + `"`
	body, info, err := s.Photos.Open(r.Context(), key, width, ext)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Etag", etag)
	h.Set(echo.HeaderContentType, mimeOf(ext))
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // feeds and messengers show our pictures
	if seeker, ok := body.(io.ReadSeeker); ok {
		http.ServeContent(c.Response(), r, "", info.Modified, seeker)
		return nil
	}
	if r.Header.Get("If-None-Match") == etag {
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentLength, strconv.FormatInt(info.Size, 10))
	c.Response().WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err = io.Copy(c.Response(), body)
	return err
}

func rendition(c echo.Context) (key string, width int, ext string, ok bool) {
	name, ext, found := strings.Cut(c.Param("file"), ".")
	width, err := strconv.Atoi(name)
	ok = found && err == nil && width > 0 && strconv.Itoa(width) == name && mimeOf(ext) != ""
	return c.Param("key"), width, ext, ok
}

func mimeOf(ext string) string {
	switch ext {
	case photos.JPEG:
		return "image/jpeg"
	case photos.AVIF:
		return "image/avif"
	default:
		return ""
	}
}
