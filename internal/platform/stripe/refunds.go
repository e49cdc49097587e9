package stripe

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	stripego "github.com/stripe/stripe-go/v76"

	"awil/internal/errs"
	"awil/internal/payments"
)

// Refund sends some or all of a Checkout Session's money back. An error of
// kind Invalid comes with an outcome that says why, as a message key.
//
// Stripe forgets idempotency keys after a day, so a refund that carries our
// number already is looked for first: however late a repeat comes, money goes
// back once.
func (g *Gateway) Refund(ctx context.Context, r payments.RefundOrder) (payments.RefundOutcome, error) {
	units, err := g.refundUnits(r)
	if err != nil {
		return payments.RefundOutcome{Status: payments.RefundRefused, FailureKey: refundRefused}, err
	}
	s, err := g.paidSession(ctx, r.PaymentRef)
	if err != nil {
		return payments.RefundOutcome{}, err
	}
	if s.PaymentIntent == nil {
		return payments.RefundOutcome{Status: payments.RefundRefused, FailureKey: refundRefused},
			errs.E(errs.Invalid, "stripe: session "+r.PaymentRef+" was never paid")
	}
	made, err := g.findRefund(ctx, s.PaymentIntent.ID, r.RefundID)
	if err != nil {
		return payments.RefundOutcome{}, err
	}
	if made == nil {
		if made, err = g.refunds.New(refundParams(ctx, r, s, units)); err != nil {
			return refusedRefund(err)
		}
	}
	o, err := refundOutcome(made)
	if err == nil && o.Amount != r.Amount {
		err = errs.E(errs.Conflict, "stripe: refund "+made.ID+" is of "+o.Amount.String()+", not "+r.Amount.String())
	}
	o.PaymentRef = r.PaymentRef
	return o, err
}

func (g *Gateway) refundUnits(r payments.RefundOrder) (int64, error) {
	units, err := Units(r.Amount)
	switch {
	case err != nil:
		return 0, err
	case r.IdempotencyKey == "" || r.RefundID == 0:
		return 0, errs.E(errs.Internal, "stripe: a refund without a key and a number could be sent twice")
	case units <= 0:
		return 0, errs.E(errs.Internal, "stripe: a refund of "+r.Amount.String())
	}
	return units, nil
}

// paidSession reads a session with its payment and what it was paid with.
func (g *Gateway) paidSession(ctx context.Context, ref string) (*stripego.CheckoutSession, error) {
	params := &stripego.CheckoutSessionParams{}
	params.Context = ctx
	params.AddExpand("payment_intent.latest_charge")
	s, err := g.sessions.Get(ref, params)
	if err != nil {
		return nil, failure("look up", err)
	}
	return s, nil
}

// findRefund looks for the refund of a payment that carries our number.
func (g *Gateway) findRefund(ctx context.Context, intent string, refundID int64) (*stripego.Refund, error) {
	params := &stripego.RefundListParams{PaymentIntent: stripego.String(intent)}
	params.Context = ctx
	params.Limit = stripego.Int64(pageSize)
	list := g.refunds.List(params)
	for list.Next() {
		if idIn(list.Refund().Metadata, metaRefund) == refundID {
			return list.Refund(), nil
		}
	}
	if err := list.Err(); err != nil {
		return nil, failure("look for a refund", err)
	}
	return nil, nil
}

func refundParams(ctx context.Context, r payments.RefundOrder, s *stripego.CheckoutSession, units int64) *stripego.RefundParams {
	params := &stripego.RefundParams{
		PaymentIntent: stripego.String(s.PaymentIntent.ID),
		Amount:        stripego.Int64(units),
		Metadata: map[string]string{
			metaRefund:  strconv.FormatInt(r.RefundID, 10),
			metaPayment: strconv.FormatInt(r.PaymentID, 10),
		},
	}
	params.Context = ctx
	params.SetIdempotencyKey(r.IdempotencyKey)
	if email := emailOf(s); email != "" && slices.Contains(askForAccount, paidWith(s.PaymentIntent)) {
		params.InstructionsEmail = stripego.String(email)
	}
	return params
}

// paidWith is the way a payment was paid, as Stripe names it.
func paidWith(p *stripego.PaymentIntent) string {
	if p.LatestCharge == nil || p.LatestCharge.PaymentMethodDetails == nil {
		return ""
	}
	return string(p.LatestCharge.PaymentMethodDetails.Type)
}

