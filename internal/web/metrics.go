package web

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo-contrib/echoprometheus"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"awil/assets"
	"awil/internal/errs"
)

// setUpMetrics counts requests by route, method and status, for /metrics. What a visitor can choose freely (the host, an
// invented method, a path that does not exist) is no label: it would fill the memory.
func (s *Server) setUpMetrics() error {
	registry := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := registry.Register(c); err != nil {
			return fmt.Errorf("metrics: %w", err)
		}
	}
	count, err := echoprometheus.MiddlewareConfig{
		Namespace: "awil", Subsystem: "http", Registerer: registry, DoNotUseRequestPathFor404: true,
		Skipper: func(c echo.Context) bool {
			return strings.HasPrefix(c.Request().URL.Path, assets.Prefix) || behindBacks(c.Request().Context())
		},
		LabelFuncs: map[string]echoprometheus.LabelValueFunc{
			"host":   func(echo.Context, error) string { return s.BaseURL.Host },
			"method": func(c echo.Context, _ error) string { return knownMethod(c.Request().Method) },
		},
	}.ToMiddleware()
	if err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	s.echo.Use(count)
	show := echoprometheus.NewHandlerWithConfig(echoprometheus.HandlerConfig{Gatherer: registry})
	s.Root().GET("/metrics", Machine, func(c echo.Context) error {
		if !s.mayReadMetrics(c.Request()) {
			return errs.E(errs.NotFound, "metrics are for this machine and bearers of the token")
		}
		return show(c)
	})
	return nil
}

func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		return method
	default:
		return "other"
	}
}

// mayReadMetrics lets in whoever bears the token, and, while the shop is for this machine only, programs on it.
func (s *Server) mayReadMetrics(r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && s.MetricsToken != "" {
		return subtle.ConstantTimeCompare([]byte(token), []byte(s.MetricsToken)) == 1
	}
	if base := net.ParseIP(s.BaseURL.Hostname()); s.BaseURL.Hostname() != "localhost" && (base == nil || !base.IsLoopback()) {
		return false // the shop is public: some proxy on this machine may hand anybody on
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
