package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// shopper is a buyer's way through the shop: her address, her cookies, her
// connection. Like conn it does as little as it can, for what it costs is
// missing to the shop; what a browser accepts and sends it does too. A shopper
// serves one buyer after another.
type shopper struct {
	conn    *conn
	host    string
	from    string
	cookies []cookie
	out     []byte       // a request, as sent
	body    bytes.Buffer // of the last answer
	unzip   *gzip.Reader
}

type cookie struct{ name, value string }

// reply is an answer to a shopper.
type reply struct {
	status   int
	location string
	zipped   bool
}

func newShopper(ctx context.Context, addr string) (*shopper, error) {
	c, err := dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	return &shopper{conn: c, host: addr}, nil
}

// begin makes her another buyer, from an address of her own.
func (s *shopper) begin(from string) error {
	s.from, s.cookies = from, s.cookies[:0]
	if err := s.conn.socket.SetDeadline(time.Now().Add(patience)); err != nil {
		return fmt.Errorf("set deadline: %w", err)
	}
	return nil
}

// open reads a page.
func (s *shopper) open(path string) (string, error) {
	r, err := s.ask(http.MethodGet, path, "")
	if err != nil {
		return "", err
	}
	page, err := s.page(r)
	if err == nil && r.status != http.StatusOK {
		err = fmt.Errorf("%s answered %d: %s", path, r.status, problems(page))
	}
	return page, err
}

// send posts a form and returns where it led to; staying where one was means
// that something was wrong with the form.
func (s *shopper) send(f form) (string, error) {
	r, err := s.ask(http.MethodPost, f.action, f.values.Encode())
	if err != nil || r.status == http.StatusSeeOther {
		return r.location, err
	}
	page, err := s.page(r)
	if err == nil {
		err = fmt.Errorf("%s answered %d: %s", f.action, r.status, problems(page))
	}
	return "", err
}

// page is the body of the last answer, unpacked.
func (s *shopper) page(r reply) (string, error) {
	if !r.zipped {
		return s.body.String(), nil
	}
	var err error
	if s.unzip == nil {
		s.unzip, err = gzip.NewReader(&s.body)
	} else {
		err = s.unzip.Reset(&s.body)
	}
	if err != nil {
		return "", fmt.Errorf("unpack: %w", err)
	}
	var page strings.Builder
	if _, err := io.Copy(&page, s.unzip); err != nil { //nolint:gosec // our own pages
		return "", fmt.Errorf("unpack: %w", err)
	}
	return page.String(), nil
}

func (s *shopper) ask(method, path, form string) (reply, error) {
	s.write(method, path, form)
	if _, err := s.conn.socket.Write(s.out); err != nil {
		return reply{}, fmt.Errorf("%s: send request: %w", path, err)
	}
	r, err := s.read()
	if err != nil {
		return r, fmt.Errorf("%s: read answer: %w", path, noEOF(err))
	}
	return r, nil
}

// write writes a request as a browser's, as far as a server can tell.
func (s *shopper) write(method, path, form string) {
	o := append(s.out[:0], method...)
	o = append(append(append(o, ' '), path...), " HTTP/1.1\r\nHost: "...)
	o = append(append(o, s.host...), "\r\nUser-Agent: awil-bench\r\nAccept: text/html\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\nX-Forwarded-For: "...)
	o = append(append(o, s.from...), "\r\n"...)
	for i, c := range s.cookies {
		if i == 0 {
			o = append(o, "Cookie: "...)
		} else {
			o = append(o, "; "...)
		}
		o = append(append(append(o, c.name...), '='), c.value...)
	}
	if len(s.cookies) > 0 {
		o = append(o, "\r\n"...)
	}
	if method == http.MethodPost {
		o = append(o, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "...)
		o = append(strconv.AppendInt(o, int64(len(form)), 10), "\r\n"...)
	}
	s.out = append(append(o, "\r\n"...), form...)
}

func (s *shopper) read() (r reply, err error) {
	line, err := s.conn.line()
	if err != nil {
		return r, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return r, fmt.Errorf("%q is no status line", line)
	}
	if r.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return r, fmt.Errorf("%q is no status line", line)
	}
	length := 0
	for {
		if line, err = s.conn.line(); err != nil {
			return r, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return r, fmt.Errorf("%q is no length", value)
			}
		case "Transfer-Encoding":
			length = -1
		case "Content-Encoding":
			r.zipped = string(value) == "gzip"
		case "Location":
			r.location = string(value)
		case "Set-Cookie":
			s.keep(string(value))
		}
	}
	s.body.Reset()
	return r, s.readBody(length)
}

// readBody reads a body; length is negative for one in chunks.
func (s *shopper) readBody(length int) error {
	if length >= 0 {
		_, err := io.CopyN(&s.body, s.conn.in, int64(length))
		return err
	}
	for {
		line, err := s.conn.line()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(line), 16, 64)
		if err != nil {
			return fmt.Errorf("%q is no chunk size", line)
		}
		if _, err := io.CopyN(&s.body, s.conn.in, n); err != nil {
			return err
		}
		if _, err := s.conn.line(); err != nil || n == 0 { // the end of the chunk, or of the body
			return err
		}
	}
}

// keep takes a cookie, or drops it where the shop says so.
func (s *shopper) keep(header string) {
	pair, attributes, _ := strings.Cut(header, ";")
	name, value, _ := strings.Cut(pair, "=")
	for i, c := range s.cookies {
		if c.name == name {
			s.cookies = append(s.cookies[:i], s.cookies[i+1:]...)
			break
		}
	}
	if !strings.Contains(attributes, "Max-Age=0") {
		s.cookies = append(s.cookies, cookie{name, value})
	}
}

func (s *shopper) close() { s.conn.close() }

// another is a form that was sent before, for another buyer: the hidden value
// of the page's own is taken over.
func (f form) another(page, hidden string) (form, error) {
	i := strings.Index(page, `name="`+hidden+`"`)
	if i < 0 {
		return f, fmt.Errorf("the page has no %s", hidden)
	}
	for t := range tags(page[strings.LastIndexByte(page[:i], '<'):]) {
		values := make(url.Values, len(f.values))
		for name, all := range f.values {
			values[name] = all[:1:1]
		}
		values.Set(hidden, t.attr("value"))
		f.values = values
		break
	}
	return f, nil
}
