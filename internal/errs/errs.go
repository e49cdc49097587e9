// Package errs holds the closed set of error kinds every layer speaks and the
// validation errors a form carries back to the page it came from.
//
// A kind decides what a visitor gets to see (status, page); the text of an
// error is for the log and never leaves the server.
package errs

import (
	"errors"
	"strings"
)

// Kind says what sort of failure an error is. A Kind is itself an error, so
// errors.Is(err, errs.NotFound) works on anything made by E.
type Kind uint8

// The kinds. Internal is the zero value: whatever nobody classified is our
// own fault.
const (
	Internal        Kind = iota // a bug or a failure of ours
	NotFound                    // no such thing, or not visible to the caller
	Invalid                     // the input breaks a rule; the caller can correct it
	Conflict                    // the input was fine but the world has moved on
	Forbidden                   // known caller, not allowed
	Unauthenticated             // nobody is signed in, or the session has ended
	TooLarge                    // the input exceeds a size limit
	Unavailable                 // a service we depend on does not answer; try again later
	Gone                        // it existed and is over: expired, withdrawn
	kinds                       // how many there are
)

var names = [kinds]string{
	Internal:        "internal",
	NotFound:        "not found",
	Invalid:         "invalid",
	Conflict:        "conflict",
	Forbidden:       "forbidden",
	Unauthenticated: "unauthenticated",
	TooLarge:        "too large",
	Unavailable:     "unavailable",
	Gone:            "gone",
}

// Kinds returns every kind, for tables that must be complete.
func Kinds() []Kind {
	all := make([]Kind, kinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// String returns the kind's name in plain words.
func (k Kind) String() string {
	if k < kinds {
		return names[k]
	}
	return "unknown"
}

// Error makes a Kind usable as a bare error and as a target of errors.Is.
func (k Kind) Error() string { return k.String() }

type failure struct {
	kind   Kind
	text   string
	causes []error
}

// E makes an error of the given kind. The text is for the log and may be
// empty; causes stay reachable for errors.Is and errors.As, nil ones are
// dropped. The outermost kind wins over the kinds of its causes.
func E(kind Kind, text string, causes ...error) error {
	f := &failure{kind: kind, text: text}
	for _, c := range causes {
		if c != nil {
			f.causes = append(f.causes, c)
		}
	}
	return f
}

// Error joins the text and the causes with colons; without a text it begins
// with the kind's name.
func (f *failure) Error() string {
	parts := make([]string, 0, len(f.causes)+1)
	if f.text != "" {
		parts = append(parts, f.text)
	} else {
		parts = append(parts, f.kind.String())
	}
	for _, c := range f.causes {
		parts = append(parts, c.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap exposes the causes. A kind does not hide what lies below it from
// errors.Is, only from KindOf.
func (f *failure) Unwrap() []error { return f.causes }

// Is reports whether target is this error's kind.
func (f *failure) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == f.kind
}

// Kind returns the kind the error was made with.
func (f *failure) Kind() Kind { return f.kind }

// Kind returns k itself, so that a bare kind answers KindOf too.
func (k Kind) Kind() Kind { return k }

// KindOf returns the kind of the outermost classified error in err's tree:
// the first one with a method Kind() Kind. An unclassified error is Internal.
// Ask only about non-nil errors: for nil the answer is Internal too.
func KindOf(err error) Kind {
	var classified interface{ Kind() Kind }
	if errors.As(err, &classified) {
		return classified.Kind()
	}
	return Internal
}
