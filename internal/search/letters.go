package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cyrillic writes the letters of Russian, Kyrgyz, and of Uzbek and Karakalpak before their Latin alphabets, the way they
// are transliterated. Where the languages differ, or people do, there are several readings.
var cyrillic = map[rune][]string{
	'а': {"a"}, 'б': {"b"}, 'в': {"v"}, 'г': {"g"}, 'ғ': {"g"}, 'д': {"d"}, 'е': {"e"},
	'ё': {"e", "yo"}, // ru мед for мёд; uz ёғ is yogʻ
	'ж': {"j"}, 'з': {"z"}, 'и': {"i"}, 'й': {"y"}, 'к': {"k"}, 'қ': {"k"}, 'л': {"l"}, 'м': {"m"}, 'н': {"n"},
	'ң': {"n", "ng"}, // kaa ń, ky ng
	'о': {"o"}, 'ө': {"o"}, 'п': {"p"}, 'р': {"r"}, 'с': {"s"}, 'т': {"t"}, 'у': {"u"}, 'ү': {"u"}, 'ұ': {"u"},
	'ў': {"o", "v"}, // uz oʻ, kaa w
	'ф': {"f"}, 'х': {"h"}, 'ҳ': {"h"}, 'һ': {"h"}, 'ц': {"s"}, 'ч': {"ch"}, 'ҷ': {"j"}, 'ш': {"sh"}, 'щ': {"sh"},
	'ъ': {""}, 'ы': {"i"}, 'ь': {""}, 'э': {"e"}, 'ю': {"yu"}, 'я': {"ya"}, 'ә': {"a"}, 'і': {"i"}, 'ї': {"yi"}, 'є': {"e"},
}

// marked are Latin letters that lose more than a mark, or have none to lose.
var marked = map[rune]string{
	'ı': "i", 'ə': "a", 'ş': "sh", 'ç': "ch", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ŋ': "n",
}

// latin returns how the small letter r, the i-th of a word, may be written in plain Latin letters.
func latin(r rune, word []rune, i int) []string {
	if readings, ok := cyrillic[r]; ok {
		if (r == 'е' || r == 'ё') && i > 0 && softOrHard(word[i-1]) { // варенье is varenye
			return []string{"ye"}
		}
		return readings
	}
	if plain, ok := marked[r]; ok {
		return []string{plain}
	}
	if unicode.Is(unicode.Mn, r) {
		return []string{""}
	}
	if r < utf8.RuneSelf {
		return []string{string(r)}
	}
	return []string{bare(r)}
}

func softOrHard(r rune) bool {
	r = unicode.ToLower(r)
	return r == 'ь' || r == 'ъ'
}

// bare takes the marks off a letter.
func bare(r rune) string {
	var b strings.Builder
	for _, part := range norm.NFD.String(string(r)) {
		if readings, ok := cyrillic[part]; ok {
			b.WriteString(readings[0])
		} else if plain, ok := marked[part]; ok {
			b.WriteString(plain)
		} else if !unicode.Is(unicode.Mn, part) {
			b.WriteRune(part)
		}
	}
	return b.String()
}

// alike writes alike what sounds alike or is transliterated in several ways: q and k, x, kh and h, w and v, zh, dj and
// j, ts and s, y and i. The longer of two that begin alike comes first.
var alike = strings.NewReplacer(
	"shch", "sh", "sch", "sh", "ch", "ch", "ck", "k", "ce", "se", "ci", "si", "cy", "si", "c", "k",
	"sh", "sh", "kh", "h", "zh", "j", "dzh", "j", "dj", "j", "gh", "g", "ph", "f", "ts", "s", "tz", "s",
	"q", "k", "x", "h", "w", "v", "y", "i",
)

// soundAlike gives spellings of one word the same form. It goes on until nothing changes, for a letter written alike may
// complete another pair; every change shortens the word or replaces a letter that never comes back, so it ends.
func soundAlike(plain string) string {
	for {
		next := single(glide(openingYe(single(alike.Replace(plain)))))
		if next == plain {
			return plain
		}
		plain = next
	}
}

// openingYe drops the y of ye, by now ie, where a word or a syllable begins with it: Cyrillic writes е there, and
// Karakalpak has written both.
func openingYe(s string) string {
	if strings.HasPrefix(s, "ie") {
		s = s[1:]
	}
	for _, vowel := range []string{"a", "o", "u"} {
		s = strings.ReplaceAll(s, vowel+"ie", vowel+"e")
	}
	return s
}

// glide writes u after a vowel as w, by now v: taw is тау in Cyrillic, qawın is кауын. Before a vowel it has always been w.
var glide = strings.NewReplacer("au", "av", "eu", "ev", "ou", "ov").Replace

// single writes doubled letters once.
func single(s string) string {
	var b strings.Builder
	last := rune(-1)
	for _, r := range s {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}
