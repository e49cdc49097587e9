package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"awil/internal/errs"
	"awil/internal/payments"
)

// rounds is how long is waited before each round of a rest: for messages, past
// the ends of attempts and orders, past what keys and refunds take, past holds
// and requests.
var rounds = []time.Duration{
	3 * time.Minute, 70 * time.Minute, 25 * time.Hour, 4 * 24 * time.Hour, 35 * 24 * time.Hour,
}

// rest lets everything come to an end that can: nothing goes wrong any more,
// messages that are not lost come, the worker does all that is due, and time
// passes until nothing is awaited. Nobody pays meanwhile.
func (s *schedule) rest(ctx context.Context) error {
	s.plan.faults, s.plan.fine, s.resting = s.faults, false, true
	s.say("--- to rest")
	began := s.now()
	for _, wait := range rounds {
		s.pass(wait)
		if err := s.round(ctx, began); err != nil {
			return err
		}
	}
	return nil
}

// round does all there is to do at one moment.
func (s *schedule) round(ctx context.Context, began time.Time) error {
	_, slow := s.provider.payable()
	for _, ref := range slow {
		s.provider.pay(ref, oneOf(s, []paying{slowCame, slowFailed}))
	}
	for _, r := range s.provider.refundsIn(payments.RefundAtProvider) {
		s.provider.settleRefund(r, s.chance(0.8))
	}
	for _, d := range s.provider.openDisputes() {
		s.provider.closeDispute(d, s.chance(0.5))
	}
	if err := s.finishCalls(ctx); err != nil {
		return err
	}
	for _, n := range s.provider.notices() {
		if !n.done && !n.lost {
			s.deliver(ctx, n)
			if err := s.alone(); err != nil {
				return err
			}
		}
	}
	if s.chance(0.5) {
		if err := s.drain(ctx, began); err != nil {
			return err
		}
	}
	for _, one := range clockwork(s.worker()) {
		if one.late && s.now().Sub(began) < longAfter {
			continue
		}
		a := s.enter(ctx, s.worker(), "the worker "+one.name, one.do)
		if err := s.alone(); err != nil {
			return err
		}
		s.inNobodysWay(a, began)
	}
	return s.drain(ctx, began)
}

// inNobodysWay reports the failure of what nothing stood in the way of. A
// provider that has failed remembers so for a day.
func (s *schedule) inNobodysWay(a *actor, began time.Time) {
	remembers := errs.KindOf(a.err) == errs.Unavailable && s.now().Sub(began) < longAfter
	if a.err != nil && !remembers {
		s.report(fmt.Errorf("%s, with nothing in its way: %w", a.name, a.err))
	}
}

// longAfter is when nothing but what takes days is awaited.
const longAfter = 3 * 24 * time.Hour

const mostJobs = 50 // rounds of them

// drain does every job there is. Of the letters that are left only some are
// written: they move no money.
func (s *schedule) drain(ctx context.Context, began time.Time) error {
	for range mostJobs {
		if _, err := s.lab.look.Exec(ctx, sqlSendMail, mailKind); err != nil {
			return err
		}
		due, err := s.due(ctx)
		if err != nil || len(due) == 0 {
			return err
		}
		var leftOut []int64
		due = slices.DeleteFunc(due, func(j job) bool {
			out := j.Kind == letterKind && s.chance(0.8)
			if out {
				leftOut = append(leftOut, j.ID)
			}
			return out
		})
		if len(leftOut) > 0 {
			if _, err := s.lab.look.Exec(ctx, sqlNotDone, leftOut); err != nil {
				return err
			}
		}
		for _, j := range due {
			if err := s.beginJob(ctx, s.worker(), j); err != nil {
				return err
			}
			a := s.stage.all[0]
			if err := s.alone(); err != nil {
				return err
			}
			s.inNobodysWay(a, began)
		}
	}
	return errors.New("chaos: the queue never becomes empty")
}

// alone lets those on the stage run to their end.
func (s *schedule) alone() error {
	for len(s.stage.all) > 0 {
		if err := s.step(s.stage.all[0]); err != nil {
			return err
		}
	}
	return nil
}
