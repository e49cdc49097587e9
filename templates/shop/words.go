package shop

import (
	"strings"
	"unicode/utf8"

	"awil/internal/i18n"
	"awil/templates/layout"
)

// paragraphs cuts a text where its writer began a new line.
func paragraphs(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// quoted puts what somebody says between the quotation marks of its language.
func quoted(words string, lang i18n.Lang) string {
	if words == "" {
		return ""
	}
	marks := [2]string{"“", "”"}
	switch lang {
	case i18n.JA:
		marks = [2]string{"「", "」"}
		words = strings.TrimSuffix(words, "。")
	case i18n.RU, i18n.KY:
		marks = [2]string{"«", "»"}
	}
	return marks[0] + words + marks[1]
}

// untranslated says that a text is not in the page's language yet, or is empty.
func untranslated(b layout.Base, lang i18n.Lang) string {
	if foreign(lang, b.Lang()) == "" {
		return ""
	}
	return b.T("shop.fallback", "language", b.Language(lang))
}

// clauses cuts a Japanese title after its commas, where its upright columns
// change.
func clauses(title string) []string { return strings.SplitAfter(title, "、") }

// excerpt is the beginning of a text, for a description: whole words, at most
// so many characters.
func excerpt(text string, limit int) string {
	var words strings.Builder
	for word := range strings.FieldsSeq(text) {
		if words.Len() > 0 {
			words.WriteByte(' ')
		}
		words.WriteString(word)
		if words.Len() > utf8.UTFMax*limit { // the rest does not matter
			break
		}
	}
	runes := []rune(words.String())
	if len(runes) <= limit {
		return words.String()
	}
	cut := string(runes[:limit-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:–—") + "…"
}

// Excerpt is the beginning of a text, as descriptions for search engines and
// messengers want it: whole words, about 155 characters.
func Excerpt(text string) string { return excerpt(text, 155) }
