package i18n

import (
	"encoding/json"
	"fmt"
	"strings"
)

// message is one catalogue entry, taken apart when it is loaded so that
// rendering only copies.
type message struct {
	plain  string // the whole text, if it neither counts nor has placeholders
	plural bool
	forms  [formCount]pattern // only formOther is used unless plural
}

// pattern is a text cut at its placeholders.
type pattern []segment

// segment is literal text or, if arg is set, the name of a placeholder.
type segment struct {
	text, arg string
}

// fixed reports whether the message renders to the same text whatever the
// arguments.
func (m *message) fixed() bool {
	return !m.plural && m.forms[formOther] == nil
}

// pick returns the pattern for a count; a form the message lacks is other.
func (m *message) pick(f form) pattern {
	if p := m.forms[f]; p != nil {
		return p
	}
	return m.forms[formOther]
}

// parseMessage reads a string or an object of plural forms.
func parseMessage(raw json.RawMessage) (*message, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		return parseText(text)
	}
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return nil, fmt.Errorf("neither a text nor an object of plural forms: %w", err)
	}
	m := &message{plural: true}
	for name, text := range forms {
		f, ok := formNamed(name)
		if !ok {
			return nil, fmt.Errorf("no plural form is called %q", name)
		}
		p, err := parsePattern(text)
		if err != nil {
			return nil, fmt.Errorf("form %s: %w", name, err)
		}
		m.forms[f] = p
	}
	if m.forms[formOther] == nil {
		return nil, fmt.Errorf("plural form %q is missing", formNames[formOther])
	}
	return m, nil
}

func parseText(text string) (*message, error) {
	p, err := parsePattern(text)
	if err != nil {
		return nil, err
	}
	if len(p) == 1 && p[0].arg == "" {
		return &message{plain: text}, nil
	}
	m := &message{}
	m.forms[formOther] = p
	return m, nil
}

// parsePattern cuts a text at its {placeholders}.
func parsePattern(text string) (pattern, error) {
	if text == "" {
		return nil, fmt.Errorf("empty text")
	}
	var p pattern
	for rest := text; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			return append(p, segment{text: rest}), nil
		}
		if open > 0 {
			p = append(p, segment{text: rest[:open]})
		}
		name, after, ok := strings.Cut(rest[open+1:], "}")
		if rest[open] == '}' || !ok || !validArg(name) {
			return nil, fmt.Errorf("bad placeholder at %q", rest[open:])
		}
		p, rest = append(p, segment{arg: name}), after
	}
	return p, nil
}

func validArg(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && r != '_' {
			return false
		}
	}
	return name != ""
}