func emailOf(s *stripego.CheckoutSession) string {
	if s.CustomerDetails != nil && s.CustomerDetails.Email != "" {
		return s.CustomerDetails.Email
	}
	return s.CustomerEmail
}

// LookupRefund reads a refund and finds out whose money it is.
func (g *Gateway) LookupRefund(ctx context.Context, ref string) (payments.RefundOutcome, error) {
	params := &stripego.RefundParams{}
	params.Context = ctx
	params.AddExpand("payment_intent")
	r, err := g.refunds.Get(ref, params)
	if err != nil {
		return payments.RefundOutcome{}, failure("look up a refund", err)
	}
	o, err := refundOutcome(r)
	if err != nil || r.PaymentIntent == nil {
		return o, err
	}
	o.PaymentRef, err = g.sessionOf(ctx, r.PaymentIntent.ID)
	return o, err
}

// sessionOf finds the Checkout Session that a payment was made in, empty when
// it was made otherwise.
func (g *Gateway) sessionOf(ctx context.Context, intent string) (string, error) {
	params := &stripego.CheckoutSessionListParams{PaymentIntent: stripego.String(intent)}
	params.Context = ctx
	params.Limit = stripego.Int64(1)
	params.Single = true
	list := g.sessions.List(params)
	if list.Next() {
		return list.CheckoutSession().ID, nil
	}
	if err := list.Err(); err != nil {
		return "", failure("look for a session", err)
	}
	return "", nil
}

func refundOutcome(r *stripego.Refund) (payments.RefundOutcome, error) {
	amount, err := Amount(r.Amount, string(r.Currency))
	if err != nil {
		return payments.RefundOutcome{}, err
	}
	o := payments.RefundOutcome{Ref: r.ID, RefundID: idIn(r.Metadata, metaRefund), Amount: amount}
	switch r.Status {
	case stripego.RefundStatusPending, stripego.RefundStatusRequiresAction:
		o.Status = payments.RefundAtProvider
	case stripego.RefundStatusSucceeded:
		o.Status = payments.RefundArrived
	case stripego.RefundStatusFailed, stripego.RefundStatusCanceled:
		o.Status, o.FailureKey = payments.RefundRefused, refundFailure(string(r.FailureReason))
	default:
		return o, errs.E(errs.Internal, "stripe: refund "+r.ID+" is "+string(r.Status))
	}
	return o, nil
}

// Why a refund cannot be, for staff.
const (
	refundRefused  = "errors.refund.refused"
	refundAlready  = "errors.refund.already"
	refundBalance  = "errors.refund.balance"
	refundCardGone = "errors.refund.card_gone"
	refundDisputed = "errors.refund.disputed"
	refundTooOld   = "errors.refund.too_old"
)

// refundFailure names why a refund that was begun came to nothing.
func refundFailure(reason string) string {
	switch reason {
	case "lost_or_stolen_card", "expired_or_canceled_card":
		return refundCardGone
	case "charge_for_pending_refund_disputed":
		return refundDisputed
	case "insufficient_funds":
		return refundBalance
	}
	return refundRefused
}

// refusedRefund reads the answer to a refund that was not begun. What Stripe
// understood and would not do it never will; everything else is left open.
func refusedRefund(err error) (payments.RefundOutcome, error) {
	var e *stripego.Error
	if !errors.As(err, &e) || e.Type != stripego.ErrorTypeInvalidRequest && e.Type != stripego.ErrorTypeCard ||
		e.HTTPStatusCode != http.StatusBadRequest && e.HTTPStatusCode != http.StatusPaymentRequired ||
		strings.HasPrefix(string(e.Code), "parameter_") {
		return payments.RefundOutcome{}, failure("refund", err)
	}
	key := refundRefused
	switch e.Code {
	case stripego.ErrorCodeChargeAlreadyRefunded:
		key = refundAlready
	case stripego.ErrorCodeBalanceInsufficient, stripego.ErrorCodeInsufficientFunds:
		key = refundBalance
	case stripego.ErrorCodeChargeDisputed, stripego.ErrorCodeRefundDisputedPayment:
		key = refundDisputed
	case stripego.ErrorCodeChargeNotRefundable, "charge_too_old":
		key = refundTooOld
	}
	// The text of Stripe's own goes to the log here: it is about our money,
	// and the only thing that tells why.
	return payments.RefundOutcome{Status: payments.RefundRefused, FailureKey: key},
		errs.E(errs.Invalid, "stripe: refund: "+e.Msg, failure("refund", err))
}
