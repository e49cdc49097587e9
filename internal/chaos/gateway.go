package chaos

import (
	"context"
	"errors"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// gateway is how our processes reach the provider. Each call may be lost, or
// its answer, and whoever calls may die meanwhile.
type gateway struct {
	provider bank
	report   func(error)             // of what must never happen
	flaky    func(what string) fault // what goes wrong with a call off the stage
}

var errLost = errs.E(errs.Unavailable, "the provider does not answer")

// call makes one call to the provider.
func call[T any](ctx context.Context, g gateway, what string, do func(fail bool) (T, error)) (T, error) {
	var nothing T
	a := actorOf(ctx)
	if a == nil {
		f := g.flaky(what)
		if f == lostRequest {
			return nothing, errLost
		}
		answer, err := do(f == serverError)
		if f == lostAnswer {
			return nothing, errLost
		}
		return answer, err
	}
	if a.open > 0 {
		g.report(errors.New(a.name + " calls the provider inside a transaction: " + what))
	}
	f := a.park(atCall, what)
	if f == lostRequest {
		return nothing, errLost
	}
	answer, err := do(f == serverError)
	switch f {
	case killedAfter:
		a.die()
	case lostAnswer:
		return nothing, errLost
	}
	a.park(atAnswer, what)
	return answer, err
}

// Provider names whom it stands for.
func (gateway) Provider() payments.Provider { return payments.ProviderStripe }

// Accepts takes any sum.
func (gateway) Accepts(money.Amount) error { return nil }

// Start opens an attempt.
func (g gateway) Start(ctx context.Context, a payments.Attempt) (payments.Started, error) {
	return call(ctx, g, "start", func(fail bool) (payments.Started, error) { return g.provider.start(ctx, a, fail) })
}

// Find looks for an attempt.
func (g gateway) Find(ctx context.Context, a payments.Attempt) (payments.Started, error) {
	return call(ctx, g, "find", func(fail bool) (payments.Started, error) {
		if fail {
			return payments.Started{}, errLost
		}
		return g.provider.find(ctx, a)
	})
}

// Lookup reads an attempt.
func (g gateway) Lookup(ctx context.Context, ref string) (payments.Outcome, error) {
	return call(ctx, g, "lookup "+ref, func(fail bool) (payments.Outcome, error) {
		if fail {
			return payments.Outcome{}, errLost
		}
		return g.provider.lookup(ctx, ref)
	})
}

// Expire closes an attempt.
func (g gateway) Expire(ctx context.Context, ref string) error {
	_, err := call(ctx, g, "expire "+ref, func(fail bool) (struct{}, error) {
		if fail {
			return struct{}{}, errLost
		}
		return struct{}{}, g.provider.expire(ctx, ref)
	})
	return err
}

// Refund sends money back. The provider forgets keys after a day, so a refund
// that carries our number already is looked for first, as the gateway of Stripe
// does.
func (g gateway) Refund(ctx context.Context, o payments.RefundOrder) (payments.RefundOutcome, error) {
	made, err := call(ctx, g, "find refund", func(fail bool) (payments.RefundOutcome, error) {
		if fail {
			return payments.RefundOutcome{}, errLost
		}
		return g.provider.findRefund(ctx, o.RefundID)
	})
	if err == nil || errs.KindOf(err) != errs.NotFound {
		return made, err
	}
	return call(ctx, g, "refund", func(fail bool) (payments.RefundOutcome, error) { return g.provider.refund(ctx, o, fail) })
}

// LookupRefund reads a refund.
func (g gateway) LookupRefund(ctx context.Context, ref string) (payments.RefundOutcome, error) {
	return call(ctx, g, "lookup "+ref, func(fail bool) (payments.RefundOutcome, error) {
		if fail {
			return payments.RefundOutcome{}, errLost
		}
		return g.provider.lookupRefund(ctx, ref)
	})
}

// LookupDispute reads a dispute.
func (g gateway) LookupDispute(ctx context.Context, ref string) (payments.DisputeOutcome, error) {
	return call(ctx, g, "lookup "+ref, func(fail bool) (payments.DisputeOutcome, error) {
		if fail {
			return payments.DisputeOutcome{}, errLost
		}
		return g.provider.lookupDispute(ctx, ref)
	})
}

// DisputesSince lists the disputes of late.
func (g gateway) DisputesSince(ctx context.Context, since time.Time) ([]string, error) {
	return call(ctx, g, "list disputes", func(fail bool) ([]string, error) {
		if fail {
			return nil, errLost
		}
		return g.provider.disputesSince(ctx, since)
	})
}

// Charges lists what moved our balance because of a payment.
func (g gateway) Charges(ctx context.Context, ref string) ([]payments.ProviderCharge, error) {
	return call(ctx, g, "charges "+ref, func(fail bool) ([]payments.ProviderCharge, error) {
		if fail {
			return nil, errLost
		}
		return g.provider.charges(ctx, ref)
	})
}

// Whatever checkout may ask of a gateway, this one can do.
var (
	_ payments.Gateway   = gateway{}
	_ payments.Finder    = gateway{}
	_ payments.Refunder  = gateway{}
	_ payments.Disputer  = gateway{}
	_ payments.FeeReader = gateway{}

	_ payments.DisputeLister = gateway{}
)
