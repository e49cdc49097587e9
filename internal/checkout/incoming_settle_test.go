package checkout

import (
	"errors"
	"testing"

	"awil/internal/errs"
	"awil/internal/payments"
)

// TestOnlyWhatStaysSoIsRefused: a provider that is told no never asks again, so
// that another conflict must not read like one.
func TestOnlyWhatStaysSoIsRefused(t *testing.T) {
	t.Parallel()
	for _, err := range []error{ErrShipped, ErrRefundGone, ErrDisputed} {
		if got := cannotReverse(err); !errors.Is(got, payments.ErrCannotBeReversed) || !errors.Is(got, err) {
			t.Errorf("%v: %v", err, got)
		}
	}
	for _, err := range []error{nil, ErrStale, errs.E(errs.Conflict, "serialization failure"), errs.E(errs.Unavailable, "gone")} {
		if got := cannotReverse(err); errors.Is(got, payments.ErrCannotBeReversed) {
			t.Errorf("%v: %v", err, got)
		}
	}
}
