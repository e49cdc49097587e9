package changes_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"awil/internal/platform/postgres/pgtest"
	"awil/internal/watch"
)

// line is a connection to the server that can be made to say nothing, as if
// somebody had pulled a cable.
type line struct{ silent sync.RWMutex }

// through returns the address of a database by way of the line.
func (l *line) through(t *testing.T, database string) string {
	return byWayOf(t, database, func(near, far net.Conn) {
		go l.carry(far, near, false)
		go l.carry(near, far, true)
	})
}

// byWayOf returns the address of a database at which every connection is one
// that carry hands on to the server and back.
func byWayOf(t *testing.T, database string, carry func(near, far net.Conn)) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	config, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	network, server := pgconn.NetworkAddress(config.Host, config.Port)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	go func() {
		for {
			near, err := door.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial(network, server)
			if err != nil {
				_ = near.Close()
				return
			}
			carry(near, far)
		}
	}()
	query := u.Query()
	query.Del("host")
	query.Del("port")
	query.Set("sslmode", "disable")
	u.Host, u.RawQuery = door.Addr().String(), query.Encode()
	return u.String()
}

// carry hands on what is said; what the server says waits while there is
// silence.
func (l *line) carry(to io.WriteCloser, from io.Reader, heard bool) {
	defer func() { _ = to.Close() }()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if heard {
			l.silent.RLock()
		}
		_, err = to.Write(buf[:n])
		if heard {
			l.silent.RUnlock()
		}
		if err != nil {
			return
		}
	}
}

// TestSilence: a server that says nothing is not believed to have nothing to
// say; when it speaks again, what it said meanwhile is heard first, and all else
// is as it was.
func TestSilence(t *testing.T) {
	t.Parallel()
	var l line
	direct := pgtest.URL(t)
	feed, pool := openBy(t, direct, l.through(t, direct))
	board := feed.Board()
	before := board.Now()
	l.silent.Lock()
	if _, err := pool.Exec(t.Context(), `insert into regions (slug, country) values ('qr', 'UZ')`); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return !board.Certain() })
	if board.Now() != before {
		t.Error("it was not silent")
	}
	l.silent.Unlock()
	waitFor(t, board.Certain)
	if !board.ChangedSince(before, []watch.Topic{watch.Places}) {
		t.Error("what was said in silence is not heard")
	}
	if board.ChangedSince(before, []watch.Topic{watch.Markets}) {
		t.Error("everything has changed, though nothing was missed")
	}
}
