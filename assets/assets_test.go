package assets_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"awil/assets"
)

func store(t *testing.T) *assets.Store {
	t.Helper()
	s, err := assets.New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(s http.Handler, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) []byte {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEncodings(t *testing.T) {
	s := store(t)
	url := s.URL("css/shop.css")
	plain := body(t, get(s, url))
	decoders := map[string]func(io.Reader) (io.Reader, error){
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	}
	etags := map[string]bool{}
	for accept, want := range map[string]string{
		"gzip, deflate, br, zstd": "br", "zstd, gzip": "zstd", "gzip": "gzip", "br;q=0, gzip;q=0.5": "gzip",
		"": "", "identity": "", "deflate": "",
	} {
		res := get(s, url, "Accept-Encoding", accept)
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("accepting %q: encoded as %q, want %q", accept, got, want)
			continue
		}
		if !strings.Contains(res.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("accepting %q: no Vary", accept)
		}
		etags[res.Header.Get("ETag")] = true
		data := body(t, res)
		if want == "" {
			continue
		}
		if len(data) > len(plain)/3 {
			t.Errorf("%s: %d of %d bytes", want, len(data), len(plain))
		}
		r, err := decoders[want](bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if back, _ := io.ReadAll(r); !bytes.Equal(back, plain) {
			t.Errorf("%s does not give the file back", want)
		}
	}
	if len(etags) != 4 {
		t.Errorf("each encoding needs an ETag of its own, got %v", etags)
	}
}

func TestCaching(t *testing.T) {
	s := store(t)
	res := get(s, s.URL("css/shop.css"), "Accept-Encoding", "br")
	if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control %q", got)
	}
	again := get(s, s.URL("css/shop.css"), "Accept-Encoding", "br", "If-None-Match", `"other", `+res.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || len(body(t, again)) != 0 {
		t.Errorf("same ETag: %d", again.StatusCode)
	}
	old := get(s, assets.Prefix+"0123456789ab/css/shop.css")
	if old.StatusCode != http.StatusOK || strings.Contains(old.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("another release's address: %d %s", old.StatusCode, old.Header.Get("Cache-Control"))
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := store(t)
	for _, path := range []string{s.URL("css/none.css"), s.URL("css/tokens.css"), s.URL("../embed.go"), assets.Prefix, assets.Prefix + "x", "/elsewhere"} {
		if res := get(s, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, res.StatusCode)
		}
	}
	r := httptest.NewRequest(http.MethodPost, s.URL("css/shop.css"), nil)
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); w.Code != http.StatusNotFound {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestBundlesHoldTheirParts(t *testing.T) {
	s := store(t)
	for _, area := range []string{"shop", "studio", "desk"} {
		css := string(body(t, get(s, s.URL("css/"+area+".css"))))
		for _, want := range []string{"--madder:#a63a2b", ".btn.go{", "@layer components{"} {
			if !strings.Contains(css, want) {
				t.Errorf("%s lacks %s", area, want)
			}
		}
		if strings.Contains(css, "/*") || strings.Count(css, "{") != strings.Count(css, "}") {
			t.Errorf("%s: comments left or braces lost", area)
		}
	}
}

// The first visit has to stay light: these are the numbers the programme holds
// itself to, for everything but the page and its pictures.
func TestWeight(t *testing.T) {
	s := store(t)
	css := len(body(t, get(s, s.URL("css/shop.css"), "Accept-Encoding", "br")))
	if css > 14<<10 {
		t.Errorf("the shop's stylesheet is %d bytes compressed", css)
	}
	sent := func(name string) int { return len(body(t, get(s, s.URL("js/"+name+".js"), "Accept-Encoding", "br"))) }
	entry := string(body(t, get(s, s.URL("js/shop.js"))))
	js := sent("shop") + sent("attach")
	for _, m := range regexp.MustCompile(`(?m)^  '?([a-z-]+)'?: `).FindAllStringSubmatch(entry, -1) {
		res := get(s, s.URL("js/"+m[1]+".js"))
		if res.StatusCode != http.StatusOK {
			t.Errorf("shop.js names %s, which is not there", m[1])
		}
		js += sent(m[1])
	}
	if js < 2<<10 || js > 8<<10 {
		t.Errorf("the shop's scripts are %d bytes compressed", js)
	}
}

func TestDevReadsFromDisk(t *testing.T) {
	s, err := assets.Dev(".")
	if err != nil {
		t.Fatal(err)
	}
	res := get(s, s.URL("css/shop.css"), "Accept-Encoding", "br")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != "" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	if _, err := assets.Dev("nowhere"); err == nil {
		t.Error("a folder without assets was accepted")
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := assets.New(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWarm(b *testing.B) {
	for b.Loop() {
		s, err := assets.New()
		if err != nil {
			b.Fatal(err)
		}
		s.Warm()
	}
}
