package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/webhook"
)

// verifier says what a test wants said of a message.
type verifier struct {
	event payments.Event
	err   error
}

func (v verifier) VerifyWebhook([]byte, http.Header) (payments.Event, error) { return v.event, v.err }

// inbox remembers what it was given, or fails.
type inbox struct {
	payload []byte
	err     error
}

func (i *inbox) StoreEvent(_ context.Context, _ payments.Event, payload []byte) (bool, error) {
	i.payload = payload
	return i.err == nil, i.err
}

func send(t *testing.T, in webhook.Inbox, v payments.WebhookVerifier, body string) (status int, log string) {
	t.Helper()
	var written bytes.Buffer
	e := echo.New()
	e.POST("/hook", webhook.Receive(in, v, slog.New(slog.NewTextHandler(&written, nil))))
	res := httptest.NewRecorder()
	e.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hook", strings.NewReader(body)))
	return res.Code, written.String()
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		name     string
		verifier verifier
		store    error
		body     string
		status   int
		log      string
		stored   bool
	}{
		{name: "stored", body: `{}`, status: 200, stored: true},
		{name: "not stored", body: `{}`, store: errors.New("disk full"), status: 503, log: "level=ERROR", stored: true},
		{name: "wrong signature", body: `{}`, verifier: verifier{err: errs.E(errs.Unauthenticated, "", payments.ErrBadSignature)},
			status: 400, log: "level=WARN"},
		{name: "another version", body: `{}`, verifier: verifier{err: errs.E(errs.Invalid, "created with 2023-10-16", payments.ErrAPIVersion)},
			status: 400, log: "level=ERROR"},
		{name: "too long", body: strings.Repeat("x", 1<<20+1), status: 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := &inbox{err: tt.store}
			status, log := send(t, in, tt.verifier, tt.body)
			if status != tt.status || !strings.Contains(log, tt.log) || tt.log == "" && log != "" {
				t.Errorf("answered %d, logged %q", status, log)
			}
			if got := string(in.payload); tt.stored != (got == tt.body) {
				t.Errorf("stored %q", got)
			}
		})
	}
}

func TestAnotherVersionSaysWhatToDo(t *testing.T) {
	_, log := send(t, &inbox{}, verifier{err: errs.E(errs.Invalid, "the endpoint must be created with 2023-10-16", payments.ErrAPIVersion)}, `{}`)
	for _, part := range []string{"Create it anew", "2023-10-16", "send the events since then again"} {
		if !strings.Contains(log, part) {
			t.Errorf("no %q in %q", part, log)
		}
	}
}

// TestStoredOnce: a message that comes twice is answered the same and worked
// on once.
func TestStoredOnce(t *testing.T) {
	pool := pgtest.New(t)
	queue, err := jobs.New(pool, jobs.Config{})
	if err != nil {
		t.Fatal(err)
	}
	in := payments.New(pool, queue, time.Now)
	v := verifier{event: payments.Event{Provider: payments.ProviderStripe, ID: "evt_1", Type: "checkout.session.completed", ProviderRef: "cs_1"}}
	for range 3 {
		if status, log := send(t, in, v, `{"id": "evt_1"}`); status != 200 {
			t.Fatalf("%d %s", status, log)
		}
	}
	var messages, work int
	err = pool.QueryRow(t.Context(), `select (select count(*) from webhook_events), (select count(*) from river_job)`).Scan(&messages, &work)
	if err != nil || messages != 1 || work != 1 {
		t.Errorf("%d messages, %d jobs, %v", messages, work, err)
	}
	pool.Close()
	if status, _ := send(t, in, v, `{}`); status != 503 {
		t.Errorf("without a database it answered %d", status)
	}
}
