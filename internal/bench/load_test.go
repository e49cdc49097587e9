package bench

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// serve answers on loopback and counts requests by path.
func serve(t *testing.T, answer http.HandlerFunc) (addr string, asked func(path string) int) {
	t.Helper()
	var mu sync.Mutex
	counts := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		counts[r.URL.Path]++
		mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), func(path string) int {
		mu.Lock()
		defer mu.Unlock()
		return counts[path]
	}
}

// plainOrChunked sends 5,000 bytes, for some paths in chunks.
func plainOrChunked(w http.ResponseWriter, r *http.Request) {
	for range 5 {
		_, _ = w.Write([]byte(strings.Repeat("x", 1000)))
		if r.URL.Path == "/chunked" {
			w.(http.Flusher).Flush()
		}
	}
}

func TestLoadOnceAsksForEveryPath(t *testing.T) {
	addr, asked := serve(t, plainOrChunked)
	paths := []string{"/a", "/b", "/chunked", "/c", "/d"}
	got, err := load{addr: addr, paths: paths, conns: 2}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.requests != 5 || got.bytes != 25_000 || len(got.latencies) != 5 || got.perSecond() <= 0 {
		t.Errorf("tally: %d requests, %d bytes", got.requests, got.bytes)
	}
	for _, path := range paths {
		if asked(path) != 1 {
			t.Errorf("%s was asked for %d times", path, asked(path))
		}
	}
}

func TestLoadAtARate(t *testing.T) {
	addr, asked := serve(t, plainOrChunked)
	got, err := load{addr: addr, paths: []string{"/a"}, conns: 4, span: 200 * time.Millisecond, rate: 100}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.requests != 20 || asked("/a") != 20 {
		t.Errorf("%d requests in 0.2 s at 100 a second", got.requests)
	}
}

func TestLoadForAWhile(t *testing.T) {
	addr, asked := serve(t, plainOrChunked)
	got, err := load{addr: addr, paths: []string{"/a", "/b"}, conns: 3, span: 50 * time.Millisecond}.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.requests < 3 || got.requests != asked("/a")+asked("/b") || asked("/b") == 0 {
		t.Errorf("%d requests, %d and %d seen", got.requests, asked("/a"), asked("/b"))
	}
}

func TestLoadDoesNotMeasureFailures(t *testing.T) {
	addr, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	_, err := load{addr: addr, paths: []string{"/a"}, conns: 2, span: time.Second}.run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("got %v", err)
	}
	if _, err := (load{addr: addr, conns: 1}).run(t.Context()); err == nil {
		t.Error("no paths are fine")
	}
}
