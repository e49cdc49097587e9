package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The two letters that Uzbek writes above the line.
const (
	turnedComma = 'ʻ' // part of oʻ and gʻ
	apostrophe  = 'ʼ' // the tutuq belgisi, a sign of its own
)

// NormalizeUzbek replaces whatever stands for an apostrophe on a keyboard by
// the letter it means in Latin Uzbek: ʻ after o and g, ʼ after any other letter.
func NormalizeUzbek(s string) string {
	var out strings.Builder
	var last rune
	for _, r := range s {
		if isApostrophe(r) {
			switch {
			case strings.ContainsRune("oOgG", last):
				r = turnedComma
			case unicode.IsLetter(last):
				r = apostrophe
			}
		}
		out.WriteRune(r)
		last = r
	}
	return out.String()
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '‘', '’', '`', '´', turnedComma, apostrophe:
		return true
	}
	return false
}

// cyrillicPairs are the Latin spellings of one Cyrillic letter, in the order
// they are tried: yoʻ is й and ў, not ё.
var cyrillicPairs = []struct{ latin, cyrillic string }{
	{"yoʻ", "йў"}, {"sʼh", "сҳ"}, {"sh", "ш"}, {"ch", "ч"}, {"yo", "ё"}, {"yu", "ю"}, {"ya", "я"}, {"ye", "е"},
	{"ts", "ц"}, {"oʻ", "ў"}, {"gʻ", "ғ"},
	{"a", "а"}, {"b", "б"}, {"d", "д"}, {"f", "ф"}, {"g", "г"}, {"h", "ҳ"}, {"i", "и"}, {"j", "ж"}, {"k", "к"},
	{"l", "л"}, {"m", "м"}, {"n", "н"}, {"o", "о"}, {"p", "п"}, {"q", "қ"}, {"r", "р"}, {"s", "с"}, {"t", "т"},
	{"u", "у"}, {"v", "в"}, {"x", "х"}, {"y", "й"}, {"z", "з"}, {"ʼ", "ъ"},
}

// UzbekCyrillic writes Latin Uzbek in Cyrillic, with any of the apostrophes
// people type. It is the way back from Latin, except that ts is always ц, even
// where a word has т and с, and that ь, which Latin does not write, stays away.
func UzbekCyrillic(s string) string {
	s = NormalizeUzbek(s)
	low := strings.Map(lowerASCII, s) // as long as s, so that one index serves both
	var out strings.Builder
	var last rune
	for i := 0; i < len(s); {
		latin, cyrillic := cyrillicAt(low[i:], last)
		if latin == "" {
			r, size := utf8.DecodeRuneInString(s[i:])
			out.WriteString(s[i : i+size])
			i, last = i+size, r
			continue
		}
		out.WriteString(matchCase(s[i:i+len(latin)], cyrillic))
		last, _ = utf8.DecodeLastRuneInString(latin)
		i += len(latin)
	}
	return out.String()
}

func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r - 'A' + 'a'
	}
	return r
}

// cyrillicAt returns the longest spelling that low begins with and its letters;
// last is what stands before it.
func cyrillicAt(low string, last rune) (latin, cyrillic string) {
	if low[0] == 'e' {
		if !unicode.IsLetter(last) || strings.ContainsRune("aeiouAEIOUʻ", last) {
			return "e", "э"
		}
		return "e", "е"
	}
	for _, p := range cyrillicPairs {
		if strings.HasPrefix(low, p.latin) {
			return p.latin, p.cyrillic
		}
	}
	return "", ""
}

// matchCase gives to the capitals that from has.
func matchCase(from, to string) string {
	if first, _ := utf8.DecodeRuneInString(from); !unicode.IsUpper(first) {
		return to
	}
	if from == strings.ToUpper(from) {
		return strings.ToUpper(to)
	}
	return Title(UZ, to)
}
