package mail

import (
	"strings"
	"unicode"
)

// text sets a letter as plain text: short lines, white space instead of rules,
// the link alone on its line so that every mail program makes it one.
func text(l letter) string {
	var b strings.Builder
	block := func(lines ...string) {
		if len(lines) > 0 {
			b.WriteString(strings.Join(lines, "\n") + "\n\n")
		}
	}
	block(l.heading)
	for _, paragraph := range l.body {
		block(wrap(paragraph)...)
	}
	for _, f := range l.facts {
		if len(f.lines) == 1 {
			block(f.name + ": " + f.lines[0])
			continue
		}
		block(append([]string{f.name + ":"}, indent(f.lines)...)...)
	}
	block(tally(l.items)...)
	if len(l.address.lines) > 0 {
		block(append([]string{l.address.title + ":"}, indent(l.address.lines)...)...)
	}
	if l.button.url != "" {
		block(l.button.label+":", l.button.url)
	}
	b.WriteString("-- \nAwıl\n")
	for _, line := range l.foot {
		b.WriteString(strings.Join(wrap(line), "\n") + "\n")
	}
	return b.String()
}

func indent(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = "  " + line
	}
	return all
}

// tally lists items and their sums.
func tally(t items) []string {
	var lines []string
	if t.title != "" && len(t.rows) > 0 {
		lines = append(lines, t.title+":")
	}
	for _, r := range t.rows {
		line := "  " + r.name
		if r.detail != "" {
			line += ", " + r.detail
		}
		if r.sum != "" {
			line += ": " + r.sum
		}
		lines = append(lines, line)
	}
	for _, r := range t.sums {
		lines = append(lines, "  "+r.name+": "+r.sum)
	}
	return lines
}

const width = 76

// wrap breaks a paragraph at its spaces. A character of a script written
// without spaces counts for two columns, and may be broken after anywhere but
// before closing punctuation.
func wrap(paragraph string) []string {
	var lines []string
	line, columns := "", 0
	add := func(word string, space bool) {
		wide := columnsOf(word)
		if space && line != "" {
			wide++
		}
		if columns+wide > width && line != "" {
			lines = append(lines, line)
			line, columns = word, columnsOf(word)
			return
		}
		if space && line != "" {
			line += " "
		}
		line += word
		columns += wide
	}
	for _, word := range strings.Split(paragraph, " ") {
		for i, piece := range pieces(word) {
			add(piece, i == 0)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// pieces cuts a word where a line may end inside it.
func pieces(word string) []string {
	var all []string
	begin := 0
	runes := []rune(word)
	for i := 1; i < len(runes); i++ {
		if wideRune(runes[i-1]) && wideRune(runes[i]) && !strings.ContainsRune("、。，）」』ー・！？々", runes[i]) {
			all = append(all, string(runes[begin:i]))
			begin = i
		}
	}
	return append(all, string(runes[begin:]))
}

func columnsOf(word string) int {
	n := 0
	for _, r := range word {
		n++
		if wideRune(r) {
			n++
		}
	}
	return n
}

func wideRune(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60
}
