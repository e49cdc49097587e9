package mail

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"awil/internal/errs"
)

// server is a mail server that keeps what it takes.
type server struct {
	addr string
	mu   sync.Mutex
	got  []received
	fail *smtp.SMTPError // answer to every message
}

type received struct{ from, to, user, data string }

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{}
	back := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{server: s}, nil }))
	back.Domain, back.AllowInsecureAuth = "localhost", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = back.Serve(l)
	}()
	t.Cleanup(func() {
		_ = back.Close()
		<-done
	})
	return s
}

// visit is one conversation with the server.
type visit struct {
	server *server
	now    received
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }
func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "p@ss:word" {
			return errors.New("wrong password")
		}
		v.now.user = user
		return nil
	}), nil
}
func (v *visit) Mail(from string, _ *smtp.MailOptions) error { v.now.from = from; return nil }
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error   { v.now.to += to; return nil }
func (v *visit) Reset()                                      { v.now.from, v.now.to = "", "" }
func (v *visit) Logout() error                               { return nil }
func (v *visit) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	if v.server.fail != nil {
		return v.server.fail
	}
	v.now.data = string(data)
	v.server.got = append(v.server.got, v.now)
	return nil
}

func newSMTP(t *testing.T, rawURL string) *SMTP {
	t.Helper()
	s, err := NewSMTP(rawURL, func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var order = Message{ID: "job-7-1", To: "Hanako <hanako@example.jp>", Subject: "ご注文 AW-197", Text: "ありがとうございます。", HTML: "<p>ありがとうございます。</p>"}

func TestSMTP(t *testing.T) {
	s := newServer(t)
	from := "?from=" + url.QueryEscape("Awıl <orders@awil.example>")
	for name, rawURL := range map[string]string{
		"open":     "smtp://" + s.addr + from,
		"password": "smtp://awil:p%40ss%3Aword@" + s.addr + from,
	} {
		s.got = nil
		if err := newSMTP(t, rawURL).Send(t.Context(), order); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(s.got) != 1 || s.got[0].from != "orders@awil.example" || s.got[0].to != "hanako@example.jp" {
			t.Fatalf("%s: %+v", name, s.got)
		}
		if name == "password" && s.got[0].user != "awil" {
			t.Errorf("signed in as %q", s.got[0].user)
		}
		kept, err := parse(strings.NewReader(s.got[0].data))
		if err != nil || kept.Subject != order.Subject || kept.MessageID != "job-7-1@awil.example" || strings.TrimSpace(kept.Text) != order.Text {
			t.Errorf("%s: %+v, %v", name, kept, err)
		}
	}
}

// What will never work is told apart from what may work later.
func TestSMTPFailures(t *testing.T) {
	s := newServer(t)
	sender := newSMTP(t, "smtp://"+s.addr+"?from=orders@awil.example")
	for _, c := range []struct {
		fail *smtp.SMTPError
		want errs.Kind
	}{
		{&smtp.SMTPError{Code: 550, Message: "no such mailbox"}, errs.Invalid},
		{&smtp.SMTPError{Code: 451, Message: "try later"}, errs.Unavailable},
	} {
		s.fail = c.fail
		if err := sender.Send(t.Context(), order); err == nil || errs.KindOf(err) != c.want {
			t.Errorf("%d: %v", c.fail.Code, err)
		}
	}
	down := newSMTP(t, "smtp://127.0.0.1:1?from=orders@awil.example")
	if err := down.Send(t.Context(), order); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("nobody there: %v", err)
	}
	wrong := newSMTP(t, "smtp://awil:other@"+s.addr+"?from=orders@awil.example")
	if err := wrong.Send(t.Context(), order); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("wrong password: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sender.Send(ctx, order); err == nil {
		t.Error("sent after the end")
	}
}

func TestSMTPURL(t *testing.T) {
	for _, bad := range []string{
		"", "smtp://", "smtp://mail.example:587", "smtp://mail.example?from=nobody", "http://mail.example?from=a@b.example",
		"smtp://mail.example:none?from=a@b.example", "smtp://mail.example?from=" + url.QueryEscape("a@b.example\r\nBcc: c@d.example"),
		"smtp://user:secret@mail.example:99999999?from=a@b.example",
	} {
		if _, err := NewSMTP(bad, time.Now); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for address, want := range map[string]string{
		"smtp://mail.example?from=a@b.example":              "mail.example:587 TLSOpportunistic",
		"smtp://user:secret@mail.example?from=a@b.example":  "mail.example:587 TLSMandatory",
		"smtps://user:secret@mail.example?from=a@b.example": "mail.example:465 TLSMandatory",
	} {
		s := newSMTP(t, address)
		if got := s.client.ServerAddr() + " " + s.client.TLSPolicy(); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
