package chaos

import (
	"context"
)

// operation is something somebody may do. begin chooses with whom and what and
// puts an actor on the stage; it returns false when there is nothing to do it
// with.
type operation struct {
	part   part
	weight int
	begin  func(s *schedule, ctx context.Context, v view) (bool, error)
}

// part is what an operation is about.
type part int

const (
	buying  part = iota
	sending      // of goods
	giving       // money back
	earning      // producers
	working      // of the queue and the clock
	outside      // of our processes
)

// theme says how much more of each part there is in a schedule.
type theme [outside + 1]int

var themes = []theme{
	{buying: 3, sending: 1, giving: 1, earning: 1, working: 2, outside: 3}, // a rush
	{buying: 1, sending: 2, giving: 4, earning: 1, working: 2, outside: 2}, // complaints
	{buying: 1, sending: 3, giving: 2, earning: 4, working: 2, outside: 1}, // pay day
	{buying: 1, sending: 1, giving: 1, earning: 1, working: 1, outside: 1},
}

// operations are all that may happen, the likelier the heavier. Whether it is
// allowed just then is for the program to say.
func operations(t theme) []operation {
	all := []operation{
		{buying, 14, (*schedule).beginBuy},
		{buying, 3, (*schedule).beginAdd},
		{buying, 4, (*schedule).beginForm},
		{buying, 6, (*schedule).beginPlace},
		{buying, 5, (*schedule).beginAgain},
		{buying, 8, (*schedule).beginPay},
		{buying, 2, (*schedule).beginBuyerCancels},
		{buying, 2, (*schedule).beginStaffCancels},
		{buying, 5, (*schedule).beginTransfer},
		{sending, 10, (*schedule).beginParcel},
		{sending, 4, (*schedule).beginCash},
		{sending, 4, (*schedule).beginCorrectCash},
		{sending, 4, (*schedule).beginLeaveOut},
		{sending, 2, (*schedule).beginReturn},
		{giving, 4, (*schedule).beginAsk},
		{giving, 7, (*schedule).beginDecide},
		{giving, 4, (*schedule).beginHand},
		{giving, 2, (*schedule).beginTakeBack},
		{giving, 1, (*schedule).beginDecline},
		{giving, 6, (*schedule).worldRefunds},
		{earning, 7, (*schedule).beginPayout},
		{working, 12, (*schedule).beginJobs},
		{working, 5, (*schedule).beginClockwork},
		{outside, 12, (*schedule).worldPays},
		{outside, 8, (*schedule).worldCalls},
		{outside, 12, (*schedule).worldDelivers},
		{outside, 4, (*schedule).worldWaits},
		{outside, 1, (*schedule).worldKills},
		{outside, 1, (*schedule).worldCuts},
	}
	for i := range all {
		all[i].weight *= t[all[i].part]
	}
	return all
}

// beginOne lets the next thing begin.
func (s *schedule) beginOne(ctx context.Context) error {
	v, err := s.view(ctx)
	if err != nil {
		return err
	}
	all := operations(s.plan.theme)
	for {
		total := 0
		for _, o := range all {
			total += o.weight
		}
		if total == 0 {
			return nil
		}
		at := s.rand.IntN(total)
		i := 0
		for at >= all[i].weight {
			at -= all[i].weight
			i++
		}
		began, err := all[i].begin(s, ctx, v)
		if began || err != nil {
			return err
		}
		all[i].weight = 0
	}
}

// enter puts somebody on the stage, or into the crowd. then is called when they
// are done, or gone.
func (s *schedule) enter(ctx context.Context, p *process, name string, do func(context.Context) error, then ...func(*actor)) *actor {
	if s.crowd != nil {
		return s.crowd.enter(ctx, s, &actor{name: name, process: p, then: then}, do)
	}
	a := s.stage.enter(ctx, name, p, do)
	a.then = then
	s.say("#%d on %s: %s", a.number, p.name, name)
	return a
}

// web chooses a process that serves people.
func (s *schedule) web() *process { return s.processes[s.rand.IntN(2)] }

// worker is the process that works the queue.
func (s *schedule) worker() *process { return s.processes[2] }
