package shop_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"awil/internal/i18n"
)

// What a first visit may load besides pictures, compressed, in bytes: all of it
// together, and each part a little above what it weighs now, so that nobody
// adds to it unseen.
const (
	mostInAll  = 60 << 10
	mostStyles = 11 << 10
	mostScript = 9 << 10
)

// mostHTML is the same for each kind of page, by how its path begins.
var mostHTML = []struct {
	path string
	most int
}{
	{"/products/", 12 << 10}, {"/products", 15 << 10}, {"/categories/", 10 << 10}, {"/collections/", 10 << 10}, {"/villages/", 8 << 10},
	{"/villages", 13 << 10}, {"/producers/", 8 << 10}, {"/search", 8 << 10}, {"/", 16 << 10},
}

// weight holds what a first visit loads to what a village connection can bear,
// in every language.
func weight(t *testing.T, f *fixture) {
	scripts, styles := f.scripts(t), f.compressed(t, f.assets.URL("css/shop.css"))
	if scripts > mostScript || styles > mostStyles {
		t.Errorf("%d bytes of scripts, %d of styles", scripts, styles)
	}
	if css := f.page(t, f.assets.URL("css/shop.css")).body; strings.Contains(css, "@font-face") {
		t.Error("the styles load a font")
	}
	for _, lang := range i18n.Langs() {
		locale := string(lang) + "-jp"
		for _, path := range append(f.paths(t, locale), "/"+locale+"/products?season=now") {
			html := zipped(f.page(t, path).body)
			below := strings.TrimPrefix(path, "/"+locale)
			for _, kind := range mostHTML {
				if !strings.HasPrefix(below, kind.path) {
					continue
				}
				if html > kind.most {
					t.Errorf("%s: %d bytes of HTML, at most %d", path, html, kind.most)
				}
				break
			}
			if all := html + styles + scripts; all > mostInAll {
				t.Errorf("%s weighs %d bytes", path, all)
			}
		}
	}
}

var behaviour = regexp.MustCompile(`(?m)^  '?([a-z-]+)'?: '`)

// scripts is the size of all scripts a page of the shop may load.
func (f *fixture) scripts(t *testing.T) int {
	t.Helper()
	found := behaviour.FindAllStringSubmatch(f.page(t, f.assets.URL("js/shop.js")).body, -1)
	if len(found) < 10 {
		t.Fatalf("the shop's script names %d behaviours", len(found))
	}
	size := f.compressed(t, f.assets.URL("js/shop.js")) + f.compressed(t, f.assets.URL("js/attach.js"))
	for _, name := range found {
		size += f.compressed(t, f.assets.URL("js/"+name[1]+".js"))
	}
	return size
}

func zipped(body string) int {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, 5)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return out.Len()
}

func (f *fixture) compressed(t *testing.T, path string) int {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, origin+path, nil)
	r.Header.Set("Accept-Encoding", "br")
	w := httptest.NewRecorder()
	f.server.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, w.Code)
	}
	return w.Body.Len()
}
