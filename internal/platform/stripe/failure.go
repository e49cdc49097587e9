package stripe

import (
	"errors"
	"fmt"
	"net/http"

	stripego "github.com/stripe/stripe-go/v76"

	"awil/internal/errs"
	"awil/internal/payments"
)

// failure gives an error of stripe-go its kind. An answer that never came and
// a failure on Stripe's side are Unavailable: the work may be done, and the
// same call with the same key finds out.
func failure(doing string, err error) error {
	var e *stripego.Error
	if !errors.As(err, &e) {
		return errs.E(errs.Unavailable, "stripe: "+doing, err)
	}
	// Stripe's own text is left out: it may repeat what the buyer typed.
	text := fmt.Sprintf("stripe: %s: status %d, type %q, code %q, param %q, request %s",
		doing, e.HTTPStatusCode, e.Type, e.Code, e.Param, e.RequestID)
	switch {
	case e.Code == stripego.ErrorCodeAmountTooSmall:
		return errs.E(errs.Invalid, text, payments.ErrBelowMinimum)
	case e.Code == stripego.ErrorCodeAmountTooLarge:
		return errs.E(errs.Invalid, text, payments.ErrAboveMaximum)
	case e.Type == stripego.ErrorTypeIdempotency && e.HTTPStatusCode == http.StatusBadRequest:
		return errs.E(errs.Conflict, text)
	case e.Param == "expires_at":
		return errs.E(errs.Gone, text)
	case e.Param == "customer_email":
		return errs.E(errs.Invalid, text)
	case e.HTTPStatusCode == http.StatusNotFound:
		return errs.E(errs.NotFound, text)
	case e.HTTPStatusCode == http.StatusUnauthorized, e.HTTPStatusCode == http.StatusForbidden,
		e.HTTPStatusCode == http.StatusConflict, e.HTTPStatusCode == http.StatusTooManyRequests,
		e.HTTPStatusCode >= http.StatusInternalServerError:
		return errs.E(errs.Unavailable, text)
	}
	return errs.E(errs.Internal, text)
}
