package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestWhoMayReadMetrics(t *testing.T) {
	t.Parallel()
	s := &Server{Config: Config{MetricsToken: "the token", BaseURL: &url.URL{Scheme: "http", Host: "localhost:8080"}}}
	for name, c := range map[string]struct {
		from   string
		header http.Header
		want   bool
	}{
		"this machine":               {"127.0.0.1:4711", nil, true},
		"this machine, IPv6":         {"[::1]:4711", nil, true},
		"elsewhere":                  {"203.0.113.7:4711", nil, false},
		"through a local proxy":      {"127.0.0.1:4711", http.Header{"X-Forwarded-For": {"203.0.113.7"}}, false},
		"the token":                  {"203.0.113.7:4711", http.Header{"Authorization": {"Bearer the token"}}, true},
		"another token":              {"127.0.0.1:4711", http.Header{"Authorization": {"Bearer a guess"}}, false},
		"no address":                 {"", nil, false},
		"through a proxy, Forwarded": {"127.0.0.1:4711", http.Header{"Forwarded": {"for=203.0.113.7"}}, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr, r.Header = c.from, c.header
		if r.Header == nil {
			r.Header = http.Header{}
		}
		if got := s.mayReadMetrics(r); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	public := &Server{Config: Config{BaseURL: &url.URL{Scheme: "https", Host: "shop.example"}}}
	local := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	local.RemoteAddr = "127.0.0.1:4711"
	if public.mayReadMetrics(local) {
		t.Error("a proxy on the machine of a public shop hands the metrics to anybody")
	}
	s.MetricsToken = ""
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = "203.0.113.7:4711"
	r.Header.Set("Authorization", "Bearer ")
	if s.mayReadMetrics(r) {
		t.Error("an empty token opens where none is set")
	}
}
