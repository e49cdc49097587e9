package i18n

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ASCII writes text in plain ASCII, as customs forms and labels need it:
// Cyrillic transliterated by the rules of the language its letters point to,
// accents and apostrophes dropped, letters of other scripts left out.
func ASCII(s string) string {
	s = norm.NFC.String(s)
	s = Latin(guess(s), s)
	s = strings.Map(dropApostrophe, s) // before decomposition, which makes a space of ´
	var out strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch plain, special := folded[r]; {
		case special:
			out.WriteString(plain)
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		case r >= ' ' && r < unicode.MaxASCII:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// dropApostrophe takes out what in our languages is part of a letter.
func dropApostrophe(r rune) rune {
	if isApostrophe(r) {
		return -1
	}
	return r
}

// folded lists what decomposition does not take down to ASCII.
var folded = map[rune]string{
	'ı': "i", 'ß': "ss", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ø': "o", 'Ø': "O", 'ł': "l", 'Ł': "L",
	'đ': "d", 'Đ': "D", 'þ': "th", 'Þ': "Th", '–': "-", '—': "-", '−': "-", '\u2010': "-",
}

// guess returns the language whose Cyrillic letters the text has, Russian if
// none is special.
func guess(s string) Lang {
	s = strings.ToLower(s)
	switch {
	case strings.ContainsRune(s, 'ә'):
		return KAA
	case strings.ContainsAny(s, "қғҳў"):
		if strings.ContainsAny(s, "өүңы") {
			return KAA
		}
		return UZ
	case strings.ContainsAny(s, "өүң"):
		return KY
	}
	return RU
}

// maxSlug bounds a slug's length; a longer one ends at a word.
const maxSlug = 80

// Slug makes the readable part of a URL from a name in any of our languages:
// small ASCII letters and digits with single hyphens between words. A name in
// Japanese, Chinese or Korean gives "", and the caller falls back to the name
// in another language, for half a name would mislead.
func Slug(text string) string {
	if strings.ContainsFunc(norm.NFKC.String(text), isEastAsian) {
		return ""
	}
	words := strings.FieldsFunc(strings.ToLower(ASCII(text)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	slug := strings.Join(words, "-")
	if len(slug) <= maxSlug {
		return slug
	}
	if slug[maxSlug] == '-' {
		return slug[:maxSlug]
	}
	slug = slug[:maxSlug]
	if end := strings.LastIndexByte(slug, '-'); end > 0 {
		slug = slug[:end]
	}
	return slug
}

func isEastAsian(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}
