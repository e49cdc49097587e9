package mail

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
)

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	now := day
	var log bytes.Buffer
	box, err := NewOutbox(OutboxConfig{
		Dir: dir, From: "Awıl <orders@awil.example>", Keep: 3,
		Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		now = now.Add(time.Second)
		m := order
		m.ID, m.Subject = fmt.Sprintf("job-%d-1", i), fmt.Sprintf("Заказ %d", i)
		for range 2 { // a repeated try
			if err := box.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := box.List(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	for i, k := range list {
		if want := fmt.Sprintf("Заказ %d", 4-i); k.Subject != want || k.To != order.To && k.To != `"Hanako" <hanako@example.jp>` {
			t.Errorf("message %d: %+v", i, k)
		}
		one, err := box.Get(t.Context(), k.ID)
		if err != nil || one.HTML == "" || strings.TrimSpace(one.Text) != order.Text || len(one.Source) == 0 {
			t.Errorf("get %s: %+v, %v", k.ID, one, err)
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines != 5 || !strings.Contains(log.String(), "Заказ 4") {
		t.Errorf("%d lines logged:\n%s", lines, log.String())
	}
	if drafts, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(drafts) != 0 {
		t.Errorf("drafts left: %v", drafts)
	}
}

func TestOutboxIDsAreItsOwn(t *testing.T) {
	dir := t.TempDir()
	box, err := NewOutbox(OutboxConfig{Dir: filepath.Join(dir, "outbox"), From: "orders@awil.example", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret.eml"), []byte("Subject: secret\r\n\r\nsecret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "../secret", "..", "/etc/passwd", "0000000000000000-00000000000000000000/../../secret", "0000000000000000-00000000000000000000"} {
		if _, err := box.Get(t.Context(), id); errs.KindOf(err) != errs.NotFound || err == nil {
			t.Errorf("%q: %v", id, err)
		}
	}
}
