package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// What caches may do with an answer, in their words.
const (
	whileAsking = "public, max-age=0, stale-if-error=86400"
	forAYear    = "public, max-age=31536000, immutable"
	forAnHour   = "public, max-age=3600"
	forADay     = "public, max-age=86400"
	forAMinute  = "public, max-age=60"
	hers        = "private, no-cache"
)

// caching says what caches may do with what a route answers when all is well.
// Routes that are not here answer what nobody may keep, and so does whatever
// goes wrong.
var caching = map[string]string{
	"GET /": hers, "GET /en": hers, "GET /ru": hers, "GET /uz": hers, "GET /kaa": hers, "GET /ky": hers, "GET /ja": hers,
	"GET /en/*": hers, "GET /ru/*": hers, "GET /uz/*": hers, "GET /kaa/*": hers, "GET /ky/*": hers, "GET /ja/*": hers,
	"GET /:locale": whileAsking, "GET /:locale/": whileAsking,
	"GET /:locale/products": whileAsking, "GET /:locale/products/:slug": whileAsking, "GET /:locale/categories/:slug": whileAsking,
	"GET /:locale/villages": whileAsking, "GET /:locale/villages/:slug": whileAsking, "GET /:locale/producers/:slug": whileAsking,
	"GET /:locale/collections/:slug": whileAsking, "GET /:locale/search": whileAsking, "GET /:locale/search/suggest": forAMinute,
	"GET /photos/:key/:file": forAYear, "GET /favicon.ico": forADay,
	"GET /robots.txt": forAnHour, "GET /sitemap.xml": forAnHour, "GET /sitemaps/:locale/:category": forAnHour,
}

// TestCaching asks every route as nobody and as somebody who may do anything.
func TestCaching(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := newDoors(w)
	for _, r := range accessTable {
		method, _, _ := strings.Cut(r.route, " ")
		if method != http.MethodGet || r.route == "GET /assets/*" {
			continue
		}
		for _, who := range []role{nobody, admin} {
			res, _ := d.clients[who].fetch(t, d.fill(r.at))
			got := res.Header.Get("Cache-Control")
			want, public := caching[r.route]
			if res.StatusCode >= http.StatusBadRequest || !public {
				public, want = false, "no-store"
			}
			if public && got != want || !public && !strings.Contains(got, want) {
				t.Errorf("%s as %s: %d, Cache-Control %q, want %q", r.route, who, res.StatusCode, got, want)
			}
			if !strings.HasPrefix(got, "public") {
				continue
			}
			if cookies := res.Cookies(); len(cookies) > 0 {
				t.Errorf("%s as %s: public with a cookie %s", r.route, who, cookies[0].Name)
			}
			if vary := res.Header.Values("Vary"); len(vary) > 0 && strings.Join(vary, ", ") != "Accept-Encoding" {
				t.Errorf("%s as %s: public, and differs by %q", r.route, who, vary)
			}
		}
	}
}

// TestNotModified: each encoding of a page has its own ETag, and whoever holds
// any of them need not take the page again.
func TestNotModified(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := newDoors(w)
	c := d.clients[nobody]
	for _, path := range []string{"/en-jp/", "/en-jp/products", "/en-jp/products/{slug}", "/en-jp/villages", "/en-jp/search?q=jam"} {
		path = d.fill(path)
		tags := map[string]string{}
		for _, encoding := range []string{"", "gzip", "br", "zstd"} {
			first, _ := c.fetch(t, path, "Accept-Encoding", encoding)
			tag := first.Header.Get("Etag")
			if other, twice := tags[tag]; twice || tag == "" || first.Header.Get("Content-Encoding") != encoding {
				t.Errorf("%s: %q is %q in %q, as in %q", path, encoding, tag, first.Header.Get("Content-Encoding"), other)
			}
			tags[tag] = encoding
			if vary := first.Header.Get("Vary"); vary != "Accept-Encoding" {
				t.Errorf("%s in %q: Vary %q", path, encoding, vary)
			}
		}
		for tag, encoding := range tags {
			again, body := c.fetch(t, path, "Accept-Encoding", "gzip", "If-None-Match", `"other", `+tag)
			h := again.Header
			if again.StatusCode != http.StatusNotModified || body != "" || h.Get("Etag") != tag || h.Get("Vary") != "Accept-Encoding" ||
				h.Get("Cache-Control") != whileAsking || h.Get("Content-Encoding") != "" {
				t.Errorf("%s held in %q: %d, %d bytes, %v", path, encoding, again.StatusCode, len(body), h)
			}
		}
		if other, _ := c.fetch(t, path, "If-None-Match", `W/"another.br"`); other.StatusCode != http.StatusOK {
			t.Errorf("%s: %d for another page's", path, other.StatusCode)
		}
	}
}

// fetch gets an address with headers, in pairs of name and value.
func (c *client) fetch(t *testing.T, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}
