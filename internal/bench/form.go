package bench

import (
	"fmt"
	"net/url"
	"strings"
)

// form is a form of a page as a browser knows it: where it goes and what it
// sends as it stands.
type form struct {
	action string
	values url.Values
	// tokens are the names of the fields by their autocomplete token.
	tokens map[string]string
	// choices are the values of radio buttons and options, by name.
	choices map[string][]string
	// required are the names of fields that must be filled in.
	required []string
}

// findForm returns the first form of the page that posts to a path with part
// in it.
func findForm(page, part string) (form, error) {
	for t := range tags(page) {
		if t.name == "form" && strings.EqualFold(t.attr("method"), "post") && strings.Contains(t.attr("action"), part) {
			return readForm(t), nil
		}
	}
	return form{}, fmt.Errorf("the page has no form that posts to %s", part)
}

func readForm(start tag) form {
	f := form{action: start.attr("action"), values: url.Values{}, tokens: map[string]string{}, choices: map[string][]string{}}
	list := "" // the name of the select whose options come
	for t := range tags(start.rest) {
		switch t.name {
		case "/form":
			return f
		case "input":
			f.input(t)
		case "textarea":
			f.field(t, t.text())
		case "select":
			list = t.attr("name")
			f.field(t, "")
		case "option":
			f.option(list, t)
		case "/select":
			list = ""
		}
	}
	return f
}

func (f form) option(list string, t tag) {
	value := t.attr("value")
	if len(f.choices[list]) == 0 || t.has("selected") {
		f.values.Set(list, value)
	}
	f.choices[list] = append(f.choices[list], value)
}

func (f *form) input(t tag) {
	name, value := t.attr("name"), t.attr("value")
	switch t.attr("type") {
	case "submit", "button", "reset", "image", "file":
	case "radio":
		if t.has("disabled") {
			return
		}
		f.choices[name] = append(f.choices[name], value)
		if t.has("checked") {
			f.values.Set(name, value)
		}
	case "checkbox":
		if t.has("checked") {
			f.values.Add(name, value)
		}
	default:
		f.field(t, value)
	}
}

func (f *form) field(t tag, value string) {
	name := t.attr("name")
	if name == "" {
		return
	}
	f.values.Set(name, value)
	// A token may follow others that say whose or which: "shipping tel".
	if words := strings.Fields(t.attr("autocomplete")); len(words) > 0 {
		f.tokens[words[len(words)-1]] = name
	}
	if t.has("required") {
		f.required = append(f.required, name)
	}
}

// fill writes into the fields by their autocomplete tokens, chooses the first
// of what is not chosen, and says what is still missing.
func (f form) fill(byToken map[string]string) error {
	for token, value := range byToken {
		name, found := f.tokens[token]
		if found && len(f.choices[name]) == 0 {
			f.values.Set(name, value)
		}
	}
	for name, choices := range f.choices {
		for _, choice := range choices {
			if f.values.Get(name) == "" {
				f.values.Set(name, choice)
			}
		}
	}
	for _, name := range f.required {
		if f.values.Get(name) == "" {
			return fmt.Errorf("nothing to fill in for %q", name)
		}
	}
	return nil
}
