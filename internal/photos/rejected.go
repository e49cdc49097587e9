package photos

import (
	"fmt"

	"awil/internal/errs"
)

// Reason says why an upload was turned down.
type Reason string

// The reasons. Each has a sentence in the catalogues, "errors.photo_<reason>",
// which says what to do instead.
const (
	NotPicture    Reason = "not_picture"     // no picture format at all, or nothing was sent
	Unsupported   Reason = "unsupported"     // a known format we do not take; argument kind
	TooManyPixels Reason = "too_many_pixels" // over MaxPixels or MaxSide; argument max (megapixels)
	TooLarge      Reason = "too_large"       // over MaxBytes; argument max (megabytes)
	Broken        Reason = "broken"          // truncated or damaged
	Quota         Reason = "quota"           // one too many for the producer's day; see MaxPerDay
)

// Reasons lists every reason, for tests of the catalogues.
func Reasons() []Reason {
	return []Reason{NotPicture, Unsupported, TooManyPixels, TooLarge, Broken, Quota}
}

// Rejected is the error of an upload that is not taken. It is of kind
// errs.TooLarge for TooLarge and of errs.Invalid otherwise.
type Rejected struct {
	Reason Reason
	Format string // what the file seems to be ("HEIC", "GIF"); may be empty
	cause  error
}

func reject(reason Reason, format string, cause error) error {
	return &Rejected{Reason: reason, Format: format, cause: cause}
}

// Error describes the rejection for the log.
func (r *Rejected) Error() string {
	text := "photo rejected: " + string(r.Reason)
	if r.Format != "" {
		text += " (" + r.Format + ")"
	}
	if r.cause != nil {
		text += fmt.Sprintf(": %v", r.cause)
	}
	return text
}

// Unwrap returns the decoder's complaint, if there was one.
func (r *Rejected) Unwrap() error { return r.cause }

// Kind classifies the error for errs.KindOf.
func (r *Rejected) Kind() errs.Kind {
	if r.Reason == TooLarge {
		return errs.TooLarge
	}
	return errs.Invalid
}

// Is reports whether target is the error's kind.
func (r *Rejected) Is(target error) bool { return target == error(r.Kind()) }

// MessageKey is the catalogue key of the sentence for the person uploading.
func (r *Rejected) MessageKey() string { return "errors.photo_" + string(r.Reason) }

// MessageArgs are the placeholders of that sentence as name, value pairs.
func (r *Rejected) MessageArgs() []any {
	switch r.Reason {
	case Unsupported:
		return []any{"kind", r.Format}
	case TooManyPixels:
		return []any{"max", maxMegapixels}
	case TooLarge:
		return []any{"max", MaxBytes >> 20}
	}
	return nil
}
