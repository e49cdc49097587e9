package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
)

// Listener makes the connections of l such that a kept page leaves as one
// piece. net/http would send the first 4 KB and then the rest: twice the work
// for the system, and the visitor's side wakes up twice.
func Listener(l net.Listener) net.Listener { return wholeListener{l} }

type wholeListener struct{ net.Listener }

func (l wholeListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if s, ok := c.(stream); ok {
		return &wholeConn{stream: s}, err
	}
	return c, err
}

// stream is what net/http makes use of in a connection: *net.TCPConn.
type stream interface {
	net.Conn
	io.ReaderFrom
	CloseWrite() error
}

// wholeConn can hold back what is written. Only the goroutine that answers the
// connection's request holds, writes and releases.
type wholeConn struct {
	stream
	held *[]byte // nil: what is written leaves at once
}

// mostHeld is how much is held back; what is longer leaves in pieces.
const mostHeld = 64 << 10

var heldBuffers = sync.Pool{New: func() any {
	b := make([]byte, 0, mostHeld/4)
	return &b
}}

// Write sends b, or keeps a copy of it until release.
func (c *wholeConn) Write(b []byte) (int, error) {
	if c.held == nil {
		return c.stream.Write(b)
	}
	if len(*c.held)+len(b) <= mostHeld {
		*c.held = append(*c.held, b...)
		return len(b), nil
	}
	if err := c.release(); err != nil {
		return 0, err
	}
	return c.stream.Write(b)
}

// ReadFrom sends what r holds.
func (c *wholeConn) ReadFrom(r io.Reader) (int64, error) {
	if err := c.release(); err != nil {
		return 0, err
	}
	return c.stream.ReadFrom(r)
}

func (c *wholeConn) hold() {
	if c.held == nil {
		c.held, _ = heldBuffers.Get().(*[]byte)
	}
}

// release sends what was held back.
func (c *wholeConn) release() error {
	held := c.held
	if held == nil {
		return nil
	}
	c.held = nil
	_, err := c.stream.Write(*held)
	*held = (*held)[:0]
	heldBuffers.Put(held)
	return err
}

type connKey struct{}

// withConn lets handlers find the connection of their request.
func withConn(ctx context.Context, c net.Conn) context.Context {
	if whole, ok := c.(*wholeConn); ok {
		return context.WithValue(ctx, connKey{}, whole)
	}
	return ctx
}

// inOnePiece lets an answer leave when it is complete, if w is net/http's own.
func inOnePiece(w http.ResponseWriter, r *http.Request, answer func(http.ResponseWriter, *http.Request)) {
	conn, ok := r.Context().Value(connKey{}).(*wholeConn)
	flusher, can := w.(http.Flusher)
	if !ok || !can {
		answer(w, r)
		return
	}
	conn.hold()
	answer(w, r)
	flusher.Flush() // out of net/http's buffers
	if conn.release() != nil {
		_ = conn.Close() // half of an answer must not be taken for a whole one
	}
}
