package web

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
)

// contentPolicy allows our own scripts and styles only. Inline styles may set
// an attribute (the colour a picture stands on until it arrives), inline
// scripts nothing. Forms may also lead to where a payment is made: browsers
// hold redirects after a form to the same rule.
func (s *Server) contentPolicy() string {
	return strings.Join([]string{
		"default-src 'self'",
		"script-src 'self'",
		"style-src 'self'",
		"style-src-attr 'unsafe-inline'",
		join("img-src 'self' data: blob:", s.PictureOrigins),
		"object-src 'none'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
		join("form-action 'self'", s.FormTargets),
	}, "; ")
}

func join(directive string, origins []string) string {
	return strings.Join(append([]string{directive}, origins...), " ")
}

func (s *Server) setHeaders(h http.Header, requestID string) {
	h.Set("Content-Security-Policy", s.csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set(echo.HeaderXRequestID, requestID)
	if s.secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// compress encodes text on its way out, except what carries an encoding
// already. A little random padding keeps the length of a page from telling
// what is in it.
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(1024),
		gzhttp.CompressionLevel(quickGzip),
		gzhttp.ContentTypes([]string{"text/html", "text/plain", "text/xml", "text/csv", "application/json", "application/xml"}),
		gzhttp.RandomJitter(32, 0, false),
	)
	if err != nil {
		return next // only for options that contradict each other, which a test would show
	}
	return wrap(next)
}

// ipExtractor believes X-Forwarded-For from trusted proxies only.
func (s *Server) ipExtractor() echo.IPExtractor {
	if len(s.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range s.TrustedProxies {
		options = append(options, echo.TrustIPRange(ipNet(p)))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
