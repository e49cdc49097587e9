package standin

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// params are a request's form values. Reading a name ticks it off; whatever
// is left at the end is a parameter Stripe does not know, which is an error.
// The first complaint stands.
type params struct {
	values url.Values
	read   map[string]bool
	err    *apiError
}

func newParams(values url.Values) *params {
	return &params{values: values, read: map[string]bool{}}
}

func (p *params) fail(code, param, format string, args ...any) {
	if p.err == nil {
		p.err = invalid(code, param, fmt.Sprintf(format, args...))
	}
}

// text returns an optional value, nil when absent or empty.
func (p *params) text(name string) *string {
	p.read[name] = true
	v, ok := p.values[name]
	if !ok {
		return nil
	}
	if len(v) > 1 {
		p.fail("parameter_invalid_string_blank", name, "Given more than once: %s.", name)
	}
	if v[0] == "" {
		p.fail("parameter_invalid_empty", name, "You passed an empty string for '%s'.", name)
	}
	return &v[0]
}

func (p *params) required(name string) string {
	v := p.text(name)
	if v == nil {
		p.fail("parameter_missing", name, "Missing required param: %s.", name)
		return ""
	}
	return *v
}

// integer refuses everything but a plain whole number: "1480.0" and "1e3" are
// how decimals sneak into a currency that has none.
func (p *params) integer(name string, least int64) int64 {
	text := p.required(name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strings.HasPrefix(text, "+") {
		p.fail("parameter_invalid_integer", name, "Invalid integer: %s", text)
		return 0
	}
	if n < least {
		p.fail("parameter_invalid_integer", name, "This value must be greater than or equal to %d.", least)
	}
	return n
}

func (p *params) oneOf(name string, allowed ...string) *string {
	v := p.text(name)
	if v != nil && !slices.Contains(allowed, *v) {
		p.fail("", name, "Invalid %s: must be one of %s", name, strings.Join(allowed, ", "))
	}
	return v
}

func (p *params) httpURL(name string) *string {
	v := p.text(name)
	if v == nil {
		return nil
	}
	u, err := url.Parse(*v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		p.fail("url_invalid", name, "Not a valid URL")
	}
	return v
}

func (p *params) email(name string) *string {
	v := p.text(name)
	if v == nil {
		return nil
	}
	if a, err := mail.ParseAddress(*v); err != nil || a.Address != *v {
		p.fail("email_invalid", name, "Invalid email address: %s", *v)
	}
	return v
}

func (p *params) atMost(name string, limit int) *string {
	v := p.text(name)
	if v != nil && len(*v) > limit {
		p.fail("", name, "Invalid string: must be at most %d characters", limit)
	}
	return v
}

// metadata reads name[key]=value within Stripe's limits of 50 keys of 40
// characters with values of 500.
func (p *params) metadata(name string) map[string]string {
	found := map[string]string{}
	for full := range p.values {
		rest, ok := strings.CutPrefix(full, name+"[")
		key, closed := strings.CutSuffix(rest, "]")
		if !ok || !closed || strings.ContainsAny(key, "[]") {
			continue
		}
		if v := p.atMost(full, 500); v != nil {
			found[key] = *v
		}
		if len(key) > 40 {
			p.fail("", full, "Metadata key too long")
		}
	}
	if len(found) > 50 {
		p.fail("", name, "You can have at most 50 metadata keys")
	}
	return found
}

// indices lists the element numbers of a list parameter, ascending.
func (p *params) indices(name string) []int {
	seen := map[int]bool{}
	for full := range p.values {
		rest, ok := strings.CutPrefix(full, name+"[")
		number, _, closed := strings.Cut(rest, "]")
		if n, err := strconv.Atoi(number); ok && closed && err == nil && n >= 0 {
			seen[n] = true
		}
	}
	list := make([]int, 0, len(seen))
	for n := range seen {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

// list reads name[0], name[1], ….
func (p *params) list(name string) []string {
	var list []string
	for _, i := range p.indices(name) {
		list = append(list, p.required(fmt.Sprintf("%s[%d]", name, i)))
	}
	return list
}

// done returns the first complaint, an unread parameter being one.
func (p *params) done() *apiError {
	var unknown []string
	for name := range p.values {
		if !p.read[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return invalid("parameter_unknown", unknown[0], "Received unknown parameter: "+strings.Join(unknown, ", "))
	}
	return p.err
}
