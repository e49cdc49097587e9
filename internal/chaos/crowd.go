package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"awil/internal/errs"
)

// crowd is what acts in a schedule without a stage: everybody runs as fast as
// they can, in parallel with the others, and meets their locks as in the shop.
// What happens is not the same twice.
type crowd struct {
	wait  sync.WaitGroup
	slots chan struct{}
	mu    sync.Mutex // guards what is below
	rand  *rand.Rand
	live  map[*actor]bool
	calls bool // calls to the provider go wrong
}

const crowdSize = 8

func newCrowd(seed int64) *crowd {
	return &crowd{
		slots: make(chan struct{}, crowdSize), rand: rand.New(rand.NewPCG(uint64(seed), 1)),
		live: map[*actor]bool{}, calls: true,
	}
}

// enter lets somebody act as soon as there is room. Now and then they are given
// up while they act, as a request is whose process dies.
func (c *crowd) enter(ctx context.Context, s *schedule, a *actor, do func(context.Context) error) *actor {
	c.slots <- struct{}{}
	ctx, cancel := context.WithCancel(ctx)
	c.mu.Lock()
	c.live[a] = true
	given := c.rand.Float64() < 0.04
	after := time.Duration(c.rand.Int64N(int64(20 * time.Millisecond)))
	c.mu.Unlock()
	s.say("%s on %s", a.name, a.process.name)
	if given {
		s.say("  given up after %v: %s", after, a.name)
		a.hit = true
		time.AfterFunc(after, cancel)
	}
	c.wait.Go(func() {
		defer func() { <-c.slots }()
		err := do(ctx)
		cancel()
		c.mu.Lock()
		a.err, a.ended = err, true
		hit := a.hit
		delete(c.live, a)
		c.mu.Unlock()
		if err != nil {
			s.say("  %s: %v", a.name, err)
		}
		if err != nil && errs.KindOf(err) == errs.Internal && !hit {
			s.report(fmt.Errorf("%s failed for no reason: %w", a.name, err))
		}
		for _, then := range a.then {
			then(a)
		}
	})
	return a
}

// cut ends one or all of the connections that are in use, by the server.
func (c *crowd) cut(ctx context.Context, l *lab) error {
	c.mu.Lock()
	for a := range c.live {
		a.hit = true
	}
	some := 1 + c.rand.IntN(poolSize)
	c.mu.Unlock()
	_, err := l.look.Exec(ctx, `/* chaos.cut */
select pg_terminate_backend(pid) from (
    select pid from pg_stat_activity where datname = current_database() and application_name = 'awil chaos' order by random() limit $1) one`, some)
	return err
}

// flaky is what goes wrong with a call to the provider off the stage.
func (s *schedule) flaky(what string) fault {
	c := s.crowd
	if c == nil {
		return none
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.calls || c.rand.Float64() > 0.1 {
		return none
	}
	f := []fault{lostRequest, lostAnswer, serverError}[c.rand.IntN(3)]
	s.say("  call %s: %v", what, f)
	return f
}

// runCrowd plays the schedule without a stage, then lets all come to rest and
// checks as ever.
func (s *schedule) runCrowd(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.leadIn(ctx); err != nil {
		return err
	}
	s.crowd = newCrowd(s.seed)
	for range s.plan.operations {
		if err := s.beginOne(ctx); err != nil {
			return err
		}
	}
	s.crowd.wait.Wait()
	s.crowd = nil
	if err := s.rest(ctx); err != nil {
		return err
	}
	return s.check(ctx)
}
