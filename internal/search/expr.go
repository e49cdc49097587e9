package search

import "strings"

// expr is a tsquery: a lexeme, or several parts joined. The zero expr finds nothing.
type expr struct {
	joined byte // '&' or '|'; 0 for a lexeme
	parts  []expr
	lexeme string
	prefix bool // longer lexemes that begin so count too
}

// term is one lexeme of a tsquery. Lexemes hold letters, digits, spaces and our marks, nothing that would end the
// quotation.
func term(lexeme string, prefix bool) expr {
	if len(lexeme) > longestLexeme {
		return expr{} // the index has none
	}
	return expr{lexeme: lexeme, prefix: prefix}
}

func anyOf(parts ...expr) expr { return join('|', parts) }
func allOf(parts ...expr) expr { return join('&', parts) }

// join flattens what is joined alike. What finds nothing is left out of alternatives, and spoils what all are wanted of.
func join(by byte, parts []expr) expr {
	var flat []expr
	for _, p := range parts {
		switch {
		case p.nothing() && by == '&':
			return expr{}
		case p.nothing():
		case p.joined == by:
			flat = append(flat, p.parts...)
		default:
			flat = append(flat, p)
		}
	}
	if flat = distinct(flat); len(flat) == 1 {
		return flat[0]
	}
	return expr{joined: by, parts: flat}
}

// distinct drops lexemes that stand in the list already.
func distinct(parts []expr) []expr {
	kept := parts[:0]
	for i, p := range parts {
		twice := false
		for _, q := range parts[:i] {
			twice = twice || p.joined == 0 && q.joined == 0 && q.lexeme == p.lexeme && q.prefix == p.prefix
		}
		if !twice {
			kept = append(kept, p)
		}
	}
	return kept
}

func (e expr) nothing() bool {
	return e.joined == 0 && e.lexeme == "" || e.joined != 0 && len(e.parts) == 0
}

// String writes the tsquery as PostgreSQL reads it; empty for one that finds nothing.
func (e expr) String() string {
	if e.nothing() {
		return ""
	}
	var b strings.Builder
	e.write(&b)
	return b.String()
}

func (e expr) write(b *strings.Builder) {
	if e.joined == 0 {
		b.WriteString("'" + e.lexeme + "'")
		if e.prefix {
			b.WriteString(":*")
		}
		return
	}
	b.WriteByte('(')
	for i, p := range e.parts {
		if i > 0 {
			b.WriteByte(e.joined)
		}
		p.write(b)
	}
	b.WriteByte(')')
}

// terms is how many lexemes it looks for.
func (e expr) terms() int {
	if e.joined == 0 {
		return 1
	}
	n := 0
	for _, p := range e.parts {
		n += p.terms()
	}
	return n
}
