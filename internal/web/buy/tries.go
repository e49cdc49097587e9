package buy

import (
	"sync"
	"time"

	"awil/internal/web"
)

// How often a password may be wrong before she has to wait: few times from one
// network, more from all together. Whoever has signed in from this browser
// before is not kept out by what others try.
const (
	triesFromOne = 6
	triesFromAll = 60
	triesWithin  = 15 * time.Minute
	triesKept    = 20_000
)

// tries counts wrong passwords in this process. Logins nobody has count like
// any other, so that waiting tells nothing about who has an account.
type tries struct {
	clock func() time.Time
	mu    sync.Mutex
	wrong map[string]count
}

type count struct {
	n     int
	first time.Time
}

func newTries(clock func() time.Time) *tries {
	return &tries{clock: clock, wrong: map[string]count{}}
}

// try is one attempt to prove a password, counted as wrong until it proves right: so many at once as the limit
// allows get through, however they overlap.
type try struct {
	of       *tries
	one, all string
}

// begin counts an attempt for a login from an address. A positive wait says that the attempt may not be made. known tells
// that this browser has signed in as the login before.
func (t *tries) begin(login, address string, known bool) (attempt try, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	attempt = try{of: t, one: login + "\x00" + web.Network(address), all: login}
	wait = t.left(attempt.one, triesFromOne)
	if !known {
		wait = max(wait, t.left(attempt.all, triesFromAll))
	}
	if wait == 0 {
		t.add(attempt.one)
		t.add(attempt.all)
	}
	return attempt, wait
}

// right says that the password was: what was wrong from this network before is forgotten.
func (a try) right() {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	delete(a.of.wrong, a.one)
	a.of.back(a.all)
}

// void says that nothing was learnt about the password.
func (a try) void() {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	a.of.back(a.one)
	a.of.back(a.all)
}

func (t *tries) left(key string, most int) time.Duration {
	c, ok := t.wrong[key]
	if !ok || c.n < most {
		return 0
	}
	return max(0, triesWithin-t.clock().Sub(c.first))
}

func (t *tries) add(key string) {
	now := t.clock()
	c := t.wrong[key]
	if c.n == 0 || now.Sub(c.first) >= triesWithin {
		t.makeRoom()
		c = count{first: now}
	}
	c.n++
	t.wrong[key] = c
}

func (t *tries) back(key string) {
	c, ok := t.wrong[key]
	if !ok {
		return
	}
	if c.n--; c.n <= 0 {
		delete(t.wrong, key)
		return
	}
	t.wrong[key] = c
}

// makeRoom bounds the memory: what is over goes first, then one at random, so that nobody wipes a certain count by
// inventing logins.
func (t *tries) makeRoom() {
	if len(t.wrong) < triesKept {
		return
	}
	now := t.clock()
	for key, c := range t.wrong {
		if now.Sub(c.first) >= triesWithin {
			delete(t.wrong, key)
		}
	}
	for key := range t.wrong {
		if len(t.wrong) < triesKept {
			return
		}
		delete(t.wrong, key)
	}
}
