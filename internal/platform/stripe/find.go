package stripe

import (
	"context"
	"fmt"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"awil/internal/errs"
	"awil/internal/payments"
)

// clocksDiffer is by how much, at most, Stripe's clock and ours do.
const clocksDiffer = 5 * time.Minute

// Find looks for the Checkout Session of an attempt among those made while it
// could be begun, all pages of them.
func (g *Gateway) Find(ctx context.Context, a payments.Attempt) (payments.Started, error) {
	params := &stripego.CheckoutSessionListParams{CreatedRange: &stripego.RangeQueryParams{
		GreaterThanOrEqual: a.CreatedAt.Add(-clocksDiffer).Unix(), LesserThanOrEqual: a.ExpiresAt.Add(clocksDiffer).Unix(),
	}}
	params.Context = ctx
	params.Limit = stripego.Int64(pageSize)
	list := g.sessions.List(params)
	for list.Next() {
		if s := list.CheckoutSession(); idIn(s.Metadata, metaPayment) == a.PaymentID && s.ClientReferenceID == a.Reference {
			return payments.Started{ProviderRef: s.ID, RedirectURL: s.URL, ExpiresAt: time.Unix(s.ExpiresAt, 0).UTC()}, nil
		}
	}
	if err := list.Err(); err != nil {
		return payments.Started{}, failure("look for a session", err)
	}
	return payments.Started{}, errs.E(errs.NotFound, fmt.Sprintf("stripe: no session of payment %d", a.PaymentID))
}
