package chaos

import (
	"context"
	"fmt"
	"time"

	"awil/internal/payments"
)

// worldPays lets a buyer do something at the provider's page, or a slow
// payment end.
func (s *schedule) worldPays(_ context.Context, _ view) (bool, error) {
	open, slow := s.provider.payable()
	if len(open)+len(slow) == 0 {
		return false, nil
	}
	n := s.rand.IntN(len(open) + len(slow))
	ref, how := "", payGood
	if n < len(open) {
		ref, how = open[n], oneOf(s, []paying{payGood, payGood, payGood, payDeclined, paySlow, paySlow})
	} else {
		ref, how = slow[n-len(open)], oneOf(s, []paying{slowCame, slowCame, slowFailed})
	}
	s.say("at the provider the buyer of %s %s", ref, payingNames[how])
	s.provider.pay(ref, how)
	return true, nil
}

// worldDelivers lets a message of the provider come: one of those waiting, in
// any order, or one that came before.
func (s *schedule) worldDelivers(ctx context.Context, _ view) (bool, error) {
	var can []*notice
	s.hold(func() {
		for _, n := range s.provider.notices() {
			if !n.lost && (!n.done || n.copies < 1) {
				can = append(can, n)
			}
		}
	})
	if len(can) == 0 {
		return false, nil
	}
	if telling := some(can, func(n *notice) bool { return n.event.Subject != payments.AboutCharge }); len(telling) > 0 && s.chance(0.8) {
		can = telling
	}
	n := oneOf(s, can)
	if !s.came(n) && s.chance(s.plan.lost) {
		n.lost = true
		s.say("the message %s about %s is lost", n.event.Type, n.event.ProviderRef)
		return true, nil
	}
	s.deliver(ctx, n)
	return true, nil
}

// came reports whether a message has come.
func (s *schedule) came(n *notice) (done bool) {
	s.hold(func() { done = n.done })
	return done
}

func (s *schedule) deliver(ctx context.Context, n *notice) {
	p := s.web()
	name := fmt.Sprintf("the message %s about %s%s comes", n.event.Type, n.event.ProviderRef, n.event.SubjectRef)
	if s.came(n) {
		name += " again"
		n.copies++
	}
	s.enter(ctx, p, name, func(ctx context.Context) error {
		if _, err := p.inbox.StoreEvent(ctx, n.event, []byte(`{}`)); err != nil {
			return err
		}
		s.hold(func() { n.done = true })
		return nil
	})
}

// notices lists all messages so far.
func (p *provider) notices() []*notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick()
	return append([]*notice(nil), p.events...)
}

// arrive has nothing to wait for: messages are in memory.
func (p *provider) arrive() {}

// worldWaits lets time pass: a little, past the end of an attempt, past the end
// of an order, or by days.
func (s *schedule) worldWaits(_ context.Context, _ view) (bool, error) {
	d := oneOf(s, []time.Duration{
		20 * time.Second, time.Minute, time.Minute, 3 * time.Minute, 3 * time.Minute, 12 * time.Minute,
		33 * time.Minute, 65 * time.Minute, 3 * time.Hour, 25 * time.Hour, 4 * 24 * time.Hour,
	})
	if s.waited += d; s.waited > longestStandstill {
		return false, nil
	}
	s.pass(d)
	return true, nil
}

// longestStandstill is how long, at most, passes while perhaps no worker runs.
// What a provider kept is asked about for two weeks; who learns of it later
// learns it from the provider's report.
const longestStandstill = 9 * 24 * time.Hour

func (s *schedule) pass(d time.Duration) {
	s.provider.arrive() // a message must not grow old on its way
	s.clock.pass(d)
	s.say("%v pass", d)
}

// worldKills ends a process wherever its actors stand.
func (s *schedule) worldKills(_ context.Context, _ view) (bool, error) {
	if s.crowd != nil || s.faults >= s.plan.faults {
		return false, nil
	}
	s.faults++
	return true, s.dies(oneOf(s, s.processes), nil)
}

// worldCuts breaks all connections at once, as a database does that is started
// again.
func (s *schedule) worldCuts(ctx context.Context, _ view) (bool, error) {
	if s.crowd != nil {
		return true, s.crowd.cut(ctx, s.lab)
	}
	if s.faults >= s.plan.faults {
		return false, nil
	}
	s.faults++
	s.say("every connection to the database is cut")
	for _, a := range s.stage.all {
		if a.waiting() {
			continue
		}
		for _, l := range a.links {
			a.hit = true
			l.cut()
		}
	}
	return true, s.stage.settle()
}

// beginJobs lets the worker begin one of the jobs that are due.
func (s *schedule) beginJobs(ctx context.Context, v view) (bool, error) {
	if s.plan.idle || len(v.due) == 0 {
		return false, nil
	}
	due := v.due
	if telling := some(due, func(j job) bool { return j.Kind == (payments.SettleArgs{}).Kind() || j.Kind == sendRefundKind }); len(telling) > 0 && s.chance(0.7) {
		due = telling
	}
	return true, s.beginJob(ctx, s.worker(), oneOf(s, due))
}

// chore is something the clock starts.
type chore struct {
	name string
	late bool // of what takes days
	do   func(context.Context) error
}

// clockwork is checkout.Periodic as functions; a test counts them.
func clockwork(p *process) []chore {
	return []chore{
		{"ends overdue orders", false, func(ctx context.Context) error { _, err := p.checkout.Expire(ctx); return err }},
		{"asks about open payments", false, p.checkout.Reconcile},
		{"follows refunds and fees", false, p.checkout.Follow},
		{"looks after requests, refunds and disputes", false, p.checkout.FollowOverdue},
		{"completes orders", true, func(ctx context.Context) error { _, err := p.checkout.Complete(ctx); return err }},
		{"releases earnings", true, func(ctx context.Context) error { _, err := p.checkout.ReleaseEarnings(ctx); return err }},
		{"asks what providers kept", false, p.checkout.FollowFees},
	}
}

func (s *schedule) beginClockwork(ctx context.Context, _ view) (bool, error) {
	if s.plan.idle {
		return false, nil
	}
	p := s.worker()
	one := oneOf(s, clockwork(p))
	s.enter(ctx, p, "the worker "+one.name, one.do, func(a *actor) {
		if a.ended && a.err == nil {
			s.hold(func() { s.did["the clock "+one.name]++ })
		}
	})
	return true, nil
}
