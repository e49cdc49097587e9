package standin

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"awil/internal/platform/stripe"
)

// event is something that happened, to be told to the webhook.
type event struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Session string          `json:"session"`
	Created int64           `json:"created"`
	Object  json.RawMessage `json:"object"` // as it was then
	Done    bool            `json:"done"`   // delivered or given up

	tries int
	next  time.Time
	tried chan struct{} // closed after the first try
}

// hooks is what is on its way, and how tests want it to go.
type hooks struct {
	held    bool
	busy    bool
	tampers []Tamper
	log     []Delivery
}

// emit queues an event about an object in its present state.
func (s *Standin) emit(kind, sessionID string, object any) {
	if s.cfg.WebhookURL == "" {
		return
	}
	data, err := json.Marshal(object)
	if err != nil {
		s.cfg.Log.Error("stripe stand-in cannot write an event", "type", kind, "error", err)
		return
	}
	s.state.Events = append(s.state.Events, &event{
		ID: newID("evt_"), Type: kind, Session: sessionID, Created: s.now(), Object: data,
		tried: make(chan struct{}),
	})
	s.nudge()
}

// nudge lets Run look at once for what is due.
func (s *Standin) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// deliverDue sends what is due, one after the other in the order of events,
// and returns how long until something is.
func (s *Standin) deliverDue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		e, tamper, wait := s.nextDelivery()
		if e == nil {
			return wait
		}
		s.settle(e, s.send(ctx, e, tamper))
	}
	return 0
}

func (s *Standin) nextDelivery() (*event, Tamper, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := time.Hour
	if s.hooks.held {
		return nil, Tamper{}, wait
	}
	for _, e := range s.state.Events {
		if e.Done {
			continue
		}
		if left := time.Until(e.next); left > 0 {
			wait = min(wait, left)
			continue
		}
		s.hooks.busy = true
		var t Tamper
		if len(s.hooks.tampers) > 0 {
			t, s.hooks.tampers = s.hooks.tampers[0], s.hooks.tampers[1:]
		}
		return e, t, 0
	}
	return nil, Tamper{}, wait
}

// send makes one try, or several when copies are asked for, and reports
// whether the event needs no further one.
func (s *Standin) send(ctx context.Context, e *event, t Tamper) bool {
	if t.Drop {
		s.record(Delivery{EventID: e.ID, Type: e.Type, Dropped: true})
		return true
	}
	taken := false
	for range 1 + t.Copies {
		status, err := s.post(ctx, e, t)
		s.record(Delivery{EventID: e.ID, Type: e.Type, Status: status})
		if err != nil {
			s.cfg.Log.Warn("stripe stand-in: webhook not delivered", "type", e.Type, "error", err)
		}
		taken = taken || (status >= 200 && status < 300)
	}
	return taken
}

func (s *Standin) post(ctx context.Context, e *event, t Tamper) (status int, err error) {
	version := stripe.APIVersion
	if t.APIVersion != "" {
		version = t.APIVersion
	}
	payload, err := json.Marshal(map[string]any{
		"id": e.ID, "object": "event", "api_version": version, "created": e.Created, "type": e.Type,
		"data": map[string]any{"object": e.Object}, "livemode": false, "pending_webhooks": 1, "request": nil,
	})
	if err != nil {
		return 0, err
	}
	secret := s.cfg.WebhookSecret
	if t.WrongSignature {
		secret += "-not"
	}
	at := s.cfg.Now().Add(-t.Age)
	signature := fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(webhook.ComputeSignature(at, payload, secret)))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.WebhookURL, bytes.NewReader(payload))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Stripe-Signature", signature)
	r.Header.Set("User-Agent", "Awil-Stripe-Stand-in/1.0")
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)) // so that the connection can be used again
	return answer.StatusCode, nil
}

func (s *Standin) record(d Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.At = s.cfg.Now()
	s.hooks.log = append(s.hooks.log, d)
	if len(s.hooks.log) > 1000 {
		s.hooks.log = s.hooks.log[len(s.hooks.log)-500:]
	}
}

// settle plans the next try of an event, if there is to be one.
func (s *Standin) settle(e *event, taken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.tries == 0 && e.tried != nil {
		close(e.tried)
	}
	s.hooks.busy = false
	if taken || e.tries >= len(s.cfg.RetryDelays) {
		e.Done = true
		s.save()
	} else {
		e.next = time.Now().Add(s.cfg.RetryDelays[e.tries])
	}
	e.tries++
	close(s.changed)
	s.changed = make(chan struct{})
}

// awaitWebhooks waits until the events of a session have been tried once, or
// RedirectWait is over, or nothing will be delivered anyway.
func (s *Standin) awaitWebhooks(ctx context.Context, sessionID string) {
	s.mu.Lock()
	var tried []chan struct{}
	for _, e := range s.state.Events {
		if e.Session == sessionID && e.tried != nil && !s.hooks.held {
			tried = append(tried, e.tried)
		}
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.RedirectWait)
	defer cancel()
	for _, done := range tried {
		select {
		case <-done:
		case <-ctx.Done():
			return
		}
	}
}
