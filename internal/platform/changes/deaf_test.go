package changes_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

// deafened is the address of a database by way of something that takes the command to listen and passes no message on, as
// a pooler does that lends a connection for one transaction.
func deafened(t *testing.T, database string) string {
	return byWayOf(t, database, func(near, far net.Conn) {
		go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
		go func() { withoutNotices(near, bufio.NewReader(far)); _ = near.Close() }()
	})
}

// withoutNotices hands on the server's messages: a letter, the length of the rest with itself, the rest.
func withoutNotices(to io.Writer, from io.Reader) {
	for {
		head := make([]byte, 5)
		if _, err := io.ReadFull(from, head); err != nil {
			return
		}
		rest := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(from, rest); err != nil {
			return
		}
		if head[0] == 'A' {
			continue
		}
		if _, err := to.Write(append(head, rest...)); err != nil {
			return
		}
	}
}

// TestDeaf: who is not told of changes does not believe that there are none.
func TestDeaf(t *testing.T) {
	t.Parallel()
	said := make(lines, 8)
	began := make(chan struct{}, 8)
	go postgres.Listener{
		URL: deafened(t, pgtest.URL(t)), Channel: "awil_changes", Log: slog.New(slog.NewTextHandler(said, nil)),
		Hear: func(string) {}, Begin: func() { began <- struct{}{} }, Lost: func() {}, Doubt: func(bool) {},
	}.Run(t.Context())
	if got := <-said; !strings.Contains(got, "no message comes through") {
		t.Errorf("the log says %q", got)
	}
	select {
	case <-began:
		t.Error("it believes that it hears")
	default:
	}
}

// lines is a log as it is written.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
