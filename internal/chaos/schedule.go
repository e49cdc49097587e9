package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
)

// schedule is one run of many people doing things at once while things go
// wrong. All that it chooses comes from its seed.
type schedule struct {
	mu    sync.Mutex // guards what those on the stage and those who choose both touch
	lab   *lab
	seed  int64
	rand  *rand.Rand
	clock clock
	stage *stage
	crowd *crowd // instead of the stage
	plan  plan

	provider  bank
	calls     []*incoming // what a provider that calls us is at
	processes []*process
	buyers    []*buyer
	stock     [variants + 1]int   // what each variant began with
	stuck     map[int64]time.Time // jobs whose worker died: until somebody finds them
	tries     map[int64]int       // how often each job was begun
	waited    time.Duration       // in all, while things were going on

	told    sync.Mutex // guards what is told
	steps   []string
	wrong   []error
	resting bool
	faults  int
	counts  map[string]int // of what went wrong
	did     map[string]int // how often the clock's work was done meanwhile
}

// plan is what kind of schedule it is.
type plan struct {
	theme      theme
	most       int     // pieces there are of anything
	before     int     // orders that had come some way before it begins
	operations int     // how many things are begun
	together   int     // how many at once, at most
	fine       bool    // actors are parked inside transactions too, and wait for each other's locks
	hazard     float64 // how likely something goes wrong at each place
	faults     int     // at most
	hops       float64 // how likely control goes to somebody else at each place
	idle       bool    // no worker runs until the end
	lost       float64 // how many messages never come
	only       *single // instead of faults by chance
}

// single is one fault at one place of a kind, the nth that is come to.
type single struct {
	at    place
	nth   int
	fault fault
	met   int // how many have been come to
}

// here returns the fault if this is the place.
func (o *single) here(at place) fault {
	if at != o.at {
		return none
	}
	if o.met++; o.met-1 != o.nth {
		return none
	}
	return o.fault
}

// begun is the moment every schedule begins at.
var begun = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func newSchedule(l *lab, seed int64, broken Breakage) *schedule {
	s := &schedule{
		lab: l, seed: seed, rand: rand.New(rand.NewPCG(uint64(seed), 0x6177696c)), clock: clock{at: begun},
		stuck: map[int64]time.Time{}, tries: map[int64]int{}, counts: map[string]int{}, did: map[string]int{},
	}
	s.stage = &stage{back: make(chan *actor, 64)}
	own := newProvider(s.now)
	own.broken, s.stage.lying = broken, broken.Lying
	if s.plan = s.draw(); s.chance(0.3) {
		own.settles = money.USD
	}
	s.provider = own
	return s
}

// How many pieces there are of anything, at most.
const (
	few    = 2
	plenty = 6
)

// draw chooses the kind of schedule.
func (s *schedule) draw() plan {
	which := s.rand.IntN(len(themes))
	p := plan{
		theme:      themes[which],
		operations: 12 + s.rand.IntN(18), together: 1 + s.rand.IntN(6), fine: s.chance(0.3),
		hazard: 0, faults: s.rand.IntN(6), hops: 0.15 + 0.6*s.rand.Float64(), idle: s.chance(0.15),
	}
	if p.faults > 0 {
		p.hazard = 0.01 + 0.05*s.rand.Float64()
	}
	p.most, p.before = few, s.rand.IntN(2)
	if which > 0 {
		p.most, p.before = plenty, 1+s.rand.IntN(2)
	}
	if s.chance(0.5) {
		p.lost = s.rand.Float64() / 2
	}
	return p
}

func (s *schedule) chance(p float64) bool { return s.rand.Float64() < p }

func (s *schedule) now() time.Time { return s.clock.now() }

// clock is the clock of all processes, which the schedule turns.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// say adds a line to the list of steps.
func (s *schedule) say(format string, args ...any) {
	s.told.Lock()
	defer s.told.Unlock()
	s.steps = append(s.steps, fmt.Sprintf(format, args...))
}

// hold runs f alone.
func (s *schedule) hold(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// story is the list of steps.
func (s *schedule) story() string { return strings.Join(s.steps, "\n") }

// report notes that something happened which must not.
func (s *schedule) report(err error) {
	s.say("WRONG: %v", err)
	s.told.Lock()
	defer s.told.Unlock()
	s.wrong = append(s.wrong, err)
}

// run plays the schedule from the beginning until everything is at rest, and
// checks. The error is what kept it from being played; what did not hold is in
// wrong.
func (s *schedule) run(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.leadIn(ctx); err != nil {
		return err
	}
	if err := s.play(ctx); err != nil {
		return err
	}
	if err := s.rest(ctx); err != nil {
		return err
	}
	return s.check(ctx)
}

const sqlSetStock = `/* chaos.set_stock */
update variants v set stock = b.stock from unnest($1::int[]) with ordinality as b(stock, id) where b.id = v.id`

func (s *schedule) begin(ctx context.Context) error {
	if err := s.lab.rewind(ctx); err != nil {
		return err
	}
	if s.plan.fine {
		s.stage.holders, s.stage.giveUp = s.lab.holders(ctx), s.tooLong(ctx)
	}
	for id := 1; id <= variants; id++ {
		s.stock[id] = 1 + s.rand.IntN(s.plan.most)
	}
	if _, err := s.lab.look.Exec(ctx, sqlSetStock, s.stock[1:]); err != nil {
		return fmt.Errorf("set stock: %w", err)
	}
	for _, name := range []string{"web1", "web2", "worker"} {
		p := &process{name: name}
		if err := s.start(p); err != nil {
			return err
		}
		s.processes = append(s.processes, p)
	}
	for n := 1 + s.rand.IntN(4); n > 0; n-- {
		number := len(s.buyers) + 1
		b := &buyer{name: fmt.Sprintf("buyer%d", number), market: "uz", number: number}
		if s.chance(0.4) {
			b.market = "jp"
		}
		s.buyers = append(s.buyers, b)
	}
	return nil
}

func (s *schedule) start(p *process) error {
	return p.restart(s.lab, gateway{s.provider, s.report, s.flaky}, s.now)
}

// play begins things and lets them run, interleaved, until all are done.
func (s *schedule) play(ctx context.Context) error {
	left := s.plan.operations
	var last *actor
	for left > 0 || len(s.stage.all) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		ready := s.stage.ready()
		switch {
		case len(ready) == 0 && len(s.stage.all) > 0 && (left == 0 || len(s.stage.all) >= s.plan.together):
			return s.deadlocked()
		case left > 0 && len(s.stage.all) < s.plan.together && (len(ready) == 0 || s.chance(0.3)):
			left--
			if err := s.beginOne(ctx); err != nil {
				return err
			}
			continue
		case len(ready) == 0:
			continue
		}
		last = s.pick(ready, last)
		if err := s.step(last); err != nil {
			return err
		}
	}
	return nil
}

