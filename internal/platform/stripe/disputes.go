package stripe

import (
	"context"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// LookupDispute reads a dispute with the payment it is about.
func (g *Gateway) LookupDispute(ctx context.Context, ref string) (payments.DisputeOutcome, error) {
	params := &stripego.DisputeParams{}
	params.Context = ctx
	params.AddExpand("payment_intent")
	d, err := g.disputes.Get(ref, params)
	if err != nil {
		return payments.DisputeOutcome{}, failure("look up a dispute", err)
	}
	o, err := disputeOutcome(d)
	if err != nil || d.PaymentIntent == nil {
		return o, err
	}
	o.PaymentRef, err = g.sessionOf(ctx, d.PaymentIntent.ID)
	return o, err
}

// DisputesSince lists the disputes of the account, all pages of them.
func (g *Gateway) DisputesSince(ctx context.Context, since time.Time) ([]string, error) {
	params := &stripego.DisputeListParams{CreatedRange: &stripego.RangeQueryParams{GreaterThanOrEqual: since.Unix()}}
	params.Context = ctx
	params.Limit = stripego.Int64(100)
	var refs []string
	list := g.disputes.List(params)
	for list.Next() {
		refs = append(refs, list.Dispute().ID)
	}
	if err := list.Err(); err != nil {
		return nil, failure("list disputes", err)
	}
	return refs, nil
}

func disputeOutcome(d *stripego.Dispute) (payments.DisputeOutcome, error) {
	amount, err := Amount(d.Amount, string(d.Currency))
	if err != nil {
		return payments.DisputeOutcome{}, err
	}
	status, takes, err := disputeStatus(d)
	if err != nil {
		return payments.DisputeOutcome{}, err
	}
	if !takes {
		amount = money.Zero(amount.Currency)
	}
	o := payments.DisputeOutcome{Ref: d.ID, Status: status, Amount: amount, Reason: string(d.Reason), OpenedAt: time.Unix(d.Created, 0).UTC()}
	if details := d.EvidenceDetails; details != nil && details.DueBy > 0 && status == payments.DisputeOpen {
		o.RespondBy = time.Unix(details.DueBy, 0).UTC()
	}
	if d.PaymentIntent != nil {
		o.PaymentID, o.Reference = idIn(d.PaymentIntent.Metadata, metaPayment), d.PaymentIntent.Metadata[metaReference]
	}
	return o, nil
}

// disputeStatus reduces Stripe's states to ours, and says whether the dispute
// takes money: an inquiry, whose states begin with "warning", only asks
// (docs.stripe.com/disputes/how-disputes-work).
func disputeStatus(d *stripego.Dispute) (status payments.DisputeStatus, takes bool, err error) {
	switch d.Status {
	case stripego.DisputeStatusWarningNeedsResponse, stripego.DisputeStatusWarningUnderReview:
		return payments.DisputeOpen, false, nil
	case stripego.DisputeStatusWarningClosed:
		return payments.DisputeWon, false, nil
	case stripego.DisputeStatusNeedsResponse, stripego.DisputeStatusUnderReview:
		return payments.DisputeOpen, true, nil
	case stripego.DisputeStatusWon:
		return payments.DisputeWon, true, nil
	case stripego.DisputeStatusLost:
		return payments.DisputeLost, true, nil
	}
	return "", false, errs.E(errs.Internal, "stripe: dispute "+d.ID+" is "+string(d.Status))
}
