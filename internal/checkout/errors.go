package checkout

import (
	"fmt"
	"strings"

	"awil/internal/errs"
	"awil/internal/money"
)

// What may stand in the way. All are of kind Conflict: what was sent was fine,
// the world has moved on, and the page says how.
var (
	ErrEmpty  = errs.E(errs.Conflict, "checkout: nothing in the cart is sold here")
	ErrPaid   = errs.E(errs.Conflict, "checkout: the order has been paid")
	ErrOver   = errs.E(errs.Conflict, "checkout: the order can no longer be paid")
	ErrStale  = errs.E(errs.Conflict, "checkout: the form has been used for another order")
	ErrPacked = errs.E(errs.Conflict, "checkout: the order has been packed")
)

// ShortLine is something of which there is less than wanted.
type ShortLine struct {
	VariantID int64
	Name      string
	Wanted    int
	Available int
}

// ShortError lists what there is too little of. Nothing was ordered.
type ShortError struct{ Lines []ShortLine }

// Error names the variants, for the log.
func (e *ShortError) Error() string {
	parts := make([]string, len(e.Lines))
	for i, l := range e.Lines {
		parts[i] = fmt.Sprintf("variant %d: %d of %d", l.VariantID, l.Available, l.Wanted)
	}
	return "checkout: too few: " + strings.Join(parts, ", ")
}

// Kind returns Conflict.
func (e *ShortError) Kind() errs.Kind { return errs.Conflict }

// Is reports whether target is the kind Conflict.
func (e *ShortError) Is(target error) bool { return target == error(errs.Conflict) }

// PriceChangedError says that the order would come to another sum than the
// buyer was shown. Nothing was ordered or charged.
type PriceChangedError struct{ Shown, Total money.Amount }

// Error names both sums, for the log.
func (e *PriceChangedError) Error() string {
	return fmt.Sprintf("checkout: shown %v, now %v", e.Shown, e.Total)
}

// Kind returns Conflict.
func (e *PriceChangedError) Kind() errs.Kind { return errs.Conflict }

// Is reports whether target is the kind Conflict.
func (e *PriceChangedError) Is(target error) bool { return target == error(errs.Conflict) }
