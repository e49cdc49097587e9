package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// browserEncodings is what a browser on plain http accepts.
const browserEncodings = "gzip, deflate, br, zstd"

// conn is a kept-alive connection of the load generator. It speaks as much
// HTTP/1.1 as answers of servers of ours and of nginx need, and does as little
// as it can: what it costs is missing to the server beside it.
type conn struct {
	socket net.Conn
	in     *bufio.Reader
}

// readBuffer holds a whole page, so that an answer is one read.
const readBuffer = 64 << 10

var (
	headLength  = []byte("content-length")
	headCoding  = []byte("transfer-encoding")
	headConnect = []byte("connection")
)

func dial(ctx context.Context, addr string) (*conn, error) {
	var d net.Dialer
	socket, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", addr, err)
	}
	return &conn{socket: socket, in: bufio.NewReaderSize(socket, readBuffer)}, nil
}

// getRequest is a visitor's first request for a page, as sent.
func getRequest(host, path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: awil-bench\r\nAccept: text/html\r\n" +
		"Accept-Language: en\r\nAccept-Encoding: " + browserEncodings + "\r\n\r\n")
}

// answer is what came back, as far as the generator looks.
type answer struct {
	status int
	bytes  int64 // of the body as sent
	closes bool  // the server ends the connection
}

// ask sends a request and reads the answer to its end.
func (c *conn) ask(request []byte) (answer, error) {
	if _, err := c.socket.Write(request); err != nil {
		return answer{}, fmt.Errorf("send request: %w", err)
	}
	a, length, err := c.readHead()
	if err != nil {
		return a, fmt.Errorf("read answer: %w", err)
	}
	if length < 0 {
		a.bytes, err = c.skipChunks()
	} else {
		a.bytes, err = skip(c.in, length)
	}
	if err != nil {
		return a, fmt.Errorf("read answer: %w", err)
	}
	return a, nil
}

// readHead reads the status line and the headers; length is negative for a
// body in chunks.
func (c *conn) readHead() (a answer, length int64, err error) {
	line, err := c.line()
	if err != nil {
		return a, 0, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return a, 0, fmt.Errorf("%q is no status line", line)
	}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, 0, fmt.Errorf("%q is no status line", line)
	}
	for {
		if line, err = c.line(); err != nil || len(line) == 0 {
			return a, length, err
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found {
			return a, 0, fmt.Errorf("%q is no header", line)
		}
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, headLength):
			if length, err = strconv.ParseInt(string(value), 10, 64); err != nil || length < 0 {
				return a, 0, fmt.Errorf("%q is no length", value)
			}
		case bytes.EqualFold(name, headCoding):
			length = -1
		case bytes.EqualFold(name, headConnect):
			a.closes = bytes.EqualFold(value, []byte("close"))
		}
	}
}

// line reads a line without its end; it is valid until the next read.
func (c *conn) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, noEOF(err)
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

func (c *conn) skipChunks() (total int64, err error) {
	for {
		line, err := c.line()
		if err != nil {
			return total, err
		}
		size, _, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseInt(strings.TrimSpace(size), 16, 64)
		if err != nil {
			return total, fmt.Errorf("%q is no chunk size", line)
		}
		if _, err := skip(c.in, n); err != nil {
			return total, err
		}
		total += n
		if _, err := c.line(); err != nil { // the end of the chunk, or of the body
			return total, err
		}
		if n == 0 {
			return total, nil
		}
	}
}

func skip(r *bufio.Reader, n int64) (int64, error) {
	skipped, err := r.Discard(int(n))
	return int64(skipped), noEOF(err)
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (c *conn) close() { _ = c.socket.Close() }

// sent is an answer as it went over the wire: not unpacked.
type sent struct {
	header http.Header
	body   []byte
}

// plainClient takes answers as they are sent: it follows no redirects, unpacks
// nothing and asks no proxy.
func plainClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}
}

// fetch asks once for a page that has to be there. encodings is the
// Accept-Encoding header; empty asks for the page unpacked.
func fetch(ctx context.Context, client *http.Client, address, encodings string) (sent, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return sent{}, fmt.Errorf("ask for %s: %w", address, err)
	}
	if encodings != "" {
		req.Header.Set("Accept-Encoding", encodings)
	}
	res, err := client.Do(req)
	if err != nil {
		return sent{}, fmt.Errorf("ask for %s: %w", address, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return sent{}, fmt.Errorf("ask for %s: %w", address, err)
	}
	if res.StatusCode != http.StatusOK {
		return sent{}, fmt.Errorf("%s answered %s", address, res.Status)
	}
	return sent{header: res.Header, body: body}, nil
}
