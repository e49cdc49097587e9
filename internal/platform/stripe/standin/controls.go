package standin

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Fault is how the next API call goes wrong.
type Fault int

// The ways an API call goes wrong.
const (
	noFault     Fault = iota
	LostRequest       // nothing is done and no answer comes
	LostAnswer        // the work is done and no answer comes: a time-out after success
	ServerError       // status 500, remembered under the call's idempotency key as Stripe does
)

// FailNext lets the next API calls go wrong, one fault each, in order.
func (s *Standin) FailNext(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// FailNextWrite lets the next API calls that change something go wrong, one
// fault each, in order: the session or refund itself, not what is read before.
func (s *Standin) FailNextWrite(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, faults...)
}

func (s *Standin) nextFault(method string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.writes) > 0 && method == http.MethodPost {
		f := s.writes[0]
		s.writes = s.writes[1:]
		return f
	}
	if len(s.faults) == 0 {
		return noFault
	}
	f := s.faults[0]
	s.faults = s.faults[1:]
	return f
}

// Tamper is what happens to one try of one webhook. The zero value is an
// ordinary delivery.
type Tamper struct {
	Drop           bool          // lost, and never tried again
	Copies         int           // sent so many more times
	WrongSignature bool          // signed with another secret
	APIVersion     string        // written in this version
	Age            time.Duration // signed so long ago
}

// TamperNext applies one Tamper to each of the next tries, in order.
func (s *Standin) TamperNext(tampers ...Tamper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.tampers = append(s.hooks.tampers, tampers...)
}

// Hold keeps every webhook back until Release.
func (s *Standin) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.held = true
}

// Release lets the webhooks held go, in their order.
func (s *Standin) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.held = false
	s.nudge()
}

// Reorder changes the order in which waiting webhooks go out. It is given
// their number n and returns a permutation of 0…n-1: rand.Perm will do.
func (s *Standin) Reorder(order func(n int) []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var waiting []*event
	for _, e := range s.state.Events {
		if !e.Done {
			waiting = append(waiting, e)
		}
	}
	s.state.Events = slices.DeleteFunc(s.state.Events, func(e *event) bool { return !e.Done })
	for _, i := range order(len(waiting)) {
		s.state.Events = append(s.state.Events, waiting[i])
	}
}

// Redeliver sends an event again, delivered before or not, as staff can from
// Stripe's dashboard. It reports whether the event is known.
func (s *Standin) Redeliver(eventID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.state.Events {
		if e.ID == eventID {
			e.Done, e.next = false, time.Time{}
			s.nudge()
			return true
		}
	}
	return false
}

// Notice is an event of the stand-in, delivered or not.
type Notice struct {
	ID, Type, SessionID string
	Done                bool // delivered or given up
}

// Notices lists the events so far, in the order they go out.
func (s *Standin) Notices() []Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Notice, 0, len(s.state.Events))
	for _, e := range s.state.Events {
		list = append(list, Notice{ID: e.ID, Type: e.Type, SessionID: e.Session, Done: e.Done})
	}
	return list
}

// Delivery is one try to deliver a webhook.
type Delivery struct {
	EventID, Type string
	Status        int // the receiver's answer; 0: none
	Dropped       bool
	At            time.Time
}

// Deliveries lists the last tries, oldest first.
func (s *Standin) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.hooks.log)
}

// Wait returns when no webhook is under way or waiting, except those held.
func (s *Standin) Wait(ctx context.Context) error {
	for {
		s.mu.Lock()
		idle := !s.hooks.busy && (s.hooks.held || !slices.ContainsFunc(s.state.Events, func(e *event) bool { return !e.Done }))
		changed := s.changed
		s.mu.Unlock()
		if idle {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
