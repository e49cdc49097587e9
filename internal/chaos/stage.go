package chaos

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// place is where an actor stands when it hands control back.
type place int

const (
	atStart     place = iota // it has not begun
	atBegin                  // before a transaction
	atStatement              // before a statement inside one
	atCommit                 // before the commit
	atEnd                    // after a transaction
	atLone                   // before a statement outside any transaction
	atCall                   // before a call to a provider
	atAnswer                 // the provider has done it, the answer is on its way
	atLock                   // a statement has returned after it had waited for a lock
)

// stage runs actors one at a time. An actor is a goroutine that holds control
// until it parks; what it may meet next, it is told when it is resumed. So one
// sequence of choices gives one run, whatever the machine does meanwhile.
type stage struct {
	mu   sync.Mutex // guards what actors and stage both touch: busy and waits
	back chan *actor
	all  []*actor // live ones, in the order they came
	came int      // how many there have been
	// lying makes every tenth commit a rollback that nobody is told of.
	lying   bool
	commits int
	// holders says which of these server processes are those of parked actors
	// that pid waits for. Without it no actor is parked inside a transaction.
	holders func(pid uint32, parked []uint32) (bool, error)
	// giveUp ends the statement of an actor that waits.
	giveUp func(a *actor) error
}

// actor is one thing somebody does: a request, a job, a message delivered.
type actor struct {
	stage   *stage
	number  int // counted from the first
	name    string
	process *process
	turn    chan fault

	at     place
	what   string // the call or statement it stands before
	hit    bool   // something went wrong for it
	doomed bool   // it dies as soon as it runs again
	done   bool
	ended  bool  // its function returned: it did not die
	err    error // what came of it
	then   []func(*actor)

	links []*link // connections it holds
	open  int     // transactions it is in
	held  []uint32

	busy uint32 // server process at work on its statement; 0: none
	// waits: its statement waits for a lock of a parked actor, so control went
	// on without it; it parks when the statement returns.
	waits bool
}

type actorKey struct{}

// actorOf is who acts under ctx; nil outside the stage.
func actorOf(ctx context.Context) *actor {
	a, _ := ctx.Value(actorKey{}).(*actor)
	return a
}

// enter puts an actor on the stage; it begins when it is first resumed.
func (s *stage) enter(ctx context.Context, name string, p *process, do func(context.Context) error) *actor {
	s.came++
	a := &actor{stage: s, number: s.came, name: name, process: p, turn: make(chan fault)}
	s.all = append(s.all, a)
	ctx = context.WithValue(ctx, actorKey{}, a)
	go func() {
		defer func() {
			if panicked := recover(); panicked != nil {
				a.ended, a.err = true, fmt.Errorf("panic: %v\n%.3000s", panicked, debug.Stack())
			}
			a.done = true
			s.back <- a
		}()
		<-a.turn
		if a.doomed {
			return
		}
		err := do(ctx)
		a.err, a.ended = err, true
	}()
	return a
}

// park hands control back and returns what goes wrong next.
func (a *actor) park(at place, what string) fault {
	a.at, a.what = at, what
	a.stage.back <- a
	f := <-a.turn
	if a.doomed || f == killed {
		a.die()
	}
	return f
}

// die ends the actor as the death of its process does: nothing in memory is
// left, and the server rolls back what it had open.
func (a *actor) die() {
	a.doomed = true
	for _, l := range a.links {
		l.rollBack()
	}
	runtime.Goexit()
}

// working notes that the server is at work on a statement of the actor.
func (a *actor) working(pid uint32) {
	a.stage.mu.Lock()
	defer a.stage.mu.Unlock()
	a.busy = pid
}

// server is the process at work on a statement of the actor; 0 when none is.
func (a *actor) server() uint32 {
	a.stage.mu.Lock()
	defer a.stage.mu.Unlock()
	return a.busy
}

