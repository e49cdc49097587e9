package web_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/web"
)

// keeping is a server that keeps pages for ten seconds, and how often its page
// was rendered.
func keeping(t *testing.T) (*world, *web.Server, *atomic.Int64) {
	t.Helper()
	w := newWorld()
	s := newServer(t, w, func(c *web.Config) { c.PagesKept, c.PagesBytes = 10*time.Second, 16<<20 })
	var rendered atomic.Int64
	s.Shop().GET("/counted", web.Public, func(c echo.Context) error {
		n := rendered.Add(1)
		time.Sleep(5 * time.Millisecond)
		return render(c, http.StatusOK, fmt.Sprintf("Page %d of %s", n, c.QueryParam("q")), noteForm{}, nil)
	})
	s.Shop().GET("/moved", web.Public, func(c echo.Context) error {
		rendered.Add(1)
		return c.Redirect(http.StatusMovedPermanently, "/en-jp/villages")
	})
	s.Shop().GET("/missing", web.Public, func(echo.Context) error {
		rendered.Add(1)
		return errs.E(errs.NotFound, "x")
	})
	return w, s, &rendered
}

func TestPagesAreKept(t *testing.T) {
	w, s, rendered := keeping(t)
	b := newBrowser(t, s)
	first := b.get("/en-jp/counted")
	second := b.get("/en-jp/counted")
	if rendered.Load() != 1 || first.body != second.body || second.StatusCode != http.StatusOK {
		t.Fatalf("rendered %d times", rendered.Load())
	}
	if second.Header.Get("Content-Security-Policy") == "" || second.Header.Get("Etag") != first.Header.Get("Etag") {
		t.Errorf("headers of a kept page: %v", second.Header)
	}
	if res := b.get("/en-jp/counted", "If-None-Match", first.Header.Get("Etag")); res.StatusCode != http.StatusNotModified || res.body != "" {
		t.Errorf("a visitor who has it: %d", res.StatusCode)
	}
	if res := b.do(http.MethodHead, "/en-jp/counted", nil); res.StatusCode != http.StatusOK || res.body != "" {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
	b.get("/en-jp/counted?q=jam")
	b.get("/ja-jp/counted")
	if rendered.Load() != 3 {
		t.Errorf("query and language make other pages: rendered %d times, want 3", rendered.Load())
	}
	w.now = w.now.Add(11 * time.Second)
	b.get("/en-jp/counted")
	if rendered.Load() != 4 {
		t.Error("a page that has grown old is not rendered anew")
	}
}

func TestKeptPagesAreCompressed(t *testing.T) {
	_, s, _ := keeping(t)
	b := newBrowser(t, s)
	plain := b.get("/en-jp/counted", "Accept-Encoding", "identity").body
	for range 2 {
		res := b.get("/en-jp/counted", "Accept-Encoding", "gzip, br")
		if res.Header.Get("Content-Encoding") != "br" {
			t.Fatalf("encoded as %q", res.Header.Get("Content-Encoding"))
		}
		if back, err := io.ReadAll(brotli.NewReader(strings.NewReader(res.body))); err != nil || string(back) != plain {
			t.Errorf("brotli gives another page back: %v", err)
		}
	}
	if res := b.get("/en-jp/counted", "Accept-Encoding", "br;q=0"); res.Header.Get("Content-Encoding") != "" || res.body != plain {
		t.Error("an encoding that was forbidden")
	}
	first := b.get("/en-jp/counted?q=new", "Accept-Encoding", "gzip")
	if first.Header.Get("Content-Encoding") != "gzip" || !bytes.HasPrefix([]byte(first.body), []byte{0x1f, 0x8b}) {
		t.Error("the first visitor's page goes uncompressed")
	}
}

func TestOnlyGoodPublicPagesAreKept(t *testing.T) {
	w, s, rendered := keeping(t)
	b := newBrowser(t, s)
	for range 2 {
		if res := b.get("/en-jp/moved"); res.StatusCode != http.StatusMovedPermanently || res.Header.Get("Location") != "/en-jp/villages" {
			t.Errorf("redirect: %d %s", res.StatusCode, res.Header.Get("Location"))
		}
		if res := b.get("/en-jp/missing"); res.StatusCode != http.StatusNotFound || res.doc.Find("main h1").Length() != 1 {
			t.Errorf("missing: %d", res.StatusCode)
		}
	}
	if rendered.Load() != 4 {
		t.Errorf("rendered %d times, want each time", rendered.Load())
	}
	b.signIn("buyer")
	if got := b.get("/en-jp/orders/secret").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a private page: Cache-Control %q", got)
	}
	stranger := newBrowser(t, s)
	w.log.Reset()
	stranger.get("/en-jp/orders/secret")
	if !strings.Contains(w.log.String(), "/en-jp/orders/:token") {
		t.Error("a private page came from the cache")
	}
}

func TestChangesClearThePages(t *testing.T) {
	_, s, rendered := keeping(t)
	b := newBrowser(t, s)
	b.get("/en-jp/counted")
	b.signIn("producer")
	if res := b.post("/studio/notes", nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	b.get("/en-jp/counted")
	s.Forget()
	b.get("/en-jp/counted")
	if rendered.Load() != 3 {
		t.Errorf("rendered %d times, want 3", rendered.Load())
	}
}

func TestManyAtOnceRenderOnce(t *testing.T) {
	_, s, rendered := keeping(t)
	b := newBrowser(t, s)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if res := b.get("/en-jp/counted"); res.StatusCode != http.StatusOK {
				t.Errorf("%d", res.StatusCode)
			}
		})
	}
	wg.Wait()
	if n := rendered.Load(); n != 1 {
		t.Errorf("rendered %d times", n)
	}
}
