package chaos

import (
	"context"
	"errors"
	"fmt"

	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/payme"
)

// incoming is a transaction at a provider that calls us, as that provider
// knows it: it repeats a call until it is answered, and takes the buyer's
// money only when we have said yes.
type incoming struct {
	begin payments.Beginning
	state payments.TransactionState // as we were heard to say; empty: nothing yet
	undo  bool                      // the provider wants it undone
	busy  bool                      // a call is under way
	over  bool
}

// worldCalls lets the provider that calls us begin a transaction, or go on with
// one.
func (s *schedule) worldCalls(ctx context.Context, v view) (bool, error) {
	open := s.callsThat(func(c *incoming) bool { return !c.over && !c.busy })
	wanted := some(v.orders, func(o orderRow) bool { return o.Method == markets.Payme })
	switch {
	case len(open) > 0 && s.chance(0.8):
		c := oneOf(s, open)
		if s.chance(0.1) {
			s.hold(func() { c.undo = true })
		}
		s.goOn(ctx, c)
	case len(wanted) > 0:
		return true, s.beginCall(ctx, oneOf(s, wanted))
	default:
		// Money that was taken may be given back in the provider's cabinet.
		taken := s.callsThat(func(c *incoming) bool { return c.state == payments.TransactionPerformed && !c.busy })
		if len(taken) == 0 || !s.chance(0.1) {
			return false, nil
		}
		c := oneOf(s, taken)
		s.hold(func() { c.undo, c.over = true, false })
		s.goOn(ctx, c)
	}
	return true, nil
}

func (s *schedule) callsThat(are func(*incoming) bool) (list []*incoming) {
	s.hold(func() { list = some(s.calls, are) })
	return list
}

func (s *schedule) beginCall(ctx context.Context, o orderRow) error {
	named, err := rowsOf[struct{ Reference string }](ctx, s.lab, `/* chaos.reference */ select reference from orders where id = $1`, o.ID)
	if err != nil {
		return err
	}
	c := &incoming{begin: payments.Beginning{
		Ref: fmt.Sprintf("p%d", len(s.calls)+1), Reference: named[0].Reference, Amount: money.New(o.TotalMinor, money.Currency(o.Currency)),
		ProviderTime: s.now(), ExpiresAt: s.now().Add(payme.Life),
	}}
	if s.chance(0.05) {
		c.begin.Amount.Minor++
	}
	s.calls = append(s.calls, c)
	s.goOn(ctx, c)
	return nil
}

// goOn makes the provider's next call about a transaction.
func (s *schedule) goOn(ctx context.Context, c *incoming) {
	p := s.web()
	var state payments.TransactionState
	var undo bool
	s.hold(func() { state, undo = c.state, c.undo })
	what, do := "begins", func(ctx context.Context) (payments.Transaction, error) {
		return p.checkout.Begin(ctx, payments.ProviderPayme, c.begin)
	}
	switch {
	case undo && state != "":
		what, do = "undoes", func(ctx context.Context) (payments.Transaction, error) {
			return p.checkout.Undo(ctx, payments.ProviderPayme, c.begin.Ref, int(payments.ReasonRefused))
		}
	case state == payments.TransactionCreated:
		what, do = "performs", func(ctx context.Context) (payments.Transaction, error) {
			return p.checkout.Perform(ctx, payments.ProviderPayme, c.begin.Ref)
		}
	}
	s.hold(func() { c.busy = true })
	s.enter(ctx, p, fmt.Sprintf("the provider %s %s", what, c.begin.Ref), func(ctx context.Context) error {
		t, err := do(ctx)
		s.hold(func() {
			switch {
			case err == nil:
				c.heard(t.State)
			case refused(err):
				c.no()
			}
		})
		return err
	}, func(*actor) { s.hold(func() { c.busy = false }) })
}

// heard takes note of an answer.
func (c *incoming) heard(state payments.TransactionState) {
	c.state = state
	c.over = state == payments.TransactionCancelled || state == payments.TransactionReversed ||
		state == payments.TransactionPerformed && !c.undo
}

// no takes note of a refusal: of the beginning, of the performing, or of giving
// money back that was taken.
func (c *incoming) no() {
	c.over = true
	if c.state != payments.TransactionPerformed {
		c.state = payments.TransactionCancelled
	}
	c.undo = false
}

// refused reports whether an error is an answer, and not a failure of ours
// after which the provider asks again.
func refused(err error) bool {
	for _, no := range []error{payments.ErrNoOrder, payments.ErrOrderPaid, payments.ErrOrderOver, payments.ErrOrderBusy, payments.ErrOrderOtherwise,
		payments.ErrOtherAmount, payments.ErrNoTransaction, payments.ErrTransactionOver, payments.ErrCannotBeReversed} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// finishCalls lets the provider hear an answer to all it has asked.
func (s *schedule) finishCalls(ctx context.Context) error {
	const mostCalls = 6
	for _, c := range s.calls {
		for n := 0; !c.over; n++ {
			if n == mostCalls {
				s.report(fmt.Errorf("transaction %s never ends: it is %s", c.begin.Ref, c.state))
				break
			}
			s.goOn(ctx, c)
			if err := s.alone(); err != nil {
				return err
			}
		}
	}
	return nil
}

type callRow struct {
	Ref   string
	State payments.TransactionState
}

// checkCalls: money the provider took is booked, and none else.
func (s *schedule) checkCalls(ctx context.Context) error {
	rows, err := rowsOf[callRow](ctx, s.lab, `/* chaos.transactions */ select ref, state from provider_transactions`)
	if err != nil {
		return err
	}
	ours := map[string]payments.TransactionState{}
	for _, r := range rows {
		ours[r.Ref] = r.State
	}
	for _, c := range s.calls {
		has := ours[c.begin.Ref]
		took, booked := c.state == payments.TransactionPerformed, has == payments.TransactionPerformed
		gave, noted := c.state == payments.TransactionReversed, has == payments.TransactionReversed
		if took != booked || gave != noted {
			s.report(errs.E(errs.Internal, fmt.Sprintf("transaction %s is %s to its provider and %s to us", c.begin.Ref, c.state, has)))
		}
	}
	return nil
}
