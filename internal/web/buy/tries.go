package buy

import (
	"sync"
	"time"
)

// How often a password may be wrong before she has to wait: few times from one
// address, more from all addresses together, so that nobody can keep another
// person out by trying, and nobody can try for ever by changing addresses.
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

func keys(login, address string) (one, all string) { return login + "\x00" + address, login }

// wait returns how long to wait before another try, or nothing.
func (t *tries) wait(login, address string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, all := keys(login, address)
	return max(t.left(one, triesFromOne), t.left(all, triesFromAll))
}

func (t *tries) left(key string, most int) time.Duration {
	c, ok := t.wrong[key]
	if !ok || c.n < most {
		return 0
	}
	return max(0, triesWithin-t.clock().Sub(c.first))
}

// failed counts a wrong password.
func (t *tries) failed(login, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.wrong) >= triesKept {
		t.forget()
	}
	one, all := keys(login, address)
	t.add(one)
	t.add(all)
}

func (t *tries) add(key string) {
	now := t.clock()
	c := t.wrong[key]
	if c.n == 0 || now.Sub(c.first) >= triesWithin {
		c = count{first: now}
	}
	c.n++
	t.wrong[key] = c
}

// succeeded forgets the wrong ones from this address.
func (t *tries) succeeded(login, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, _ := keys(login, address)
	delete(t.wrong, one)
}

// forget drops what is over; if all is recent, everything: memory is not for
// strangers to fill.
func (t *tries) forget() {
	now := t.clock()
	for key, c := range t.wrong {
		if now.Sub(c.first) >= triesWithin {
			delete(t.wrong, key)
		}
	}
	if len(t.wrong) >= triesKept {
		clear(t.wrong)
	}
}
