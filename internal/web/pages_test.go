package web_test

import (
	"bytes"
	"context"
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
	"awil/internal/watch"
	"awil/internal/web"
)

// news are changes as a test makes them.
type news struct {
	board  *watch.Board
	caught atomic.Int64
}

func (n *news) Board() *watch.Board     { return n.board }
func (n *news) CatchUp(context.Context) { n.caught.Add(1) }

// keeping is a server that keeps pages, what changes, and how often its page
// was rendered.
func keeping(t *testing.T) (*world, *web.Server, *news, *atomic.Int64) {
	t.Helper()
	w, n := newWorld(), &news{board: watch.NewBoard()}
	n.board.SetCertain(true)
	s := newServer(t, w, func(c *web.Config) { c.Changes, c.PagesBytes = n, 16<<20 })
	var rendered atomic.Int64
	s.Shop().GET("/counted", web.Public, func(c echo.Context) error {
		n := rendered.Add(1)
		time.Sleep(5 * time.Millisecond)
		watch.On(c.Request().Context(), watch.Product(1))
		watch.Until(c.Request().Context(), w.clock().Add(time.Hour))
		if w.down {
			return errs.E(errs.Unavailable, "the database is away")
		}
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
	return w, s, n, &rendered
}

func TestPagesAreKept(t *testing.T) {
	w, s, _, rendered := keeping(t)
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
	w.pass(59 * time.Minute)
	b.get("/en-jp/counted")
	if rendered.Load() != 3 {
		t.Error("a page nothing of which has changed is rendered anew")
	}
	w.pass(time.Minute)
	b.get("/en-jp/counted")
	if rendered.Load() != 4 {
		t.Error("a page whose time is over is not rendered anew")
	}
}

func TestKeptPagesAreCompressed(t *testing.T) {
	_, s, _, _ := keeping(t)
	b := newBrowser(t, s)
	plain := b.get("/en-jp/counted", "Accept-Encoding", "identity").body
	for _, accept := range []string{"gzip, br", "gzip, deflate, br, zstd"} {
		res := b.get("/en-jp/counted", "Accept-Encoding", accept)
		for try := 0; try < 1000 && res.Header.Get("Content-Encoding") == "zstd"; try++ { // until it is popular, and made
			time.Sleep(time.Millisecond)
			res = b.get("/en-jp/counted", "Accept-Encoding", accept)
		}
		if res.Header.Get("Content-Encoding") != "br" {
			t.Fatalf("%s: encoded as %q", accept, res.Header.Get("Content-Encoding"))
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
	w, s, _, rendered := keeping(t)
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

func TestChangedPagesAreMadeAnew(t *testing.T) {
	w, s, n, rendered := keeping(t)
	b := newBrowser(t, s)
	look := func(want int64, when string) {
		t.Helper()
		if b.get("/en-jp/counted"); rendered.Load() != want {
			t.Errorf("%s: rendered %d times, want %d", when, rendered.Load(), want)
		}
	}
	look(1, "at first")
	w.pass(time.Second)
	n.board.Change(watch.Product(2), watch.Producer(1))
	look(1, "when something else has changed")
	n.board.Change(watch.Product(1))
	look(2, "when it has changed")
	n.board.Change(watch.Product(1))
	look(2, "when it has changed again at once")
	w.pass(900 * time.Millisecond)
	look(3, "a second later")
	w.pass(time.Second)
	n.board.SetCertain(false)
	look(4, "when nobody hears of changes")
	w.pass(900 * time.Millisecond)
	look(4, "within a second of that")
	n.board.SetCertain(true)
	look(5, "when changes may have been missed")

	b.signIn("producer")
	if res := b.post("/studio/notes", nil); res.StatusCode != http.StatusSeeOther || n.caught.Load() != 1 {
		t.Fatalf("a form that went well: %d, waited %d times for its change", res.StatusCode, n.caught.Load())
	}
}

func TestKeptPagesOutliveTheDatabase(t *testing.T) {
	w, s, n, rendered := keeping(t)
	b := newBrowser(t, s)
	before := b.get("/en-jp/counted")
	w.down = true
	n.board.SetCertain(false)
	w.pass(time.Minute)
	for range 3 {
		if after := b.get("/en-jp/counted"); after.StatusCode != http.StatusOK || after.body != before.body {
			t.Fatalf("%d instead of the page as it was", after.StatusCode)
		}
	}
	if rendered.Load() != 2 {
		t.Errorf("tried %d times within a second", rendered.Load()-1)
	}
	if res := b.get("/en-jp/counted?q=unknown"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a page nobody has: %d", res.StatusCode)
	}
	w.down = false
	n.board.SetCertain(true)
	w.pass(2 * time.Second)
	if after := b.get("/en-jp/counted"); after.StatusCode != http.StatusOK || after.body == before.body {
		t.Errorf("the database is back: %d, the old page", after.StatusCode)
	}
}

func TestManyAtOnceRenderOnce(t *testing.T) {
	_, s, _, rendered := keeping(t)
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