// tooLong ends the statement of an actor that waits for a lock, as its time
// limit does.
func (s *schedule) tooLong(ctx context.Context) func(*actor) error {
	return func(a *actor) error {
		a.hit = true
		s.say("  #%d has waited too long", a.number)
		s.counts["waited too long for a lock"]++
		_, err := s.lab.look.Exec(ctx, `/* chaos.too_long */ select pg_cancel_backend($1)`, int32(a.server()))
		return err
	}
}

// deadlocked is what there must never be: whoever changes an order locks it
// first, then its payments, then stock in the order of variants.
func (s *schedule) deadlocked() error {
	var names []string
	for _, a := range s.stage.all {
		names = append(names, a.name+" at "+a.what)
	}
	s.report(errors.New("actors wait for each other: " + strings.Join(names, "; ")))
	// The server breaks it after a second.
	b := s.stage.returned(<-s.stage.back)
	b.hit = true
	return nil
}

// pick chooses who goes on: mostly whoever did, so that there are runs of all
// lengths; and always whoever is inside a transaction, unless the schedule is
// a fine one.
func (s *schedule) pick(ready []*actor, last *actor) *actor {
	for _, a := range ready {
		if a.doomed || a.open > 0 && !s.plan.fine {
			return a
		}
	}
	for _, a := range ready {
		if a == last && !s.chance(s.plan.hops) {
			return a
		}
	}
	return ready[s.rand.IntN(len(ready))]
}

// step lets an actor run to the next place.
func (s *schedule) step(a *actor) error {
	f := s.fault(a)
	at, what := a.at, a.what
	if f != none {
		s.faults++
		a.hit = true
		s.say("  #%d %s %s: %v", a.number, at, what, f)
		s.counts[f.String()]++
	} else if at != atStart && at != atEnd && (at != atStatement || s.plan.fine) {
		s.say("  #%d %s %s", a.number, at, what)
	}
	if err := s.stage.resume(a, f); err != nil {
		return err
	}
	if f == killed || f == killedAfter {
		if err := s.dies(a.process, a); err != nil {
			return err
		}
	}
	if a.done {
		s.finished(a)
	}
	return s.stage.settle()
}

// likelier is how much likelier something goes wrong at a place than anywhere:
// statements are many, commits and calls are where it matters.
var likelier = map[place]float64{atStatement: 0.4, atCommit: 3, atCall: 6, atAnswer: 3}

// fault chooses what goes wrong where an actor stands.
func (s *schedule) fault(a *actor) fault {
	if s.plan.only != nil && !s.resting && !a.doomed {
		return s.plan.only.here(a.at)
	}
	can := mayGoWrong(a.at)
	if a.doomed || len(can) == 0 || s.faults >= s.plan.faults {
		return none
	}
	hazard := s.plan.hazard
	if more, known := likelier[a.at]; known {
		hazard *= more
	}
	if !s.chance(hazard) {
		return none
	}
	return can[s.rand.IntN(len(can))]
}

// dies ends a process and all that it was doing, then starts it again.
func (s *schedule) dies(p *process, but *actor) error {
	s.say("  %s dies and is started again", p.name)
	for _, a := range append([]*actor(nil), s.stage.all...) {
		if a.process != p || a == but {
			continue
		}
		// Whoever waited for a lock of one that is gone has it now.
		if err := s.stage.settle(); err != nil {
			return err
		}
		a.doomed, a.hit = true, true
		if a.waiting() {
			continue // it dies when its statement has returned
		}
		if err := s.stage.resume(a, none); err != nil {
			return err
		}
		s.finished(a)
	}
	for id := range p.jobs {
		s.stuck[id] = s.now().Add(stuckFor)
	}
	return s.start(p)
}

// finished looks at how an actor ended.
func (s *schedule) finished(a *actor) {
	switch {
	case !a.ended:
		s.say("  #%d is gone", a.number)
	case a.err == nil:
		s.say("  #%d done", a.number)
	default:
		s.say("  #%d %v", a.number, a.err)
		if errs.KindOf(a.err) == errs.Internal && !a.hit {
			s.report(fmt.Errorf("%s failed for no reason: %w", a.name, a.err))
		}
	}
	for _, then := range a.then {
		then(a)
	}
}
