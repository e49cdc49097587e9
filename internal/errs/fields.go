package errs

import "strings"

// Field is one complaint about one input of a form.
type Field struct {
	Name string // the input's name attribute
	Key  string // message key of the catalogues
	Args []any  // name, value, name, value … for the message's placeholders
}

// Fields collects what is wrong with a form, in the order of its inputs, as
// message keys that the page translates. The zero value is ready for use. It
// is an error of kind Invalid; hand it on with Err, never as it is, so that an
// empty one is not mistaken for a failure.
type Fields struct {
	list []Field
}

// Add records a message key with its arguments (name, value pairs) for a
// field. The first complaint about a field stands; later ones are dropped,
// for a person corrects one thing at a time.
func (f *Fields) Add(field, key string, args ...any) {
	if f.Has(field) {
		return
	}
	f.list = append(f.list, Field{Name: field, Key: key, Args: args})
}

// Err returns f as an error, or nil when nothing was recorded.
func (f *Fields) Err() error {
	if f.Len() == 0 {
		return nil
	}
	return f
}

// Get returns the complaint about a field.
func (f *Fields) Get(field string) (Field, bool) {
	if f == nil {
		return Field{}, false
	}
	for _, one := range f.list {
		if one.Name == field {
			return one, true
		}
	}
	return Field{}, false
}

// Has reports whether there is a complaint about a field.
func (f *Fields) Has(field string) bool {
	_, ok := f.Get(field)
	return ok
}

// Len returns the number of fields complained about; a nil *Fields has none,
// so that a page may ask without checking.
func (f *Fields) Len() int {
	if f == nil {
		return 0
	}
	return len(f.list)
}

// All returns the complaints in the order they were recorded. The slice is
// the caller's.
func (f *Fields) All() []Field {
	if f == nil {
		return nil
	}
	return append([]Field(nil), f.list...)
}

// Error lists fields and message keys for the log.
func (f *Fields) Error() string {
	parts := make([]string, 0, f.Len())
	for _, one := range f.All() {
		parts = append(parts, one.Name+"="+one.Key)
	}
	return "invalid fields: " + strings.Join(parts, ", ")
}

// Kind returns Invalid.
func (f *Fields) Kind() Kind { return Invalid }

// Is reports whether target is the kind Invalid.
func (f *Fields) Is(target error) bool { return target == error(Invalid) }
