package bench

import (
	"html"
	"iter"
	"strings"
)

// tag is an opening or closing tag of a page. Our own pages are well formed,
// so a reader of tags is enough, and it costs the machine next to nothing.
type tag struct {
	name  string // in lower case; closing tags begin with a slash
	attrs string // as written
	rest  string // the page after it
}

// tags lists the tags of a page in order, without looking into scripts,
// styles and comments.
func tags(page string) iter.Seq[tag] {
	return func(yield func(tag) bool) {
		for rest := page; ; {
			_, after, found := strings.Cut(rest, "<")
			if !found {
				return
			}
			if comment, ok := strings.CutPrefix(after, "!--"); ok {
				_, rest, _ = strings.Cut(comment, "-->")
				continue
			}
			end := tagEnd(after)
			inside := strings.TrimSuffix(after[:end], "/")
			rest = after[min(end+1, len(after)):]
			split := strings.IndexAny(inside, " \t\r\n")
			if split < 0 {
				split = len(inside)
			}
			t := tag{name: strings.ToLower(inside[:split]), attrs: inside[split:], rest: rest}
			if !yield(t) {
				return
			}
			if t.name == "script" || t.name == "style" {
				if i := strings.Index(rest, "</"+t.name); i >= 0 {
					rest = rest[i:]
				}
			}
		}
	}
}

// tagEnd is the position of the bracket that ends a tag, which may hold others
// in quotes.
func tagEnd(s string) int {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return len(s)
}

// attr is the value of an attribute, "" without one.
func (t tag) attr(name string) string {
	value, _ := t.lookup(name)
	return value
}

// has reports whether the attribute is there, with a value or without.
func (t tag) has(name string) bool {
	_, found := t.lookup(name)
	return found
}

func (t tag) lookup(name string) (string, bool) {
	rest := t.attrs
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" {
			return "", false
		}
		end := strings.IndexAny(rest, "= \t\r\n")
		if end < 0 {
			end = len(rest)
		}
		key := rest[:end]
		var value string
		value, rest = attrValue(rest[end:])
		if strings.EqualFold(key, name) {
			return html.UnescapeString(value), true
		}
	}
}

// attrValue takes the value that stands at the beginning of s, if any.
func attrValue(s string) (value, rest string) {
	s, assigned := strings.CutPrefix(s, "=")
	if !assigned {
		return "", s
	}
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		value, rest, _ = strings.Cut(s[1:], s[:1])
		return value, rest
	}
	end := strings.IndexAny(s, " \t\r\n")
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

// text is what stands between the tag and the next one.
func (t tag) text() string {
	text, _, _ := strings.Cut(t.rest, "<")
	return html.UnescapeString(text)
}
