package markets

import (
	"sync"
	"time"
)

// keepFor is how long a process goes on with the markets and the programme it has read: every page needs them and they
// change a few times a year.
const keepFor = 5 * time.Second

// kept is a value remembered for keepFor. The zero kept remembers nothing.
type kept[T any] struct {
	mu      sync.Mutex
	value   T
	expires time.Time
}

// get returns the remembered value, or reads it anew; a failure is not remembered.
func (k *kept[T]) get(now time.Time, read func() (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now.Before(k.expires) {
		return k.value, nil
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	k.value, k.expires = value, now.Add(keepFor)
	return value, nil
}

func (k *kept[T]) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.expires = time.Time{}
}

// Forget makes the next All and Programme read the database. Save and SaveProgramme do it themselves; call it when
// they ran on another Service.
func (s *Service) Forget() {
	s.markets.forget()
	s.programme.forget()
}
