package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres/pgtest"
)

// demoKey opens all demo accounts.
const demoKey = "demo-demo-demo"

// world is a whole program on a port of its own, with the demo programme, a
// database and a folder that no other test sees.
type world struct {
	t    *testing.T
	app  *app
	pool *pgxpool.Pool
	log  *logbook
}

// newWorld starts one and stops it when t ends. What the program logs as an
// error fails the test.
func newWorld(t *testing.T) *world {
	t.Helper()
	return startWorld(t, serveOptions{web: true, worker: true, demo: true})
}

func startWorld(t *testing.T, o serveOptions) *world {
	t.Helper()
	address, data := pgtest.URL(t), t.TempDir()
	photos := filepath.Join(data, "photos")
	loaded.copyTo(t, address, photos)
	w := &world{t: t, log: &logbook{}}
	c := Config{Addr: "127.0.0.1:0", DataDir: data, DatabaseURL: address, PhotosURL: fileURL(photos),
		MailFrom: "Awıl <shop@localhost>", DatabaseConns: 10, JobConns: 5}
	a, err := open(t.Context(), c, o, slog.New(w.log))
	if err != nil {
		t.Fatalf("start the program: %v", err)
	}
	w.app, w.pool = a, pgtest.Open(t, address)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.run(ctx) }()
	t.Cleanup(func() {
		w.log.report(t)
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with: %v", err)
		}
		if err := a.close(); err != nil {
			t.Errorf("the program closed with: %v", err)
		}
	})
	return w
}

// visitor is somebody new, in a browser of her own.
func (w *world) visitor(view browsertest.View, lang i18n.Lang) *browsertest.Page {
	w.t.Helper()
	return browsertest.Open(w.t, browsertest.Options{Base: w.app.BaseURL, View: view, Lang: lang.Tag()})
}

// plainVisitor is one whose browser runs no scripts.
func (w *world) plainVisitor(view browsertest.View, lang i18n.Lang) *browsertest.Page {
	w.t.Helper()
	return browsertest.Open(w.t, browsertest.Options{Base: w.app.BaseURL, View: view, Lang: lang.Tag(), NoScript: true})
}

// signedIn is somebody of the demo who has just signed in, and stands at path.
// Her pages come in the language of her account.
func (w *world) signedIn(view browsertest.View, login, path string) *browsertest.Page {
	w.t.Helper()
	en := i18n.For(i18n.EN)
	p := w.visitor(view, i18n.EN)
	p.Visit("/sign-in?to=" + path)
	signIn(p, en, login, demoKey)
	return p
}

func signIn(p *browsertest.Page, l *i18n.Localizer, login, password string) {
	p.Fill(l.T("account.sign_in.login"), login)
	p.In("form.stack").Fill(l.T("account.sign_in.password"), password)
	p.In("form.stack").Press(l.T("account.sign_in.go"))
}

// number asks the database for one number.
func (w *world) number(sql string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.pool.QueryRow(w.t.Context(), sql, args...).Scan(&n); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// text asks the database for one text.
func (w *world) text(sql string, args ...any) string {
	w.t.Helper()
	var s string
	if err := w.pool.QueryRow(w.t.Context(), sql, args...).Scan(&s); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return s
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

// patience is how long background work may take on a busy machine.
const patience = 30 * time.Second

// eventually asks until the answer is yes.
func (w *world) eventually(what string, done func() bool) {
	w.t.Helper()
	wait(w.t, what, done)
}

// letter waits for a letter to somebody whose subject contains a text.
func (w *world) letter(to, subject string) (found mail.Kept) {
	w.t.Helper()
	var seen []string
	w.eventually(fmt.Sprintf("a letter to %s about %q", to, subject), func() bool {
		all, err := w.app.mail.outbox.List(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		seen = seen[:0]
		for _, l := range all {
			seen = append(seen, l.To+": "+l.Subject)
			if strings.Contains(l.To, to) && strings.Contains(l.Subject, subject) {
				found = l
				return true
			}
		}
		return false
	})
	return found
}

// logbook keeps what the program logs, and shows it when its test fails.
type logbook struct {
	mu     sync.Mutex
	lines  bytes.Buffer
	errors []string
}

func (b *logbook) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (b *logbook) WithAttrs([]slog.Attr) slog.Handler               { return b }
func (b *logbook) WithGroup(string) slog.Handler                    { return b }

func (b *logbook) Handle(ctx context.Context, r slog.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var line bytes.Buffer
	err := slog.NewTextHandler(&line, &slog.HandlerOptions{Level: slog.LevelDebug}).Handle(ctx, r)
	b.lines.Write(line.Bytes())
	if r.Level >= slog.LevelError {
		b.errors = append(b.errors, line.String())
	}
	return err
}

func (b *logbook) report(t *testing.T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.errors {
		t.Errorf("the program logged: %s", line)
	}
	if t.Failed() && b.lines.Len() > 0 {
		t.Logf("the program's log:\n%s", b.lines.String())
	}
}

// quiet is a log that says nothing.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
