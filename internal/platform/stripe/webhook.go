package stripe

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"awil/internal/errs"
	"awil/internal/payments"
)

// signatureHeader carries the time of the delivery and its signatures.
const signatureHeader = "Stripe-Signature"

// tolerance is how far a delivery's time may be from ours, Stripe's default:
// a captured delivery cannot be played back later. Stripe signs each retry
// afresh.
const tolerance = webhook.DefaultTolerance

// VerifyWebhook checks a delivery's signature, age and API version, in this
// order, so that only Stripe can make us complain about versions.
func (g *Gateway) VerifyWebhook(payload []byte, header http.Header) (payments.Event, error) {
	signature := header.Get(signatureHeader)
	// Age and version are checked below: by our own clock, and with an error
	// of their own.
	event, err := webhook.ConstructEventWithOptions(payload, signature, g.webhookSecret,
		webhook.ConstructEventOptions{IgnoreTolerance: true, IgnoreAPIVersionMismatch: true})
	switch {
	case errors.Is(err, webhook.ErrNotSigned), errors.Is(err, webhook.ErrInvalidHeader),
		errors.Is(err, webhook.ErrNoValidSignature):
		return payments.Event{}, errs.E(errs.Unauthenticated, "stripe: webhook", payments.ErrBadSignature, err)
	case err != nil:
		return payments.Event{}, errs.E(errs.Invalid, "stripe: webhook", err)
	}
	if err := g.checkAge(signature); err != nil {
		return payments.Event{}, err
	}
	if event.APIVersion != APIVersion {
		return payments.Event{}, errs.E(errs.Invalid, fmt.Sprintf("stripe: webhook %s (%s) is of API version %q, the endpoint must be created with %q",
			event.ID, event.Type, event.APIVersion, APIVersion), payments.ErrAPIVersion)
	}
	if event.ID == "" || event.Data == nil {
		return payments.Event{}, errs.E(errs.Invalid, "stripe: webhook without id or data")
	}
	return about(event), nil
}

// checkAge reads the signed time. A header with more than one is refused,
// since the signature would prove only one of them.
func (g *Gateway) checkAge(signature string) error {
	var times []string
	for pair := range strings.SplitSeq(signature, ",") {
		if t, ok := strings.CutPrefix(pair, "t="); ok {
			times = append(times, t)
		}
	}
	if len(times) != 1 {
		return errs.E(errs.Unauthenticated, "stripe: webhook with several times or none", payments.ErrBadSignature)
	}
	seconds, err := strconv.ParseInt(times[0], 10, 64)
	if err != nil {
		return errs.E(errs.Unauthenticated, "stripe: webhook time", payments.ErrBadSignature, err)
	}
	if age := g.now().Sub(time.Unix(seconds, 0)); age.Abs() > tolerance {
		return errs.E(errs.Unauthenticated, "stripe: webhook signed "+age.String()+" ago", payments.ErrBadSignature)
	}
	return nil
}
