package checkout_test

import (
	"context"

	"awil/internal/money"
	"awil/internal/payments"
)

// fakeGateway says what a test wants said that no honest provider says.
type fakeGateway struct {
	outcome payments.Outcome
	err     error
}

func (*fakeGateway) Provider() payments.Provider { return payments.ProviderStripe }

func (*fakeGateway) Accepts(money.Amount) error { return nil }

func (g *fakeGateway) Start(context.Context, payments.Attempt) (payments.Started, error) {
	return payments.Started{}, g.err
}

func (g *fakeGateway) Lookup(context.Context, string) (payments.Outcome, error) {
	return g.outcome, g.err
}

func (g *fakeGateway) Expire(context.Context, string) error { return g.err }
