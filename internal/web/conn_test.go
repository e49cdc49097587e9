package web_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/watch"
	"awil/internal/web"
)

// piecewise counts the pieces in which connections are written to.
type piecewise struct {
	net.Listener
	pieces atomic.Int64
}

func (p *piecewise) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return countedConn{tcp, &p.pieces}, err
	}
	return c, err
}

type countedConn struct {
	*net.TCPConn
	pieces *atomic.Int64
}

func (c countedConn) Write(b []byte) (int, error) {
	c.pieces.Add(1)
	return c.TCPConn.Write(b)
}

// listen serves on a port, as the program does.
func listen(t *testing.T, s *web.Server) *piecewise {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p, server, done := &piecewise{Listener: l}, s.HTTPServer(s.Handler()), make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(web.Listener(p)) // ends by Close
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return p
}

func (p *piecewise) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestAnswersOfAKeptPageAreWhole: over one connection, whatever was asked
// before, each answer is the one that was asked for.
func TestAnswersOfAKeptPageAreWhole(t *testing.T) {
	_, s, _, _ := keeping(t)
	s.Shop().GET("/long", web.Public, func(c echo.Context) error {
		return render(c, http.StatusOK, strings.Repeat("long page ", 20_000), noteForm{}, nil)
	})
	conn := listen(t, s).dial(t)
	in := bufio.NewReader(conn)
	ask := func(method, path string, headers ...string) (*http.Response, []byte) {
		t.Helper()
		fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: awil.test\r\n%s\r\n", method, path, strings.Join(headers, ""))
		return read(t, in, method)
	}
	pages := map[string][]byte{}
	for _, path := range []string{"/en-jp/counted", "/en-jp/long"} {
		_, pages[path] = ask("GET", path)
	}
	if n := len(pages["/en-jp/long"]); n < 128<<10 {
		t.Fatalf("the long page has %d bytes", n)
	}
	for range 3 {
		for path, want := range pages {
			res, body := ask("GET", path)
			if !bytes.Equal(body, want) {
				t.Errorf("%s: another page, %d bytes for %d", path, len(body), len(want))
			}
			if again, body := ask("GET", path, "If-None-Match: "+res.Header.Get("Etag")+"\r\n"); again.StatusCode != http.StatusNotModified || len(body) > 0 {
				t.Errorf("%s: %d, %d bytes for a visitor who has it", path, again.StatusCode, len(body))
			}
			if head, _ := ask("HEAD", path); head.ContentLength != int64(len(want)) {
				t.Errorf("%s: HEAD says %d bytes", path, head.ContentLength)
			}
			if res, body := ask("GET", path, "Accept-Encoding: zstd\r\n"); res.Header.Get("Content-Encoding") != "zstd" || int64(len(body)) != res.ContentLength {
				t.Errorf("%s: %q, %d bytes for %d", path, res.Header.Get("Content-Encoding"), len(body), res.ContentLength)
			}
		}
		// Two at once, before the first is answered.
		fmt.Fprint(conn, strings.Repeat("GET /en-jp/counted HTTP/1.1\r\nHost: awil.test\r\n\r\n", 2))
		for range 2 {
			if _, body := read(t, in, "GET"); !bytes.Equal(body, pages["/en-jp/counted"]) {
				t.Error("another page for one of two that were asked for at once")
			}
		}
	}
	if res, _ := ask("GET", "/en-jp/counted", "Connection: close\r\n"); !res.Close {
		t.Error("the connection stays open against the visitor's wish")
	}
	if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
		t.Errorf("%d bytes after the last answer, %v", len(rest), err)
	}
}

func read(t *testing.T, in *bufio.Reader, method string) (*http.Response, []byte) {
	t.Helper()
	res, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

// TestRenewalsLeaveConnectionsAlone: what is made anew behind visitors' backs is
// written to none of them.
func TestRenewalsLeaveConnectionsAlone(t *testing.T) {
	w, s, n, rendered := keeping(t)
	l := listen(t, s)
	conn := l.dial(t)
	in := bufio.NewReader(conn)
	for visit := range 100 {
		fmt.Fprint(conn, "GET /en-jp/counted HTTP/1.1\r\nHost: awil.test\r\n\r\n")
		if res, body := read(t, in, "GET"); res.StatusCode != http.StatusOK || int64(len(body)) != res.ContentLength {
			t.Fatalf("visit %d: %d, %d bytes of %d", visit, res.StatusCode, len(body), res.ContentLength)
		}
		if got := l.pieces.Load(); got != int64(visit+1) {
			t.Fatalf("%d answers left in %d pieces", visit+1, got)
		}
		w.pass(500 * time.Millisecond)
		n.board.Change(watch.Product(1))
	}
	if rendered.Load() < 50 {
		t.Errorf("made anew %d times", rendered.Load())
	}
}

// TestAnotherWayToWriteAnAddress: an address that reads like another's path and query is
// not answered with the other's page.
func TestAnotherWayToWriteAnAddress(t *testing.T) {
	_, s, _, _ := keeping(t)
	b := newBrowser(t, s)
	if res := b.get("/en-jp/counted?q=jam"); res.StatusCode != http.StatusOK {
		t.Fatal(res.StatusCode)
	}
	if res := b.get("/en-jp%2Fcounted?q=jam"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a path that is none: %d", res.StatusCode)
	}
	if res := b.get("/en-jp/counted%3Fq=jam"); res.StatusCode != http.StatusNotFound {
		t.Errorf("%d for a path that there is not", res.StatusCode)
	}
}

// TestKeptPagesLeaveInOnePiece: the first time as well. net/http alone would
// take two for a page beyond 4 KB.
func TestKeptPagesLeaveInOnePiece(t *testing.T) {
	_, s, _, _ := keeping(t)
	l := listen(t, s)
	conn := l.dial(t)
	in := bufio.NewReader(conn)
	for visit := range 3 {
		before := l.pieces.Load()
		fmt.Fprint(conn, "GET /en-jp/counted HTTP/1.1\r\nHost: awil.test\r\n\r\n")
		if _, body := read(t, in, "GET"); len(body) < 4<<10 {
			t.Fatalf("the page has only %d bytes", len(body))
		}
		if got := l.pieces.Load() - before; got != 1 {
			t.Errorf("visit %d left in %d pieces", visit, got)
		}
	}
}
