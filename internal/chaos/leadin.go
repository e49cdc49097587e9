package chaos

import (
	"context"
	"errors"
	"fmt"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
)

// stage an order has reached before a schedule begins.
const (
	asLate = iota // being paid slowly, its time over
	asPaid
	asShipped
	asDelivered
	asReleased
	stages
)

// leadIn lets some orders come some way without anything going wrong, so that
// faults meet orders of every age.
func (s *schedule) leadIn(ctx context.Context) error {
	faults, fine := s.plan.faults, s.plan.fine
	s.plan.faults, s.plan.fine = 0, false
	defer func() { s.plan.faults, s.plan.fine = faults, fine }()
	for range s.plan.before {
		l := lead{schedule: s, ctx: ctx, process: s.web(), buyer: oneOf(s, s.buyers)}
		until := s.rand.IntN(stages)
		if s.plan.most == few && s.chance(0.7) {
			until = asLate
		}
		if s.plan.theme[earning] > 1 && s.chance(0.7) {
			until = asReleased
		}
		l.order(until)
		if l.err != nil && !l.hurt && !errors.Is(l.err, errShort) {
			s.report(fmt.Errorf("with nothing in its way: %w", l.err))
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if s.plan.before > 0 {
		s.say("--- begins")
	}
	return nil
}

// errGone means that a step of a lead-in died.
var errGone = errors.New("chaos: gone")

// errShort means that there were too few goods for a lead-in order.
var errShort = errs.E(errs.Conflict, "chaos: too few goods")

// lead brings one order some way; after an error its steps do nothing.
type lead struct {
	*schedule
	ctx     context.Context
	process *process
	buyer   *buyer
	placed  checkout.Placed
	err     error
	hurt    bool // something was made to go wrong: whatever comes of it may
}

// do runs one step alone, to its end.
func (l *lead) do(name string, f func(ctx context.Context, p *process) error) {
	if l.err != nil {
		return
	}
	p := l.process
	a := l.enter(l.ctx, p, name, func(ctx context.Context) error { return f(ctx, p) })
	if l.err = l.alone(); l.err == nil {
		l.err, l.hurt = a.err, a.hit
	}
	if l.hurt && l.err == nil && !a.ended {
		l.err = errGone
	}
}

func (l *lead) order(until int) {
	method := l.way(l.buyer)
	if until == asLate {
		method = markets.Card
	}
	for range 1 + l.rand.IntN(3) {
		l.add(1 + l.rand.Int64N(variants))
	}
	var in checkout.PlaceInput
	l.do("lead-in: form", func(ctx context.Context, p *process) (err error) {
		in, err = l.fill(ctx, p, l.buyer, method)
		return short(err)
	})
	l.do("lead-in: place", func(ctx context.Context, p *process) (err error) {
		l.placed, err = p.checkout.Place(ctx, in)
		return short(err)
	})
	if until == asLate {
		l.late()
		return
	}
	l.pay(method)
	if until >= asShipped {
		l.send(until >= asDelivered, method)
	}
	if until >= asReleased && l.err == nil {
		l.pass(8 * 24 * time.Hour)
		l.do("lead-in: fees", func(ctx context.Context, p *process) error { return p.checkout.FollowFees(ctx) })
		l.do("lead-in: release", func(ctx context.Context, p *process) error { _, err := p.checkout.ReleaseEarnings(ctx); return err })
	}
}

// late pays in a way that takes longer than the order has.
func (l *lead) late() {
	if open, _ := l.provider.payable(); l.err == nil && len(open) > 0 {
		l.provider.pay(open[len(open)-1], paySlow)
		l.pass(3 * time.Hour)
	}
	l.do("lead-in: expire", func(ctx context.Context, p *process) error { _, err := p.checkout.Expire(ctx); return err })
}

// short turns what a small stock does into errShort.
func short(err error) error {
	var few *checkout.ShortError
	if errors.As(err, &few) || errors.Is(err, checkout.ErrEmpty) {
		return errShort
	}
	return err
}

func (l *lead) add(variant int64) {
	pieces := 1 + l.rand.IntN(2)
	l.do("lead-in: cart", func(ctx context.Context, p *process) error {
		err := l.put(ctx, p, l.buyer, variant, pieces)
		if errs.KindOf(err) == errs.Conflict { // sold out
			return nil
		}
		return err
	})
}

func (l *lead) pay(method markets.Method) {
	if l.err != nil {
		return
	}
	switch method {
	case markets.Bank:
		l.do("lead-in: transfer", func(ctx context.Context, p *process) error {
			o, err := p.orders.ByToken(ctx, l.placed.Token, i18n.EN)
			if err != nil {
				return err
			}
			_, err = p.checkout.BankReceived(ctx, finance, o.ID, o.Total())
			return err
		})
	case markets.Payme:
		row := l.row()
		if l.err == nil {
			l.err = l.beginCall(l.ctx, row)
		}
		if l.err == nil {
			l.err = l.finishCalls(l.ctx)
		}
	case markets.Card:
		open, _ := l.provider.payable()
		if len(open) == 0 {
			return
		}
		ref := open[len(open)-1]
		l.provider.pay(ref, payGood)
		if l.chance(0.3) { // nobody has told us yet
			return
		}
		l.do("lead-in: settle", func(ctx context.Context, p *process) error {
			_, err := p.checkout.PaymentConfirmed(ctx, payments.ProviderStripe, ref)
			return err
		})
	}
}

// row is the order as a view shows it.
func (l *lead) row() orderRow {
	v, err := l.view(l.ctx)
	if err != nil {
		l.err = err
		return orderRow{}
	}
	for _, o := range v.orders {
		if o.Token == l.placed.Token {
			return o
		}
	}
	l.err = errors.New("the order just placed is not there")
	return orderRow{}
}

func (l *lead) send(arrives bool, method markets.Method) {
	if l.err != nil {
		return
	}
	v, err := l.view(l.ctx)
	if err != nil {
		l.err = err
		return
	}
	for _, r := range v.parcels {
		if r.Token != l.placed.Token || r.Status != orders.ParcelToPack {
			continue
		}
		by := accountOf(r.ProducerID)
		l.do("lead-in: pack", func(ctx context.Context, p *process) error { return p.orders.MarkPacked(ctx, r.ProducerID, by, r.ID) })
		l.do("lead-in: ship", func(ctx context.Context, p *process) error {
			return p.orders.MarkShipped(ctx, r.ProducerID, by, r.ID, "uzpost", "")
		})
		if !arrives {
			continue
		}
		l.do("lead-in: arrive", func(ctx context.Context, p *process) error { return p.checkout.ArrivedForStaff(ctx, finance, r.ID) })
		if method == markets.COD && l.chance(0.6) {
			l.do("lead-in: cash", func(ctx context.Context, p *process) error {
				_, err := p.checkout.CashCollected(ctx, finance, r.ID, ledger.CollectorCourier)
				return err
			})
		}
	}
}
