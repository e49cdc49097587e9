package web_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
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

// ask asks a handler for a page, without a connection.
func ask(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "https://awil.test"+path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

func TestKeptPagesAreCompressed(t *testing.T) {
	_, s, _, _ := keeping(t)
	h := s.Handler()
	synctest.Test(t, func(t *testing.T) {
		get := func(path, accept string) *httptest.ResponseRecorder { return ask(h, path, "Accept-Encoding", accept) }
		plain := get("/en-jp/counted", "identity").Body.String()
		const both = "gzip, deflate, br, zstd"
		for visit := range 8 { // until it is popular
			if got := get("/en-jp/counted", both).Header().Get("Content-Encoding"); got != "zstd" {
				t.Fatalf("visit %d: encoded as %q", visit, got)
			}
		}
		synctest.Wait() // and made
		for _, accept := range []string{"gzip, br", both} {
			res := get("/en-jp/counted", accept)
			if got := res.Header().Get("Content-Encoding"); got != "br" {
				t.Fatalf("%s: encoded as %q", accept, got)
			}
			if back, err := io.ReadAll(brotli.NewReader(res.Body)); err != nil || string(back) != plain {
				t.Errorf("brotli gives another page back: %v", err)
			}
		}
		if res := get("/en-jp/counted", "br;q=0"); res.Header().Get("Content-Encoding") != "" || res.Body.String() != plain {
			t.Error("an encoding that was forbidden")
		}
		for _, first := range []struct {
			accept, encoding string
			open             func(io.Reader) (io.Reader, error)
		}{
			{"gzip", "gzip", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
			{"gzip, deflate, br", "br", func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }},
			{both, "zstd", func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) }},
		} {
			path := "/en-jp/counted?q=" + first.encoding
			res := get(path, first.accept)
			if got := res.Header().Get("Content-Encoding"); got != first.encoding {
				t.Errorf("the first visitor who takes %s gets %q", first.accept, got)
				continue
			}
			unpacked, err := first.open(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := io.ReadAll(unpacked); err != nil || string(back) != get(path, "identity").Body.String() {
				t.Errorf("%s gives another page back: %v", first.encoding, err)
			}
		}
	})
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

// TestAnswersToScriptsAreKept as pages are.
func TestAnswersToScriptsAreKept(t *testing.T) {
	w, s, n, _ := keeping(t)
	var made atomic.Int64
	s.Shop().GET("/asked", web.Public, func(c echo.Context) error {
		watch.On(c.Request().Context(), watch.Product(1))
		return web.JSON(c, []int64{made.Add(1)})
	})
	b := newBrowser(t, s)
	first := b.get("/en-jp/asked")
	if res := b.get("/en-jp/asked", "If-None-Match", first.Header.Get("Etag")); res.StatusCode != http.StatusNotModified {
		t.Errorf("a script that has it: %d", res.StatusCode)
	}
	if res := b.get("/en-jp/asked"); res.body != "[1]" || res.Header.Get("Content-Type") != "application/json" || made.Load() != 1 {
		t.Errorf("kept: %s as %s, made %d times", res.body, res.Header.Get("Content-Type"), made.Load())
	}
	w.pass(time.Second)
	n.board.Change(watch.Product(1))
	if res := b.get("/en-jp/asked"); res.body != "[2]" {
		t.Errorf("when it has changed: %s", res.body)
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
	_, s, _, _ := keeping(t)
	var rendered atomic.Int64
	s.Shop().GET("/slow", web.Public, func(c echo.Context) error {
		rendered.Add(1)
		time.Sleep(time.Second)
		return render(c, http.StatusOK, "Slow", noteForm{}, nil)
	})
	h := s.Handler()
	synctest.Test(t, func(t *testing.T) {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if res := ask(h, "/en-jp/slow"); res.Code != http.StatusOK {
					t.Errorf("%d", res.Code)
				}
			})
		}
		wg.Wait()
	})
	if n := rendered.Load(); n != 1 {
		t.Errorf("rendered %d times", n)
	}
}

// TestWhatIsForOneIsNotForAll: who waits while an answer is made that turns out
// to be for the one who asked gets one of her own.
func TestWhatIsForOneIsNotForAll(t *testing.T) {
	_, s, _, _ := keeping(t)
	var rendered atomic.Int64
	s.Shop().GET("/own", web.Public, func(c echo.Context) error {
		n := strconv.FormatInt(rendered.Add(1), 10)
		time.Sleep(time.Second)
		c.SetCookie(&http.Cookie{Name: "own", Value: n})
		return render(c, http.StatusOK, "Own "+n, noteForm{}, nil)
	})
	h := s.Handler()
	synctest.Test(t, func(t *testing.T) {
		var wg sync.WaitGroup
		var given sync.Map
		for range 5 {
			wg.Go(func() {
				cookie := ask(h, "/en-jp/own").Header().Get("Set-Cookie")
				if before, twice := given.LoadOrStore(cookie, true); twice || cookie == "" {
					t.Errorf("%q was given to another: %v", cookie, before)
				}
			})
		}
		wg.Wait()
	})
}

// TestPagesMadeBehindBacksAreNobodysVisits: the log tells who has asked.
func TestPagesMadeBehindBacksAreNobodysVisits(t *testing.T) {
	w, s, n, rendered := keeping(t)
	h := s.Handler()
	synctest.Test(t, func(t *testing.T) {
		ask(h, "/en-jp/counted")
		n.board.Change(watch.Product(1))
		w.pass(500 * time.Millisecond)
		w.log.Reset()
		ask(h, "/en-jp/counted")
		synctest.Wait()
	})
	if rendered.Load() != 2 || w.log.Len() > 0 {
		t.Errorf("made %d times; the log has %s", rendered.Load(), w.log.String())
	}
}