// worked notes that it has answered. If control went on meanwhile the actor
// waits for its turn.
func (a *actor) worked() {
	a.stage.mu.Lock()
	a.busy = 0
	waited := a.waits
	a.stage.mu.Unlock()
	if waited {
		a.park(atLock, "")
	}
}

// resume lets an actor run until it parks, ends, or waits for a lock that a
// parked actor holds.
func (s *stage) resume(a *actor, f fault) error {
	a.turn <- f
	return s.await(a)
}

const (
	lookEvery = 2 * time.Millisecond
	// patience is how long an actor may take from one place to the next. One
	// that takes longer waits for something the stage does not know of.
	patience = 30 * time.Second
)

func (s *stage) await(a *actor) error {
	look := patience
	if s.holders != nil && len(s.parkedPIDs(a)) > 0 {
		look = lookEvery
	}
	for waited := time.Duration(0); waited < patience; {
		select {
		case b := <-s.back:
			if s.returned(b) == a {
				return nil
			}
		case <-time.After(look):
			waited += look
			if look == patience {
				break
			}
			waits, err := s.stuck(a)
			if err != nil {
				return err
			}
			if !waits {
				continue
			}
			if second, err := s.second(a); !second || err != nil {
				return err
			}
			if err := s.giveUp(a); err != nil {
				return err
			}
			look = patience // until it comes back with the server's refusal
		}
	}
	return fmt.Errorf("chaos: %s does not come back from %s %s", a.name, a.at, a.what)
}

// returned takes back control from an actor, or notes that one whose wait is
// over stands in line again.
func (s *stage) returned(a *actor) *actor {
	s.mu.Lock()
	a.waits = false
	s.mu.Unlock()
	if a.done {
		for i, one := range s.all {
			if one == a {
				s.all = append(s.all[:i:i], s.all[i+1:]...)
				break
			}
		}
	}
	return a
}

// stuck finds out whether an actor at work waits for a parked one, and lets it
// wait. What parked actors hold does not change, so the answer is certain.
func (s *stage) stuck(a *actor) (bool, error) {
	pid := a.server()
	if pid == 0 {
		return false, nil
	}
	waits, err := s.holders(pid, s.parkedPIDs(a))
	if err != nil || !waits {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.busy == 0 {
		return false, nil
	}
	a.waits = true
	return true, nil
}

// second reports whether somebody else waits as well. Which of two has the lock
// next, the server leaves to chance, and a schedule must be the same each time:
// so the later one has waited too long. Two that wait for each other stay: that
// is a deadlock, which there must not be.
func (s *stage) second(a *actor) (bool, error) {
	for _, b := range s.all {
		if b == a || !b.waiting() {
			continue
		}
		forUs, err := s.holders(b.server(), a.held)
		return !forUs, err
	}
	return false, nil
}

// parkedPIDs are the server processes of all actors but one.
func (s *stage) parkedPIDs(but *actor) []uint32 {
	var pids []uint32
	for _, a := range s.all {
		if a != but {
			pids = append(pids, a.held...)
		}
	}
	return pids
}

// settle waits until every actor that waited for a lock has either got it and
// stands in line again, or waits for another that is parked.
func (s *stage) settle() error {
	for _, a := range s.all {
		for a.waiting() {
			select {
			case b := <-s.back:
				s.returned(b)
				continue
			default:
			}
			waits, err := s.stuck(a)
			if err != nil {
				return err
			}
			if waits {
				break
			}
			time.Sleep(lookEvery / 10)
		}
	}
	return nil
}

func (a *actor) waiting() bool {
	a.stage.mu.Lock()
	defer a.stage.mu.Unlock()
	return a.waits
}

// ready lists the actors that can be resumed.
func (s *stage) ready() []*actor {
	ready := make([]*actor, 0, len(s.all))
	for _, a := range s.all {
		if !a.waiting() {
			ready = append(ready, a)
		}
	}
	return ready
}

const liesEvery = 10

// lies reports whether the database only says that it commits.
func (s *stage) lies() bool {
	if s.commits++; !s.lying {
		return false
	}
	return s.commits%liesEvery == 0
}
